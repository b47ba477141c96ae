/* strip.h - a channel strip of the mixing desk: a part's sound, its equaliser, its fader.
 */
#ifndef STRIP_H
#define STRIP_H

#include "isolator.h"
#include "params.h"
#include "voice.h"

#define STRIP_FRAMES 1152 /* most frames in a call */

struct strip {
    struct voice voice;
    struct isolator isolator;
    const struct curve *curves; /* BANDS of them */
    float gain;
    bool has_bands;
    int64_t pos;                                           /* next frame to mix */
    int held;                                              /* frames in the window */
    float window[(STRIP_FRAMES + 2 * ISOLATOR_REACH) * 2]; /* around pos */
};

/* Get ready to mix from `pos` on, which may lie before the segment. The curves are kept
 * until the strip is used no more. returns 0 or -errno */
int strip_open(struct strip *strip, const struct fv_segment *segment, uint32_t part,
               const struct fv_pcm *pcm, const struct curve *curves, int64_t pos);

/* Add the next frames to `sum`. returns 0 or -errno */
int strip_mix(struct strip *strip, float *sum, int frames);

#endif
