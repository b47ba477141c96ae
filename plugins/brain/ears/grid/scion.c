/* scion.c - tempo, pulses, meter and beats once more, of a stretch alone. */
#include "scion.h"

#include <math.h>
#include <string.h>

#include "beats.h"
#include "steady.h"

#define WANDER_S 0.025 /* of a line */
#define FARTHEST 0.5   /* octaves from one tempo to the other */
#define FEWEST 16      /* beats */

static int lay_pulses(struct strip_d *out, const struct steady *steady, double from,
                      double to)
{
    double k = ceil((from - steady->phase) / steady->period);
    int err = 0;
    for (; !err && steady->phase + k * steady->period < to; k += 1.0)
        err = STRIP_PUSH(out, steady->phase + k * steady->period);
    return err;
}

/* The likeliest reading near the usual tempo, and the chances of its phases; the first of
 * them is the likeliest. */
static void choose(struct meter *out, float chance[METER_SUBS],
                   const struct meter_ears *ears, double usual)
{
    struct fold folds[METER_READINGS];
    int count = meter_fold(ears, folds), best = 0;
    float top = 0.0f, sum[METER_SUBS] = {0};
    memset(out, 0, sizeof *out);
    for (int f = 0; f < count; f++) {
        float here[METER_SUBS] = {0}, all = 0.0f;
        if (fabs(log2(folds[f].bpm * usual / 60.0)) > FARTHEST)
            continue;
        for (int p = 0; p < METER_STEPS; p++) {
            here[p % METER_SUBS] += expf(meter_judge(&folds[f], p));
            all += here[p % METER_SUBS];
        }
        if (all > top) {
            top = all;
            memcpy(sum, here, sizeof sum);
            out->per_beat = folds[f].ratio;
            out->bpm = folds[f].bpm;
        }
    }
    for (int p = 1; p < METER_SUBS; p++)
        best = sum[p] > sum[best] ? p : best;
    for (int p = 0; p < METER_SUBS; p++)
        chance[p] = logf(sum[(best + p) % METER_SUBS] + 1e-9f);
    out->first = out->part[0].first = best * out->per_beat / METER_SUBS;
    out->parts = 1;
}

static int lay_line(struct scion *out, const struct scion_ears *ears,
                    const struct meter *meter, const struct pulse *pulse, double from,
                    double to)
{
    struct beats beats;
    int err = beats_init(&beats, meter, pulse, ears->bands, ears->origin, from, to);
    size_t count = beats.time.count;
    if (!err && count >= FEWEST) {
        out->line.first = beats.time.at[0];
        out->line.period =
            (beats.time.at[count - 1] - beats.time.at[0]) / (double)(count - 1);
    }
    beats_release(&beats);
    return err;
}

int scion_find(struct scion *out, const struct scion_ears *ears, double from, double to,
               double usual)
{
    struct flux flux = flux_part(ears->meter.flux, from, to);
    struct tempo tempo;
    struct steady steady = {.wander_s = HUGE_VAL};
    struct pulse pulse = {.is_line = true, .is_steady = true};
    struct meter meter = {.per_beat = 0.0};
    const struct meter_ears here = {&pulse, &flux, ears->meter.harmony,
                                    ears->meter.novelty, NAN};
    memset(out, 0, sizeof *out);
    int err = tempo_init(&tempo, &flux);
    if (!err && tempo.count > 0)
        err = steady_find(&steady, &flux, tempo.main, tempo.reach);
    if (!err && steady.wander_s < WANDER_S)
        err = lay_pulses(&pulse.time, &steady, from, to);
    if (!err && pulse.time.count > 0)
        choose(&meter, out->chance, &here, usual);
    if (!err && meter.per_beat > 0.0)
        err = lay_line(out, ears, &meter, &pulse, from, to);
    pulse_release(&pulse);
    tempo_release(&tempo);
    return err;
}
