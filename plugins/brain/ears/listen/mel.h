/* mel.h - the spectrum of a track in 28 bands, 100 times a second, in decibels.
 *
 * Bands are 3.5 to the octave from 43 Hz (narrower ones than a bin are left out). All
 * that is said about rhythm and timbre is taken from this map.
 */
#ifndef MEL_H
#define MEL_H

#include "slide.h"
#include "strip.h"

#define MEL_RATE 22050
#define MEL_WINDOW 1024
#define MEL_HOP 220
#define MEL_FPS ((double)MEL_RATE / MEL_HOP)
#define MEL_BANDS 28

struct mel {
    struct spectrum spectrum;
    int edge[MEL_BANDS + 1]; /* first bin of each band */
    struct slide slide;
    struct strip_b map; /* MEL_BANDS bytes a frame, see decibel.h */
};

int mel_init(struct mel *mel);
void mel_release(struct mel *mel);

/* Take `count` samples (any number) at MEL_RATE. returns 0 or -ENOMEM */
int mel_feed(struct mel *mel, const float *in, int count);

/* Time in seconds of the middle of frame 0: frame n lies n / MEL_FPS later. */
#define MEL_ORIGIN ((double)(MEL_WINDOW / 2) / MEL_RATE)

/* The band's middle in Hz. */
double mel_frequency(int band);

#endif
