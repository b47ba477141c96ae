/* slide.h - a window that slides over samples which come in pieces of any size. */
#ifndef SLIDE_H
#define SLIDE_H

#include "spectrum.h"

struct slide {
    float line[2 * SPECTRUM_LONGEST]; /* samples not yet used up */
    int filled;
};

/* window   samples in it, at most SPECTRUM_LONGEST
 * hop      samples that it moves by
 * frame    called for each place of the window
 * returns  0, or what frame returned first if that is not 0 */
int slide_feed(struct slide *slide, int window, int hop, const float *in, int count,
               int (*frame)(void *ctx, const float *samples), void *ctx);

#endif
