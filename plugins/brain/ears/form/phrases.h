/* phrases.h - the eight-bar grid, and the sections that lie on it. */
#ifndef PHRASES_H
#define PHRASES_H

#include "bars.h"

#define PHRASE_BARS 8

struct phrases {
    float *change; /* of each bar line: four bars after against four before, dB */
    size_t bars;
    struct strip_d time;    /* where phrases begin, seconds */
    struct strip_d section; /* where sections begin: bar lines with a great change */
    float confidence;       /* that of the bars left aside */
};

/* beats    those that the bars are made of; `changes` are theirs
 * out      filled; phrases_release frees it; of an error too
 * returns  0 or -ENOMEM
 */
int phrases_init(struct phrases *out, const struct bars *bars,
                 const struct strip_d *beats, const struct changes *changes);
void phrases_release(struct phrases *phrases);

#endif
