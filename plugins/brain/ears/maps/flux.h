/* flux.h - where sounds begin: onset strength in four bands, 100 times a second.
 *
 * SuperFlux (Boeck and Widmer, DAFx 2013): the rise of the log spectrum over two frames,
 * against the maximum of neighbouring bands, so that vibrato and slides do not count.
 */
#ifndef FLUX_H
#define FLUX_H

#include "mel.h"

#define FLUX_FPS MEL_FPS

enum flux_band { FLUX_LOW, FLUX_BODY, FLUX_MID, FLUX_HIGH, FLUX_BANDS };
/* kick and bass < 160 Hz; toms, snare's body < 600 Hz; snare < 3 kHz; hats */

struct flux {
    float *band[FLUX_BANDS]; /* mean 1 over the track, or all 0 */
    float *all;              /* their weighted sum without its slow part */
    size_t frames;
    double origin; /* seconds of frame 0 */
};

/* out      filled; flux_release frees it; of an error too
 * returns  0 or -ENOMEM */
int flux_init(struct flux *out, const struct mel *mel);
void flux_release(struct flux *flux);

/* What lies between two times, in seconds; borrowed from `flux`. */
struct flux flux_part(const struct flux *flux, double from, double to);

/* Onset strength near a time: a triangle of +-`reach` frames, its maximum. */
float flux_near(const struct flux *flux, const float *strip, double time, double reach);

#endif
