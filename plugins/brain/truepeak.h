/* truepeak.h - the highest point of the waveform between samples (ITU-R BS.1770-4,
 * annex 2: four times oversampled).
 *
 * Exact and cheap: a stretch whose samples are too small to reach the highest point so
 * far is not oversampled.
 */
#ifndef TRUEPEAK_H
#define TRUEPEAK_H

#define TRUEPEAK_TAPS 12

struct truepeak {
    float past[2][TRUEPEAK_TAPS - 1];
    float highest; /* linear */
};

/* Take `frames` stereo frames, any number. */
void truepeak_feed(struct truepeak *peak, const float *stereo, int frames);

/* Linear; 1 = full scale. */
static inline double truepeak_of(const struct truepeak *peak)
{
    return (double)peak->highest;
}

#endif
