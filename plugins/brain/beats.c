/* beats.c - pull coarse beats to their attacks: all together where the tempo stands
 * still, in neighbourhoods where it moves. Robust both times: a beat without an attack,
 * or with a wrong one, must not bend the grid.
 */
#include "beats.h"

#include <math.h>
#include <string.h>

#include "attack.h"

#define REACH_S 0.045   /* an attack this far off may be the beat's */
#define KERNEL_S 0.004  /* attacks that agree lie this close together */
#define ON_BEAT_S 0.012 /* an attack this close to a beat is on it */
#define NEIGHBOURS 6    /* beats to either side, where the tempo moves */

struct pull {
    double at;     /* coarse time */
    double off;    /* of the attack, seconds */
    double weight; /* 0: no attack */
};

static int lay(struct beats *out, const struct meter *meter, const struct pulse *pulse,
               double start, double end)
{
    double number = meter->first;
    int err = 0;
    while (pulse_time(pulse, number - meter->per_beat) > start - REACH_S)
        number -= meter->per_beat;
    while (pulse_time(pulse, number) < start - REACH_S)
        number += meter->per_beat;
    for (; !err && pulse_time(pulse, number) < end; number += meter->per_beat)
        err = strip_push_d(&out->time, pulse_time(pulse, number));
    return err;
}

/* The offset that most attacks agree on. */
static double common_offset(const struct pull *pull, size_t count)
{
    double best = 0.0, top = 0.0;
    for (double off = -REACH_S; off <= REACH_S; off += KERNEL_S / 4) {
        double sum = 0.0;
        for (size_t i = 0; i < count; i++) {
            double far = (pull[i].off - off) / KERNEL_S;
            sum += pull[i].weight * exp(-0.5 * far * far);
        }
        if (sum > top) {
            top = sum;
            best = off;
        }
    }
    return best;
}

/* Weighted line through the offsets with Cauchy weights around the last line. */
static void fit_line(const struct pull *pull, size_t count, double *at0, double *slope,
                     double scale)
{
    for (int round = 0; round < 12; round++) {
        double w = 1e-9, wx = 0, wy = 0, wxx = 0, wxy = 0, middle = pull[count / 2].at;
        for (size_t i = 0; i < count; i++) {
            double x = pull[i].at - middle;
            double miss = (pull[i].off - (*at0 + *slope * pull[i].at)) / scale;
            double weight = pull[i].weight / (1.0 + miss * miss) / (1.0 + miss * miss);
            w += weight;
            wx += weight * x;
            wy += weight * pull[i].off;
            wxx += weight * x * x;
            wxy += weight * x * pull[i].off;
        }
        double spread = wxx * w - wx * wx;
        *slope = spread > 1e-6 * w * w ? (wxy * w - wx * wy) / spread : 0.0;
        *at0 = (wy - *slope * wx) / w - *slope * middle;
    }
}

static void straighten(struct beats *out, const struct pull *pull)
{
    size_t count = out->time.count;
    double at0 = common_offset(pull, count), slope = 0.0;
    fit_line(pull, count, &at0, &slope, 2.0 * KERNEL_S);
    fit_line(pull, count, &at0, &slope, 0.5 * KERNEL_S);
    double first = pull[0].at + at0 + slope * pull[0].at;
    double last = pull[count - 1].at + at0 + slope * pull[count - 1].at;
    double period = (last - first) / (double)(count - 1);
    for (size_t i = 0; i < count; i++)
        out->time.at[i] = first + (double)i * period;
    out->bpm = 60.0 / period;
    out->is_grid = true;
}

static void follow(struct beats *out, const struct pull *pull)
{
    size_t count = out->time.count;
    for (size_t i = 0; i < count; i++) {
        size_t first = i > NEIGHBOURS ? i - NEIGHBOURS : 0;
        size_t last = i + NEIGHBOURS < count ? i + NEIGHBOURS : count - 1;
        double at0 = common_offset(pull + first, last - first + 1), slope = 0.0;
        fit_line(pull + first, last - first + 1, &at0, &slope, 2.0 * KERNEL_S);
        out->time.at[i] = pull[i].at + at0 + slope * pull[i].at;
    }
    for (size_t i = 1; i < count; i++) /* never backwards, whatever the attacks said */
        out->time.at[i] = fmax(out->time.at[i], out->time.at[i - 1] + 0.1);
    out->bpm = 60.0 * (double)(count - 1) / (out->time.at[count - 1] - out->time.at[0]);
}

/* Share of the pulls that end within ON_BEAT_S of the beats as they are now. */
static double agreement_of(const struct beats *beats, const struct pull *pull)
{
    double on = 0.0, all = 1e-9;
    for (size_t i = 0; i < beats->time.count; i++) {
        double off = pull[i].at + pull[i].off - beats->time.at[i];
        all += pull[i].weight;
        on += fabs(off) < ON_BEAT_S ? pull[i].weight : 0.0;
    }
    return on / all;
}

int beats_init(struct beats *out, const struct meter *meter, const struct pulse *pulse,
               const struct bands *bands, double origin, double start, double end)
{
    memset(out, 0, sizeof *out);
    if (meter->per_beat <= 0.0)
        return 0;
    int err = lay(out, meter, pulse, start, end);
    size_t count = out->time.count;
    if (err || count < 8)
        return err;
    struct pull *pull = malloc(count * sizeof *pull);
    if (!pull)
        return -ENOMEM;
    struct attacks attacks;
    attacks_init(&attacks, bands, origin);
    for (size_t i = 0; i < count; i++) {
        struct attack found = attack_find(&attacks, out->time.at[i], REACH_S);
        pull[i] = (struct pull){out->time.at[i], found.time - out->time.at[i],
                                fmin((double)found.height, 1.5)};
    }
    if (pulse->is_steady)
        straighten(out, pull);
    else
        follow(out, pull);
    out->agreement = agreement_of(out, pull);
    free(pull);
    return 0;
}

void beats_release(struct beats *beats)
{
    free(beats->time.at);
}
