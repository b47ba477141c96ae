/* beats.c - pull coarse beats to their attacks: onto a line where the tempo stands still,
 * onto a smooth curve where it moves.
 */
#include "beats.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "bend.h"
#include "place.h"
#include "pull.h"
#include "tilt.h"

#define ON_BEAT_S 0.012 /* an attack this close to a beat is on it */
#define AS_GOOD 0.92
#define CLOSEST 0.6     /* of a beat: two are not nearer, where parts of a track meet */
#define SAME_TEMPO 0.03 /* share of a period by which it wanders */
#define MOST 0.5        /* of the beats have one tempo */
#define STRUCK 0.15f    /* height of an attack with which a piece may end */

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
    double first = pulse_number(pulse, start - PULL_REACH_S),
           last = pulse_number(pulse, end);
    int err = 0;
    for (int p = 0; !err && p < meter->parts; p++) {
        double from = p > 0 ? fmax(first, meter->part[p].from) : first;
        double to = p + 1 < meter->parts ? fmin(last, meter->part[p + 1].from) : last;
        err = lay_part(out, meter, pulse, meter->part[p].first, from, to);
    }
    return err;
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

/* Lay the beats on a curve; or on one line of a slope all the same, if that meets as many
 * attacks. `spare` has room for `count`. */
static int lay_curve(struct beats *out, const struct pulse *pulse,
                     const struct attacks *attacks, const struct pull *pull, double slope,
                     double *spare)
{
    double *time = out->time.at, usual = pull_offset(pull, out->time.count);
    size_t count = out->time.count;
    for (size_t i = 0; i < count; i++)
        time[i] += usual;
    int err = bend_beats(time, count, attacks);
    out->bends = true;
    if (!err && pulse->is_line) {
        pull_line(spare, pull, count, slope);
        out->bends = !is_one_line(agreement_of(spare, pull, count),
                                  agreement_of(time, pull, count));
        if (!out->bends)
            memcpy(time, spare, count * sizeof *time);
    }
    for (size_t i = 1; i < count; i++) /* never backwards, whatever the attacks say */
        time[i] = fmax(time[i], time[i - 1] + 0.1);
    return err;
}

static int pull_beats(struct beats *out, const struct pulse *pulse,
                      const struct attacks *attacks, struct pull *pull, double *spare)
{
    double *time = out->time.at, slope = 0.0;
    size_t count = out->time.count;
    int err = pulse->is_steady ? 0 : bend_even(time, count);
    if (err)
        return err;
    pull_find(pull, time, count, attacks, PULL_REACH_S);
    if (pulse->is_line)
        err = tilt_find(&slope, time, count, attacks);
    if (err)
        return err;
    if (pulse->is_steady)
        pull_line(time, pull, count, slope);
    else
        err = lay_curve(out, pulse, attacks, pull, slope, spare);
    out->agreement = agreement_of(time, pull, count);
    out->bpm = tempo_of(time, count, spare);
    double shift = place_shift(attacks, time, count);
    for (size_t i = 0; i < count; i++)
        time[i] += shift;
    return err;
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
    struct attacks attacks;
    struct pull *pull = malloc(count * sizeof *pull);
    double *spare = malloc(count * sizeof *spare);
    attacks_init(&attacks, bands, origin);
    err = pull && spare ? pull_beats(out, pulse, &attacks, pull, spare) : -ENOMEM;
    free(pull);
    free(spare);
    return err;
}

int beats_tell_tempo(struct beats *beats)
{
    const double *time = beats->time.at;
    size_t count = beats->time.count;
    double *period = count > 1 ? malloc((count - 1) * sizeof *period) : NULL;
    if (!period)
        return count > 1 ? -ENOMEM : 0;
    for (size_t i = 0; i + 1 < count; i++)
        period[i] = time[i + 1] - time[i];
    qsort(period, count - 1, sizeof *period, by_size);
    beats->bpm = 60.0 / period[(count - 1) / 2];
    free(period);
    return 0;
}

bool beats_ring_out(const struct strip_d *beat, const struct bands *bands, double origin)
{
    struct attacks attacks;
    if (beat->count == 0)
        return false;
    attacks_init(&attacks, bands, origin);
    return attack_find(&attacks, beat->at[beat->count - 1], PULL_REACH_S).height < STRUCK;
}

void beats_release(struct beats *beats)
{
    free(beats->time.at);
}
