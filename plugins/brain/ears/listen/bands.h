/* bands.h - four bands in the time domain: fine envelopes, and peaks of three for
 * drawing.
 *
 * The envelopes say to a millisecond where an attack begins; the spectra of mel.h cannot.
 */
#ifndef BANDS_H
#define BANDS_H

#include "strip.h"

#define BANDS 4       /* low < 200 Hz, mid, high > 2.5 kHz, air > 7 kHz */
#define BANDS_DRAWN 3 /* all but the air */
#define BANDS_HOP 32  /* samples at 22050 Hz */
#define BANDS_FPS (22050.0 / BANDS_HOP) /* envelope points a second */
#define BANDS_WAVE_HOP 1024             /* samples a point of the drawing */
#define BANDS_WAVE_STEP (BANDS_WAVE_HOP / 22050.0)

struct bands {
    float low[2], mid;       /* states of the one-pole filters */
    float air[2];            /* and of the two-pole one */
    float power[BANDS];      /* summed since the last envelope point */
    float peak[BANDS_DRAWN]; /* since the last point of the drawing */
    int in_hop, in_wave;     /* samples since then */
    struct strip_w envelope; /* BANDS fine codes a point, see decibel.h */
    struct strip_b wave;     /* BANDS_DRAWN bytes a point, linear, 255 = full scale */
};

void bands_release(struct bands *bands);

/* Take `count` samples at 22050 Hz. returns 0 or -ENOMEM */
int bands_feed(struct bands *bands, const float *in, int count);

#endif
