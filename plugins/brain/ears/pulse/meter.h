/* meter.h - which pulses are the beats, and which beat is the one.
 *
 * Every reading (a ratio of pulses to beats, and one of 16 phases) folds the whole track
 * onto one bar of four in sixteenths: onset strength in four bands, harmonic change and
 * novelty, how much odd and even bars differ in each, and how much the beats of a bar of
 * three would. A small network judges all readings alike; the chances are those of a
 * softmax over them. It was trained on synthesised songs only: tests/ears/train.c.
 */
#ifndef METER_H
#define METER_H

#include "flux.h"
#include "harmony.h"
#include "pulse.h"

#define METER_STEPS 16   /* of a fold, and phases */
#define METER_SUBS 4     /* steps of a beat */
#define METER_ROWS 6     /* FLUX_BANDS, harmonic change, novelty of the whole spectrum */
#define METER_READINGS 8 /* folds at most */
#define METER_THIRDS (2 * FLUX_BANDS)
#define METER_TEMPI 10
#define METER_PARTS 16 /* of a track whose pulses slip */
#define METER_OF_ROWS ((2 * METER_STEPS + METER_SUBS) * METER_ROWS)
#define METER_INPUTS (METER_OF_ROWS + METER_THIRDS + METER_TEMPI)

struct fold {
    double ratio; /* pulses a beat */
    double bpm;
    float at[METER_STEPS][METER_ROWS];          /* each row has mean 1, or is all 0 */
    float apart[METER_STEPS][METER_ROWS];       /* of odd and even bars, in such means */
    float waltz[METER_SUBS][METER_ROWS];        /* spread of three beats, in such means */
    float third[METER_STEPS / 4][METER_THIRDS]; /* at 1/3 and 2/3 of a beat, by phase */
};

struct meter_part {
    double from;  /* pulse number; of the part before this one the end */
    double first; /* pulse number of a beat */
};

struct meter {
    double per_beat; /* pulses a beat; 0 = nothing found */
    double first;    /* pulse number of a downbeat, if bars have four beats */
    double bpm;      /* about */
    float tempo_chance, beat_chance, bar_chance;
    struct meter_part part[METER_PARTS]; /* one, unless pulses slip: slips.h */
    int parts;
};

struct meter_ears {
    const struct pulse *pulse;
    const struct flux *flux;
    const struct harmony *harmony;
    const struct novelty *novelty;
    double start; /* seconds: of the first sound; NAN where a part before this has it */
};

/* All folds worth judging. returns how many; 0 when the pulses are too few */
int meter_fold(const struct meter_ears *ears, struct fold folds[METER_READINGS]);

/* Fold ears->pulse by out->ratio. */
void meter_fill_fold(struct fold *out, const struct meter_ears *ears);

/* What the network sees of one reading, and what it thinks: the logarithm of a chance
 * against other readings'. */
void meter_inputs(const struct fold *fold, int phase, float x[METER_INPUTS]);
float meter_judge(const struct fold *fold, int phase);

/* The network's view of the four places that the one may have among beats: ears->pulse
 * are the beats themselves, score[k] is for a bar that begins at beat k. */
void meter_judge_bars(const struct meter_ears *ears, double bpm, float score[4]);

/* Choose among the folds of ears->pulse. */
void meter_choose(struct meter *out, const struct meter_ears *ears,
                  const struct fold *folds, int count);

#endif
