/* harmony.h - chroma in the track's own tuning, and how much it changes when. */
#ifndef HARMONY_H
#define HARMONY_H

#include <forever/track.h>

#include "deep.h"

struct harmony {
    float *chroma; /* FV_CHROMA a frame, sum 1 or all 0 */
    float *change; /* one a frame, 0..1: what follows against what went before */
    float *bass;   /* FV_CHROMA a frame: how much louder than mostly each note is below
                      110 Hz, so that a drum, which keeps its pitch, is none */
    size_t frames; /* PITCH_FPS a second */
    double origin; /* seconds of frame 0 */
};

/* out      filled; harmony_release frees it; of an error too
 * returns  0 or -ENOMEM */
int harmony_init(struct harmony *out, const struct pitch *pitch, const struct deep *deep);
void harmony_release(struct harmony *harmony);

/* Mean chroma of a stretch of time, sum 1 or all 0. */
void harmony_mean(const struct harmony *harmony, double start, double end, float *out);

/* The change at a time, between frames too. */
float harmony_change(const struct harmony *harmony, double time);

#endif
