/* novelty.h - how much the whole spectrum changes from one stretch to the next. */
#ifndef NOVELTY_H
#define NOVELTY_H

#include "mel.h"

#define NOVELTY_FPS (MEL_FPS / 10)

struct novelty {
    float *at; /* one value each tenth of a second, 0 and up */
    size_t count;
    double origin; /* seconds of the first */
};

/* out      filled; novelty_release frees it; of an error too
 * returns  0 or -ENOMEM */
int novelty_init(struct novelty *out, const struct mel *mel);
void novelty_release(struct novelty *novelty);

/* At a time, between points too. */
float novelty_near(const struct novelty *novelty, double time);

#endif
