/* pattern.h - what happens in two beats of a track, and how like that a beat is.
 *
 * Once the beats are known by and large, so is what is heard in each of them; beats that
 * lie wrong sound unlike the others.
 */
#ifndef PATTERN_H
#define PATTERN_H

#include "flux.h"

#define PATTERN_BEATS 2    /* drums alternate */
#define PATTERN_PLACES 24  /* of a beat: sixteenths and triplets lie on whole ones */
#define PATTERN_LIKE 10.0f /* what the beats that a pattern was learnt from are worth */

/* Onset strength as a pattern counts it: all bands of a frame side by side. */
struct onsets {
    float (*at)[FLUX_BANDS];
    size_t frames; /* FLUX_FPS a second */
    double origin; /* seconds of frame 0 */
};

/* out      filled; onsets_release frees it; of an error too
 * returns  0 or -ENOMEM */
int onsets_init(struct onsets *out, const struct flux *flux);
void onsets_release(struct onsets *onsets);

struct pattern {
    float at[PATTERN_BEATS][PATTERN_PLACES][FLUX_BANDS]; /* each band has mean 0 */
    float contrast; /* the more the beats are alike, the greater; 0: they are few */
};

void pattern_learn(struct pattern *out, const struct onsets *onsets,
                   const struct strip_d *beat);

/* What a beat is worth that lies at `start` and is `period` long, in seconds. */
float pattern_worth(const struct pattern *pattern, const struct onsets *onsets,
                    size_t number, double start, double period);

#endif
