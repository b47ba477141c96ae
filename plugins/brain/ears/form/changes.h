/* changes.h - how much the sound differs before and after each beat.
 *
 * New sections begin with a bar, so the beats at which much changes tell where bars and
 * phrases begin.
 */
#ifndef CHANGES_H
#define CHANGES_H

#include "texture.h"

struct changes {
    float *row; /* what is heard in each beat, in decibels and weighted octaves */
    size_t beats;
};

/* beats    borrowed, ascending; the last one ends at `end`
 * out      filled; changes_release frees it; of an error too
 * returns  0 or -ENOMEM
 */
int changes_init(struct changes *out, const struct strip_d *beats, double end,
                 const struct texture_ears *ears);
void changes_release(struct changes *changes);

/* Distance of the mean of `side` beats from `beat` on to that of those before it, in dB;
 * 0 at both ends of the track. */
float changes_at(const struct changes *changes, size_t beat, size_t side);

#endif
