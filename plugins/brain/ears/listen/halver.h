/* halver.h - half the sampling rate: a half-band filter of 23 taps, 60 dB down.
 *
 * Its delay is HALVER_DELAY samples of the input.
 */
#ifndef HALVER_H
#define HALVER_H

#define HALVER_TAPS 23
#define HALVER_DELAY 11

struct halver {
    float past[HALVER_TAPS - 1]; /* the last samples of the block before */
    int odd;                     /* 1: the next sample is not the centre of an output */
};

/* Filter `count` samples (at most 8192) and keep every other one.
 *
 * out      borrowed; room for (count + 1) / 2; may not overlap `in`
 * returns  samples written
 */
int halver_feed(struct halver *halver, const float *in, int count, float *out);

#endif
