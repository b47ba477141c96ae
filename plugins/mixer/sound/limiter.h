/* limiter.h - a look-ahead true-peak limiter that is a pure function of the samples
 * around each sample: nothing is remembered, so it may begin anywhere.
 *
 * The gain at n is the least gain needed within the look-ahead on either side, smoothed
 * by two boxes (a triangle of 6 ms). Minimum and sums are taken over integers, so they
 * are exact wherever they are begun. True peak as in ITU-R BS.1770-4 annex 2 (4 times).
 */
#ifndef LIMITER_H
#define LIMITER_H

#define LIMITER_BOX 128 /* frames */
#define LIMITER_TAPS 16 /* of the interpolator */
/* Frames looked at on either side. */
#define LIMITER_REACH (2 * LIMITER_BOX + LIMITER_TAPS + 8)
#define LIMITER_FRAMES 1152 /* most frames in a call */

/* Limit.
 * around   stereo frames; LIMITER_REACH before and behind those that are limited
 * frames   to limit, which begin at around[LIMITER_REACH * 2]; 1..LIMITER_FRAMES
 * ceiling  linear true peak
 * out      borrowed; frames * 2 floats */
void limiter_run(const float *around, int frames, float ceiling, float *out);

#endif
