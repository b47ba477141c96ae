/* truepeak.h - the highest point of the waveform between samples (ITU-R BS.1770-4,
 * annex 2: four times oversampled).
 *
 * Exact and cheap: a stretch whose samples are too small to reach the highest point so
 * far is not oversampled.
 */
#ifndef TRUEPEAK_H
#define TRUEPEAK_H

#define TRUEPEAK_TAPS 12
#define TRUEPEAK_RUN 16 /* samples that are looked at together */
#define TRUEPEAK_CHUNK 1024

struct truepeak {
    float line[2][TRUEPEAK_TAPS - 1 + TRUEPEAK_RUN + TRUEPEAK_CHUNK];
    int filled;    /* samples of a run that has begun */
    float highest; /* of the runs before, linear */
};

/* Take `frames` stereo frames, any number. */
void truepeak_feed(struct truepeak *peak, const float *stereo, int frames);

/* Of all so far, and silence after it. Linear; 1 = full scale. */
double truepeak_of(const struct truepeak *peak);

#endif
