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
    M10_ALLOWED,
    M11_MID,
    M12_CLICKS,
    M12_HOLES,
    M13_RISE,
    M14_HEARD,
    M14_LEAST,
    FIGURES
};

const char *figure_name(enum figure figure);
const char *figure_target(enum figure figure);

/* A list that grows, and what stands at a share of it when it is sorted. */
struct sample {
    double *at;
    int count, room;
};
void sample_add(struct sample *sample, double value);
double sample_at(struct sample *sample, double share); /* NAN when it is empty */
void sample_release(struct sample *sample);

struct meter;

/* What was found so far. All zero is a fresh one. */
struct score {
    double value[FIGURES]; /* NAN: nothing to measure */
    int transitions, beatmatched, cuts;
    struct sample errors, drifts, taken, rises;
    int bars, bars_right, switches, switches_right;
    int lows, low_clashes, mids, mid_clashes;
    int clicks, holes;
    struct meter *meter; /* of all that was heard */
};

/* Whether a figure is as wanted; of keys no more is than the crate allows. */
bool figure_holds(const struct score *score, enum figure figure);

/* A mix in memory at once. */
void score_mix(struct score *score, const struct mix *mix);

/* Or slice by slice: begin with the timeline, hear each frame once, look at each slice,
 * and end with the timeline. Attacks (M13) are best taken from the slices of the mix
 * before encoding, for an encoder blunts them too. */
void score_begin(struct score *score, const struct mix *whole);
void score_hear(struct score *score, const float *samples, int64_t frames);
void score_slice(struct score *score, const struct mix *slice);
void score_attacks(struct score *score, const struct mix *slice);
void score_end(struct score *score, const struct mix *whole);
void score_release(struct score *score);

/* The parts of score_slice ... */
void score_beats(struct score *score, const struct mix *slice);   /* M1 - M4 */
void score_limiter(struct score *score, const struct mix *slice); /* of M8 */
void score_bands(struct score *score, const struct mix *slice);   /* M9, M11 */
void score_seams(struct score *score, const struct mix *slice);   /* M12 */

/* ... and of score_end. */
void score_tempo(struct score *score, const struct mix *whole);    /* M5 */
void score_loudness(struct score *score, const struct mix *whole); /* M6 - M8 */
void score_keys(struct score *score, const struct mix *whole);     /* M10 */
void score_songs(struct score *score, const struct mix *whole);    /* M14 */

#endif
