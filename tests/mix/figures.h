/* figures.h - what a mix is scored by: M1 to M14, each with what it has to be.
 *
 * docs/hands.md defines them.
 */
#ifndef FIGURES_H
#define FIGURES_H

#include "mix.h"

enum figure {
    M1_MEDIAN,
    M1_P95,
    M1_MAX,
    M2_DRIFT,
    M3_DOWNBEATS,
    M4_PHRASES,
    M5_P95,
    M5_MAX,
    M5_RAMP,
    M5_STEP,
    M6_MEDIAN,
    M6_P95,
    M6_PROGRAMME,
    M7_DIP,
    M8_PCM,
    M8_DECODED,
    M8_LIMITER,
    M9_BASS,
    M10_KEY,
    M11_MID,
    M12_CLICKS,
    M12_HOLES,
    M13_RISE,
    M14_HEARD,
    M14_LEAST,
    FIGURES
};

struct score {
    double value[FIGURES]; /* NAN: nothing to measure */
    int transitions, beatmatched;
};

void score_mix(struct score *score, const struct mix *mix);

const char *figure_name(enum figure figure);
const char *figure_target(enum figure figure);
bool figure_holds(enum figure figure, double value);

/* The parts of score_mix. */
void score_beats(struct score *score, const struct mix *mix);    /* M1 - M4 */
void score_tempo(struct score *score, const struct mix *mix);    /* M5 */
void score_loudness(struct score *score, const struct mix *mix); /* M6 - M8 */
void score_bands(struct score *score, const struct mix *mix);    /* M9, M11 */
void score_seams(struct score *score, const struct mix *mix);    /* M12, M13 */
void score_songs(struct score *score, const struct mix *mix);    /* M10, M14 */

/* A list that grows, and what stands at a share of it when it is sorted. */
struct sample {
    double *at;
    int count, room;
};
void sample_add(struct sample *sample, double value);
double sample_at(struct sample *sample, double share); /* NAN when it is empty */
void sample_release(struct sample *sample);

#endif
