/* pitch.h - how much of each pitch is heard: 36 classes to the octave, 10 times a second.
 *
 * Spectral peaks from 65 Hz to 2 kHz, so that drums count little; three classes to the
 * semitone leave room for a tuning that is not A4 = 440 Hz.
 */
#ifndef PITCH_H
#define PITCH_H

#include "slide.h"
#include "strip.h"

#define PITCH_RATE 5512.5
#define PITCH_WINDOW 2048
#define PITCH_HOP 551
#define PITCH_FPS (PITCH_RATE / PITCH_HOP)
#define PITCH_CLASSES 36 /* [0] is C less a third of a semitone, [1] C itself */
#define PITCH_ORIGIN (PITCH_WINDOW / 2 / PITCH_RATE)
#define PITCH_HELD 4    /* frames for which a tone must last to tell the tuning */
#define PITCH_CENTS 100 /* bins of the tuning histogram, one cent each */

struct pitch {
    struct spectrum spectrum;
    struct slide slide;
    struct strip_b map; /* PITCH_CLASSES bytes a frame, linear, relative to its loudest */
    float *spectra;     /* of the last PITCH_HELD frames */
    float *before[PITCH_HELD]; /* each of them, the newest first */
    double cents[PITCH_CENTS]; /* weight of peaks by cents above the semitone below */
};

int pitch_init(struct pitch *pitch);
void pitch_release(struct pitch *pitch);

/* Take `count` samples at PITCH_RATE. returns 0 or -ENOMEM */
int pitch_feed(struct pitch *pitch, const float *in, int count);

/* The track's tuning in cents against A4 = 440 Hz, -50..50. */
double pitch_tuning(const struct pitch *pitch);

#endif
