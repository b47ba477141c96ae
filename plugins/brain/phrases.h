/* phrases.h - the eight-bar grid, and the sections that lie on it. */
#ifndef PHRASES_H
#define PHRASES_H

#include "texture.h"

#define PHRASE_BARS 8

struct phrases {
    float *change; /* of each bar line: four bars after against four before, dB */
    size_t bars;
    struct strip_d time;    /* where phrases begin, seconds */
    struct strip_d section; /* where sections begin: bar lines with a great change */
    float confidence;
};

/* downbeat borrowed, ascending
 * out      filled; phrases_release frees it; of an error too
 * returns  0 or -ENOMEM
 */
int phrases_init(struct phrases *out, const struct strip_d *downbeat,
                 const struct texture_ears *ears, double end);
void phrases_release(struct phrases *phrases);

#endif
