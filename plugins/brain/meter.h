/* meter.h - which pulses are the beats, and which beat is the one.
 *
 * Every reading (each of a few ratios of pulses to beats, each of 16 phases of a bar of
 * four) folds the whole track onto one bar of sixteenths: onset strength in four bands,
 * harmonic change, novelty. One small scorer judges all readings; the chances are those
 * of a softmax over them.
 */
#ifndef METER_H
#define METER_H

#include "flux.h"
#include "harmony.h"
#include "pulse.h"

#define METER_STEPS 16
#define METER_ROWS 6 /* FLUX_BANDS, harmonic change, novelty of the whole spectrum */
#define METER_READINGS 8

struct fold {
    double ratio; /* pulses a beat */
    double bpm;
    float at[METER_STEPS][METER_ROWS]; /* each row has mean 1, or is all 0 */
};

struct meter {
    double per_beat; /* pulses a beat */
    double first;    /* pulse number of a downbeat */
    double bpm;      /* about */
    float tempo_chance, beat_chance, bar_chance;
};

/* Choose the reading. A pulse train of less than a bar gives chances of 0. */
void meter_find(struct meter *out, const struct pulse *pulse, const struct tempo *tempo,
                const struct flux *flux, const struct harmony *harmony);

#endif
