/* limiter.h - a look-ahead true-peak limiter that is a pure function of the samples
 * around each sample: it may begin anywhere, given what lies LIMITER_BEFORE it.
 *
 * The gain that each frame needs goes back to 1 on a straight line, by 0.65 in 100 ms: so
 * a kick is let down as a whole, not each wave of it, and keeps its shape. Of that, the
 * least within the look-ahead on either side is smoothed by two boxes (a triangle of 6
 * ms). All of it is over integers, so it is exact wherever it is begun. True peak as in
 * ITU-R BS.1770-4 annex 2 (4 times).
 */
#ifndef LIMITER_H
#define LIMITER_H

#include <stdint.h>

#define LIMITER_BOX 128      /* frames */
#define LIMITER_RELEASE 4410 /* frames in which a need is forgotten */
#define LIMITER_TAPS 16      /* of the interpolator */
#define LIMITER_FRAMES 1152  /* most frames that are taken at a time */
/* Frames looked at before and behind those that are taken. */
#define LIMITER_BEHIND (2 * LIMITER_BOX + LIMITER_TAPS + 8)
#define LIMITER_BEFORE (LIMITER_RELEASE + LIMITER_BEHIND)
#define LIMITER_WINDOW (LIMITER_BEFORE + LIMITER_FRAMES + LIMITER_BEHIND)

/* All zero at first; then the frames from LIMITER_BEFORE the first one on are put in. */
struct limiter {
    int held; /* stereo frames in the window; the next to take is the LIMITER_BEFORE-th */
    int known; /* of these, the needs are found: kept lest they are found again */
    int needy; /* one behind the last of these that needs a gain; 0 = none does */
    int32_t needs[LIMITER_WINDOW];
    float window[LIMITER_WINDOW * 2];
};

/* Frames to put in before `frames` can be taken; 1..LIMITER_FRAMES of them. */
int limiter_wants(const struct limiter *limiter, int frames);

/* Where the next frames go, no more than are wanted; then they have been put in. */
float *limiter_room(struct limiter *limiter);
void limiter_put(struct limiter *limiter, int frames);

/* Take limited frames.
 * ceiling  linear true peak; the same for all calls
 * out      borrowed; frames * 2 floats */
void limiter_take(struct limiter *limiter, int frames, float ceiling, float *out);

#endif
