/* texture.h - what is heard in each stretch of a grid: fv_beat, and the mean spectrum. */
#ifndef TEXTURE_H
#define TEXTURE_H

#include <forever/track.h>

#include "flux.h"
#include "harmony.h"
#include "mel.h"

struct texture_ears {
    const struct mel *mel;
    const struct harmony *harmony;
    const struct flux *flux;
    double mel_origin;
};

/* Describe the stretches between `times` and the last one and `end`.
 *
 * out      given: free(); `count` of them
 * returns  0 or -ENOMEM
 */
int texture_find(struct fv_beat **out, const struct texture_ears *ears,
                 const double *times, size_t count, double end);

/* Mean level in dB of each band of the map between two times. */
void texture_spectrum(const struct texture_ears *ears, double start, double end,
                      float db[MEL_BANDS]);

#endif
