/* meter.c - fold, judge, choose. */
#include "meter.h"

#include <math.h>
#include <string.h>

#include "meter_net.h"
#include "novelty.h"

#define SLOWEST_BPM 58.5
#define FASTEST_BPM 182.0
#define BUMPS_FROM_BPM 57.0 /* where the inputs for tempo begin */
#define NEAR_FRAMES 3.0     /* an onset this far off still counts for its sixteenth */
/* Most music begins on a beat, and most of that on a one; logarithms of odds. The
 * songs that teach the network all do, so it is not taught that. */
#define FIRST_BEAT 3.0f
#define FIRST_ONE 1.5f
#define FIRST_NEAR_S 0.03
#define FILE_NEAR_S 0.02 /* pulses are coarser than beats */
/* People hear and make beats near two a second rather than slower or faster ones (van
 * Noorden and Moelants, J. New Music Research 28, 1999): logarithm of odds for each
 * squared octave that a reading is away. The songs that teach the network spread more
 * evenly over the tempos. */
#define RESONANCE 1.0f
#define RESONANCE_BPM 116.0

static const double ratios[] = {1.0, 2.0, 0.5, 0.75, 1.5, 4.0 / 3.0, 2.0 / 3.0};

static void hear_step(float row[METER_ROWS], double time, const struct meter_ears *ears)
{
    for (int b = 0; b < FLUX_BANDS; b++)
        row[b] = flux_near(ears->flux, ears->flux->band[b], time, NEAR_FRAMES);
    row[FLUX_BANDS] = harmony_change(ears->harmony, time);
    row[FLUX_BANDS + 1] = novelty_near(ears->novelty, time);
}

/* Sums over a track: of bars of four, odd and even ones, and of bars of three. */
struct sums {
    float four[2][METER_STEPS][METER_ROWS];
    float three[3][METER_SUBS][METER_ROWS];
};

static void fold_row(struct fold *out, const struct sums *sum, int r, float scale)
{
    for (int s = 0; s < METER_STEPS; s++) {
        out->at[s][r] = scale * (sum->four[0][s][r] + sum->four[1][s][r]);
        out->apart[s][r] = scale * fabsf(sum->four[0][s][r] - sum->four[1][s][r]);
    }
    for (int s = 0; s < METER_SUBS; s++) {
        float mean = 0.0f, square = 0.0f;
        for (int beat = 0; beat < 3; beat++)
            mean += sum->three[beat][s][r] / 3.0f;
        for (int beat = 0; beat < 3; beat++)
            square += powf(sum->three[beat][s][r] - mean, 2.0f) / 3.0f;
        out->waltz[s][r] = 0.75f * scale * sqrtf(square);
    }
}

static void fold_bars(struct fold *out, const struct sums *sum)
{
    for (int r = 0; r < METER_ROWS; r++) {
        float all = 0.0f;
        for (int s = 0; s < METER_STEPS; s++)
            all += sum->four[0][s][r] + sum->four[1][s][r];
        fold_row(out, sum, r, all > 1e-6f ? (float)METER_STEPS / all : 0.0f);
    }
}

/* Onsets a third and two thirds of a beat after step i, in each band. */
static void add_thirds(struct fold *out, size_t i, const struct meter_ears *ears)
{
    double step = out->ratio / 4.0;
    for (int third = 1; third <= 2; third++) {
        double time = pulse_time(ears->pulse, ((double)i + third * 4.0 / 3.0) * step);
        for (int b = 0; b < FLUX_BANDS; b++)
            out->third[i % 4][2 * b + third - 1] +=
                flux_near(ears->flux, ears->flux->band[b], time, NEAR_FRAMES);
    }
}

/* Against four times the mean onset strength of a sixteenth. */
static void scale_thirds(struct fold *out, const struct sums *sum)
{
    for (int b = 0; b < FLUX_BANDS; b++) {
        float all = 0.0f;
        for (int s = 0; s < METER_STEPS; s++)
            all += sum->four[0][s][b] + sum->four[1][s][b];
        for (int p = 0; p < METER_STEPS / 4; p++)
            for (int third = 0; third < 2; third++)
                out->third[p][2 * b + third] *= all > 4e-6f ? 16.0f / all : 0.0f;
    }
}

void meter_fill_fold(struct fold *out, const struct meter_ears *ears)
{
    double step = out->ratio / 4.0;
    size_t steps = (size_t)((double)ears->pulse->time.count / step);
    struct sums sum = {{{{0}}}, {{{0}}}};
    memset(out->third, 0, sizeof out->third);
    for (size_t i = 0; i < steps; i++) {
        float row[METER_ROWS];
        hear_step(row, pulse_time(ears->pulse, (double)i * step), ears);
        for (int r = 0; r < METER_ROWS; r++) {
            sum.four[i / METER_STEPS % 2][i % METER_STEPS][r] += row[r];
            sum.three[i / METER_SUBS % 3][i % METER_SUBS][r] += row[r];
        }
        add_thirds(out, i, ears);
    }
    scale_thirds(out, &sum);
    fold_bars(out, &sum);
}

int meter_fold(const struct meter_ears *ears, struct fold folds[METER_READINGS])
{
    const struct strip_d *time = &ears->pulse->time;
    int count = 0;
    if (time->count < 8)
        return 0;
    double mean = (time->at[time->count - 1] - time->at[0]) / (double)(time->count - 1);
    for (size_t r = 0; r < sizeof ratios / sizeof *ratios; r++) {
        double bpm = 60.0 / (mean * ratios[r]);
        if (bpm < SLOWEST_BPM || bpm > FASTEST_BPM)
            continue;
        folds[count].ratio = ratios[r];
        folds[count].bpm = bpm;
        meter_fill_fold(&folds[count++], ears);
    }
    return count;
}

void meter_inputs(const struct fold *fold, int phase, float x[METER_INPUTS])
{
    for (int s = 0; s < METER_STEPS; s++)
        for (int r = 0; r < METER_ROWS; r++)
            *x++ = sqrtf(fold->at[(s + phase) % METER_STEPS][r]) - 1.0f;
    for (int s = 0; s < METER_STEPS; s++)
        for (int r = 0; r < METER_ROWS; r++)
            *x++ = sqrtf(fold->apart[(s + phase) % METER_STEPS][r]);
    for (int s = 0; s < METER_SUBS; s++)
        for (int r = 0; r < METER_ROWS; r++)
            *x++ = sqrtf(fold->waltz[(s + phase) % METER_SUBS][r]);
    for (int k = 0; k < METER_THIRDS; k++)
        *x++ = sqrtf(fold->third[phase % 4][k]) - 1.0f;
    for (int k = 0; k < METER_TEMPI; k++) { /* bumps a sixth of an octave apart */
        double off = log2(fold->bpm / BUMPS_FROM_BPM) * 6.0 - k;
        *x++ = (float)exp(-0.5 * off * off);
    }
}

float meter_judge(const struct fold *fold, int phase)
{
    float x[METER_INPUTS], out = 0.0f;
    meter_inputs(fold, phase, x);
    for (int h = 0; h < METER_HIDDEN; h++) {
        float sum = meter_net_in[h][METER_INPUTS];
        for (int i = 0; i < METER_INPUTS; i++)
            sum += meter_net_in[h][i] * x[i];
        out += meter_net_out[h] * tanhf(sum);
    }
    return out;
}

void meter_judge_bars(const struct meter_ears *ears, double bpm, float score[4])
{
    struct fold fold = {.ratio = 1.0, .bpm = bpm};
    meter_fill_fold(&fold, ears);
    for (int beat = 0; beat < 4; beat++)
        score[beat] = meter_judge(&fold, 4 * beat);
}

/* How well a beat and a one of a phase lie on a pulse number, as logarithms of odds. */
static float begins_on(const struct fold *fold, int phase, double number, double scale_s)
{
    double beats = number / fold->ratio - phase / 4.0;
    double beat = (beats - round(beats)) * 60.0 / fold->bpm / scale_s;
    double bar = (beats - 4.0 * round(beats / 4.0)) * 60.0 / fold->bpm / scale_s;
    return FIRST_BEAT * (float)exp(-0.5 * beat * beat) +
           FIRST_ONE * (float)exp(-0.5 * bar * bar);
}

/* What speaks for a phase of a fold: that the first sound lies on a beat, and on a one;
 * or that the file begins so and rests.
 *
 * first    pulse numbers of the sound and of the file; NAN: not known
 */
static float begins_well(const struct fold *fold, int phase, const double first[2])
{
    return isnan(first[0]) ? 0.0f
                           : fmaxf(begins_on(fold, phase, first[0], FIRST_NEAR_S),
                                   begins_on(fold, phase, first[1], FILE_NEAR_S));
}

static float resonance(double bpm)
{
    float octaves = (float)log2(bpm / RESONANCE_BPM);
    return -RESONANCE * octaves * octaves;
}

void meter_choose(struct meter *out, const struct meter_ears *ears,
                  const struct fold *folds, int count)
{
    float score[METER_READINGS][METER_STEPS] = {{0}};
    float sum = 0.0f, ratio_sum[METER_READINGS] = {0},
          beat_sum[METER_READINGS][4] = {{0}};
    int best = 0, beat = 0, phase;
    memset(out, 0, sizeof *out);
    if (count == 0)
        return;
    const double first[2] = {isnan(ears->start) ? NAN
                                                : pulse_number(ears->pulse, ears->start),
                             pulse_number(ears->pulse, 0.0)};
    for (int f = 0; f < count; f++)
        for (int p = 0; p < METER_STEPS; p++) {
            score[f][p] =
                expf(meter_judge(&folds[f], p) + begins_well(&folds[f], p, first) +
                     resonance(folds[f].bpm));
            sum += score[f][p];
            ratio_sum[f] += score[f][p];
            beat_sum[f][p % 4] += score[f][p];
            if (beat_sum[f][p % 4] > beat_sum[best][beat]) {
                best = f;
                beat = p % 4;
            }
        }
    phase = beat;
    for (int p = beat; p < METER_STEPS; p += 4)
        if (score[best][p] > score[best][phase])
            phase = p;
    out->per_beat = folds[best].ratio;
    out->bpm = folds[best].bpm;
    out->first = phase * folds[best].ratio / 4.0;
    out->tempo_chance = ratio_sum[best] / sum;
    out->beat_chance = beat_sum[best][beat] / sum;
    out->bar_chance = score[best][phase] / beat_sum[best][beat];
    out->part[0].first = out->first;
    out->parts = 1;
}
