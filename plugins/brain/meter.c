/* meter.c - fold, score, choose. */
#include "meter.h"

#include <math.h>
#include <string.h>

#define SLOWEST_BPM 56.0
#define FASTEST_BPM 190.0
#define NEAR_FRAMES 3.0 /* an onset this far off still counts for its sixteenth */

static void fill_fold(struct fold *out, double ratio, const struct pulse *pulse,
                      const struct flux *flux, const struct harmony *harmony)
{
    double step = ratio / 4.0;
    size_t steps = (size_t)((double)pulse->time.count / step);
    memset(out->at, 0, sizeof out->at);
    for (size_t i = 0; i < steps; i++) {
        double time = pulse_time(pulse, (double)i * step);
        float *row = out->at[i % METER_STEPS];
        for (int b = 0; b < FLUX_BANDS; b++)
            row[b] += flux_near(flux, flux->band[b], time, NEAR_FRAMES);
        row[FLUX_BANDS] += harmony_change(harmony, time);
    }
    for (int r = 0; r < METER_ROWS; r++) {
        float sum = 0.0f;
        for (int s = 0; s < METER_STEPS; s++)
            sum += out->at[s][r];
        for (int s = 0; s < METER_STEPS; s++)
            out->at[s][r] *= sum > 1e-6f ? METER_STEPS / sum : 0.0f;
    }
}

/* What each row likes on the beats 1, 2, 3, 4 and on the eighths between. */
static const float liking[METER_ROWS][5] = {
    {1.2f, 0.6f, 1.0f, 0.5f, -0.7f}, {0.2f, 0.3f, 0.2f, 0.3f, -0.3f},
    {0.3f, 0.7f, 0.3f, 0.7f, -0.5f}, {0.2f, 0.2f, 0.2f, 0.2f, 0.0f},
    {1.2f, 0.0f, 0.4f, 0.0f, -0.2f}, {0}};

static float score_of(const struct fold *fold, int turn)
{
    float score = 0.0f;
    for (int r = 0; r < METER_ROWS; r++) {
        for (int beat = 0; beat < 4; beat++) {
            int at = (beat * 4 + turn) % METER_STEPS;
            score += liking[r][beat] * (fold->at[at][r] - 1.0f);
            score += liking[r][4] * (fold->at[(at + 2) % METER_STEPS][r] - 1.0f);
        }
    }
    double off = log2(fold->bpm / 125.0) / 0.45;
    return score - (float)(0.5 * off * off);
}

static int list_folds(struct fold *folds, const struct pulse *pulse,
                      const struct tempo *tempo)
{
    static const double level[] = {1.0, 2.0, 0.5};
    double mean = (pulse->time.at[pulse->time.count - 1] - pulse->time.at[0]) /
                  (double)(pulse->time.count - 1);
    int count = 0;
    for (int r = 0; r < tempo->rivals; r++)
        for (int l = 0; l < 3; l++) {
            double ratio = tempo->ratio[r] * level[l], bpm = 60.0 / (mean * ratio);
            if (bpm < SLOWEST_BPM || bpm > FASTEST_BPM || count == METER_READINGS)
                continue;
            folds[count].ratio = ratio;
            folds[count++].bpm = bpm;
        }
    return count;
}

static void choose(struct meter *out, const struct fold *folds,
                   float (*score)[METER_STEPS], int count)
{
    int best = 0, turn = 0;
    float sum = 0.0f, fold_sum = 0.0f, beat_sum = 0.0f;
    for (int f = 0; f < count; f++)
        for (int t = 0; t < METER_STEPS; t++)
            if (score[f][t] > score[best][turn]) {
                best = f;
                turn = t;
            }
    float top = score[best][turn];
    for (int f = 0; f < count; f++)
        for (int t = 0; t < METER_STEPS; t++) {
            float chance = expf(score[f][t] - top);
            sum += chance;
            fold_sum += f == best ? chance : 0.0f;
            beat_sum += f == best && t % 4 == turn % 4 ? chance : 0.0f;
        }
    out->per_beat = folds[best].ratio;
    out->bpm = folds[best].bpm;
    out->first = turn * folds[best].ratio / 4.0;
    out->tempo_chance = fold_sum / sum;
    out->beat_chance = beat_sum / sum;
    out->bar_chance = 1.0f / sum;
}

void meter_find(struct meter *out, const struct pulse *pulse, const struct tempo *tempo,
                const struct flux *flux, const struct harmony *harmony)
{
    struct fold folds[METER_READINGS];
    float score[METER_READINGS][METER_STEPS];
    memset(out, 0, sizeof *out);
    if (pulse->time.count < 8)
        return;
    int count = list_folds(folds, pulse, tempo);
    for (int f = 0; f < count; f++) {
        fill_fold(&folds[f], folds[f].ratio, pulse, flux, harmony);
        for (int t = 0; t < METER_STEPS; t++)
            score[f][t] = score_of(&folds[f], t);
    }
    if (count > 0)
        choose(out, folds, score, count);
}
