/* beats.c - pull coarse beats to their attacks: all together where the tempo stands
 * still, in neighbourhoods where it moves. Robust both times: a beat without an attack,
 * or with a wrong one, must not bend the grid.
 */
#include "beats.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "attack.h"
#include "place.h"
#include "smooth.h"

#define REACH_S 0.045    /* an attack this far off may be the beat's */
#define WIDEST_S 0.032   /* scale of the first fit of a line; each next is half as wide */
#define SHARE 0.3        /* of the attacks are on the line, at least */
#define KERNEL_S 0.004   /* attacks that agree lie this close together */
#define ON_BEAT_S 0.012  /* an attack this close to a beat is on it */
#define SHORTEST_LINE 32 /* beats */
#define AS_GOOD 0.92
#define CLOSEST 0.6 /* of a beat: two are not nearer, where parts of a track meet */
#define TILT_S 0.03 /* by which the line may lie wrong over its length */
#define TILTS 512   /* that are told apart */
#define TILT_NEAR 8 /* of them on either side are nearly the same */
#define TILT_BEATS 400
#define EVEN 10.0
/* There beats lie on a curve: its stiffness (smooth.h); how far off it attacks lie that
 * it goes by; the weight of coarse beats in it; how near to it attacks are looked for
 * again. */
#define STIFF 8.0
#define CURVE_S 0.012
#define COARSE 0.05
#define NEAR_S 0.015
#define ROUNDS 12
#define NARROWER 0.8 /* each */
/* No line where a run of beats leaves the coarse ones by more than this; but if by a
 * greater share of a beat it is they that have slipped. */
#define LEAVE_S 0.015
#define LEAVE_BEATS 8
#define SLIP_SHARE 0.14
#define SAME_TEMPO 0.03 /* share of a period by which it wanders */
#define MOST 0.5        /* of the beats have one tempo */
#define STRUCK 0.15f    /* height of an attack with which a piece may end */

struct pull {
    double at;     /* coarse time */
    double off;    /* of the attack, seconds */
    double weight; /* 0: no attack */
};

/* Lay beats of one part of the track, from pulse number `from` up to `to`. */
static int lay_part(struct strip_d *out, const struct meter *meter,
                    const struct pulse *pulse, double first, double from, double to)
{
    double number = first + ceil((from - first) / meter->per_beat) * meter->per_beat;
    int err = 0;
    for (; !err && number < to; number += meter->per_beat) {
        double time = pulse_time(pulse, number);
        double next = pulse_time(pulse, number + meter->per_beat);
        size_t count = out->count;
        if (count == 0 || time - out->at[count - 1] > CLOSEST * (next - time))
            err = STRIP_PUSH(out, time);
    }
    return err;
}

int beats_lay(struct strip_d *out, const struct meter *meter, const struct pulse *pulse,
              double start, double end)
{
    double first = pulse_number(pulse, start - REACH_S), last = pulse_number(pulse, end);
    int err = 0;
    for (int p = 0; !err && p < meter->parts; p++) {
        double from = p > 0 ? fmax(first, meter->part[p].from) : first;
        double to = p + 1 < meter->parts ? fmin(last, meter->part[p + 1].from) : last;
        err = lay_part(out, meter, pulse, meter->part[p].first, from, to);
    }
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

/* Weighted line through the offsets with Cauchy weights around the last line; without
 * `tilts` it keeps its slope. */
static void fit_line(const struct pull *pull, size_t count, double *at0, double *slope,
                     double scale, bool tilts)
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
        if (tilts)
            *slope = spread > 1e-6 * w * w ? (wxy * w - wx * wy) / spread : 0.0;
        *at0 = (wy - *slope * wx) / w - *slope * middle;
    }
}

/* The slope that most pairs of distant attacks have between them. Swung and early beats
 * lie off the line, each in its way, but not off those that are played like them. */
static double common_slope(const struct pull *pull, size_t count, double slope)
{
    double weight[TILTS] = {0}, best = 0.0;
    double reach = TILT_S / (pull[count - 1].at - pull[0].at);
    size_t stride = count / TILT_BEATS + 1;
    int top = TILTS / 2;
    for (size_t i = 0; i < count; i += stride)
        for (size_t j = i + count / 3; j < count; j += stride) {
            double apart = pull[j].at - pull[i].at;
            double tilt = (pull[j].off - pull[i].off) / apart - slope;
            int here = (int)floor((tilt / reach + 1.0) * TILTS / 2);
            if (here >= 0 && here < TILTS)
                weight[here] += pull[i].weight * pull[j].weight * apart;
        }
    for (int t = TILT_NEAR; t + TILT_NEAR < TILTS; t++) {
        double sum = 0.0;
        for (int k = -TILT_NEAR; k <= TILT_NEAR; k++)
            sum += weight[t + k] * (1.0 - abs(k) / (TILT_NEAR + 1.0));
        if (sum > best) {
            best = sum;
            top = t;
        }
    }
    return slope + reach * ((top + 0.5) * 2 / TILTS - 1.0);
}

/* How far off the line its nearest attacks lie: by weight SHARE of all are nearer. */
static double spread_around(const struct pull *pull, size_t count, double at0,
                            double slope)
{
    double all = 0.0, near = 0.0, low = 0.0, high = 2.0 * REACH_S;
    for (size_t i = 0; i < count; i++)
        all += pull[i].weight;
    while (high - low > 1e-5) {
        double middle = 0.5 * (low + high);
        near = 0.0;
        for (size_t i = 0; i < count; i++)
            if (fabs(pull[i].off - (at0 + slope * pull[i].at)) < middle)
                near += pull[i].weight;
        if (near < SHARE * all)
            low = middle;
        else
            high = middle;
    }
    return high;
}

/* Lay the beats on the line that the attacks agree on. `is_line`: they lie on one that
 * is nearly right, and the first fits only move it: sections whose sounds rise more
 * slowly must not tilt it. */
static void straighten(double *time, const struct pull *pull, size_t count, bool is_line)
{
    double at0 = 0.0, slope = 0.0;
    for (double scale = WIDEST_S; scale > 0.4 * KERNEL_S; scale *= 0.5) {
        double least = spread_around(pull, count, at0, slope);
        fit_line(pull, count, &at0, &slope, fmax(scale, least),
                 !is_line || scale < 0.3 * WIDEST_S);
    }
    slope = common_slope(pull, count, slope);
    fit_line(pull, count, &at0, &slope, KERNEL_S, false);
    double first = pull[0].at + at0 + slope * pull[0].at;
    double last = pull[count - 1].at + at0 + slope * pull[count - 1].at;
    for (size_t i = 0; i < count; i++)
        time[i] = first + (double)i * (last - first) / (double)(count - 1);
}

/* Coarse beats lie on frames: even out what that moves them by, before their attacks are
 * asked. `room` is for four each. */
static void even_out(double *time, size_t count, double *room)
{
    for (size_t i = 0; i < count; i++)
        room[i] = 1.0;
    smooth(time, room, count, EVEN, room + count);
}

/* The strongest attacks near some times. */
static void find_pulls(struct pull *pull, const double *time, size_t count,
                       const struct attacks *attacks, double reach)
{
    for (size_t i = 0; i < count; i++) {
        struct attack found = attack_find(attacks, time[i], reach);
        pull[i] =
            (struct pull){time[i], found.time - time[i], fmin((double)found.height, 1.5)};
    }
}

/* Lay the beats on a smooth curve through their attacks, with Cauchy weights around the
 * last one; where attacks are few it keeps to the beats as they are. `room` is for five
 * each. */
static void bend(double *time, const struct pull *pull, size_t count, double scale,
                 double *room)
{
    double *before = room, *weight = room + count;
    memcpy(before, time, count * sizeof *time);
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < count; i++) {
            double attack = pull[i].at + pull[i].off, miss = (attack - time[i]) / scale;
            double pulls = pull[i].weight / (1.0 + miss * miss) / (1.0 + miss * miss);
            weight[i] = pulls + COARSE;
            time[i] = (pulls * attack + COARSE * before[i]) / weight[i];
        }
        smooth(time, weight, count, STIFF, room + 2 * count);
        scale = fmax(CURVE_S, NARROWER * scale);
    }
}

/* `near` has room for `count`, `room` for five each. */
static void follow(double *time, const struct pull *pull, struct pull *near, size_t count,
                   const struct attacks *attacks, double *room)
{
    double usual = common_offset(pull, count);
    for (size_t i = 0; i < count; i++)
        time[i] += usual;
    bend(time, pull, count, WIDEST_S, room);
    find_pulls(near, time, count, attacks, NEAR_S);
    bend(time, near, count, CURVE_S, room);
}

/* Share of the pulls that end on the beats, within about ON_BEAT_S. */
static double agreement_of(const double *time, const struct pull *pull, size_t count)
{
    double on = 0.0, all = 1e-9;
    for (size_t i = 0; i < count; i++) {
        double off = pull[i].at + pull[i].off - time[i];
        all += pull[i].weight;
        on += pull[i].weight / (1.0 + pow(off / ON_BEAT_S, 4.0));
    }
    return on / all;
}

/* Whether one line is what the beats keep to, rather than a curve. Where few attacks lie
 * on beats, a curve meets more of them by bending after chance: the fewer, the less that
 * counts against the line. */
static bool is_one_line(double line, double curve)
{
    return line >= curve * fmin(AS_GOOD, 1.0 - 1.5 * (1.0 - curve));
}

/* Whether many beats together lie off the coarse ones, against how all do, and off their
 * attacks too: a line that attacks lie on is better than a coarse beat. */
static bool leaves_pulses(const double *time, const struct pull *pull, size_t count)
{
    double mean = 0.0, period = (time[count - 1] - time[0]) / (double)(count - 1);
    int against = 0;
    for (size_t i = 0; i < count; i++)
        mean += (time[i] - pull[i].at) / (double)count;
    for (size_t i = 0; i < count; i++) {
        double off = fabs(time[i] - pull[i].at - mean);
        bool is_off = off > LEAVE_S && off < SLIP_SHARE * period;
        bool is_struck = fabs(pull[i].at + pull[i].off - time[i]) < ON_BEAT_S;
        against += is_off && !is_struck ? 1 : -2;
        against = against < 0 ? 0 : against;
        if (against >= LEAVE_BEATS)
            return true;
    }
    return false;
}

/* Put straight lines wherever they explain the attacks about as well as the curve does:
 * over all `count` beats, or else over halves of them, down to SHORTEST_LINE. `line` and
 * `spare` have room for `count`. */
static void straighten_parts(double *time, const struct pull *pull, struct pull *line,
                             double *spare, size_t count)
{
    if (count < SHORTEST_LINE)
        return;
    double period = (time[count - 1] - time[0]) / (double)(count - 1);
    for (size_t i = 0; i < count; i++) {
        double at = time[0] + (double)i * period;
        line[i] = (struct pull){at, pull[i].at + pull[i].off - at, pull[i].weight};
    }
    straighten(spare, line, count, false);
    if (!leaves_pulses(spare, pull, count) &&
        agreement_of(spare, pull, count) >= AS_GOOD * agreement_of(time, pull, count)) {
        memcpy(time, spare, count * sizeof *time);
        return;
    }
    size_t half = count / 2;
    straighten_parts(time, pull, line, spare, half);
    straighten_parts(time + half, pull + half, line, spare, count - half);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The tempo of all beats; or that which most of them keep, where others are at quite
 * another: a mean of two is none that anybody hears. `spare` has room for `count`. */
static double tempo_of(const double *time, size_t count, double *spare)
{
    double mean = (time[count - 1] - time[0]) / (double)(count - 1), keep = 0.0;
    for (size_t i = 0; i + 1 < count; i++)
        spare[i] = time[i + 1] - time[i];
    qsort(spare, count - 1, sizeof *spare, by_size);
    double usual = spare[count / 2];
    for (size_t i = 0; i + 1 < count; i++)
        keep += fabs(spare[i] - usual) < SAME_TEMPO * usual;
    bool is_usual = fabs(usual - mean) > SAME_TEMPO * mean && keep > MOST * (double)count;
    return 60.0 / (is_usual ? usual : mean);
}

#define PULLS 2 /* for each beat are worked with, ... */
#define SPARE 5 /* ... and so many numbers */

static void pull_beats(struct beats *out, const struct pulse *pulse,
                       const struct bands *bands, double origin, struct pull *pull,
                       double *spare)
{
    struct attacks attacks;
    double *time = out->time.at;
    size_t count = out->time.count;
    attacks_init(&attacks, bands, origin);
    if (!pulse->is_steady)
        even_out(time, count, spare);
    find_pulls(pull, time, count, &attacks, REACH_S);
    if (pulse->is_steady) {
        straighten(time, pull, count, true);
    } else {
        follow(time, pull, pull + count, count, &attacks, spare);
        straighten(spare, pull, count, true);
        if (pulse->is_line && is_one_line(agreement_of(spare, pull, count),
                                          agreement_of(time, pull, count)))
            memcpy(time, spare, count * sizeof *time);
        else
            straighten_parts(time, pull, pull + count, spare, count);
        for (size_t i = 1; i < count; i++) /* never backwards, whatever the attacks say */
            time[i] = fmax(time[i], time[i - 1] + 0.1);
    }
    out->agreement = agreement_of(time, pull, count);
    out->bpm = tempo_of(time, count, spare);
    double shift = place_shift(&attacks, time, count);
    for (size_t i = 0; i < count; i++)
        time[i] += shift;
}

int beats_init(struct beats *out, const struct meter *meter, const struct pulse *pulse,
               const struct bands *bands, double origin, double start, double end)
{
    memset(out, 0, sizeof *out);
    if (meter->per_beat <= 0.0)
        return 0;
    int err = beats_lay(&out->time, meter, pulse, start, end);
    size_t count = out->time.count;
    if (err || count < 8)
        return err;
    struct pull *pull = malloc(PULLS * count * sizeof *pull);
    double *spare = malloc(SPARE * count * sizeof *spare);
    if (pull && spare)
        pull_beats(out, pulse, bands, origin, pull, spare);
    else
        err = -ENOMEM;
    free(pull);
    free(spare);
    return err;
}

bool beats_ring_out(const struct strip_d *beat, const struct bands *bands, double origin)
{
    struct attacks attacks;
    if (beat->count == 0)
        return false;
    attacks_init(&attacks, bands, origin);
    return attack_find(&attacks, beat->at[beat->count - 1], REACH_S).height < STRUCK;
}

void beats_release(struct beats *beats)
{
    free(beats->time.at);
}
