/* beats.c - lay beats by meter and pulse, and settle them; each piece by itself where
 * the tempo changes.
 */
#include "beats.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "pull.h"
#include "settle.h"

#define CLOSEST 0.6     /* of a beat: two are not nearer, where parts of a track meet */
#define SAME_TEMPO 0.03 /* share of a period by which it wanders */
#define MOST 0.5        /* of the beats have one tempo */
#define EVEN_S 1e-6     /* beats of one line are so even */
#define FEWEST 8        /* beats that tell a tempo */
#define PIECE 16        /* beats of a line, from which on it is settled by itself */
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

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The periods between beats, two or more, the shortest first; or NULL. The caller frees
 * them. */
static double *sort_periods(const struct strip_d *beat)
{
    size_t count = beat->count - 1;
    double *period = malloc(count * sizeof *period);
    if (!period)
        return NULL;
    for (size_t i = 0; i < count; i++)
        period[i] = beat->at[i + 1] - beat->at[i];
    qsort(period, count, sizeof *period, by_size);
    return period;
}

/* The tempo of all beats; or that which most of them keep, where others are at quite
 * another: a mean of two is none that anybody hears. */
static int find_tempo(struct beats *beats)
{
    const struct strip_d *beat = &beats->time;
    double *period = sort_periods(beat), keep = 0.0;
    if (!period)
        return -ENOMEM;
    double mean = (beat->at[beat->count - 1] - beat->at[0]) / (double)(beat->count - 1);
    double usual = period[beat->count / 2];
    for (size_t i = 0; i + 1 < beat->count; i++)
        keep += fabs(period[i] - usual) < SAME_TEMPO * usual;
    bool is_usual =
        fabs(usual - mean) > SAME_TEMPO * mean && keep > MOST * (double)beat->count;
    beats->bpm = 60.0 / (is_usual ? usual : mean);
    free(period);
    return 0;
}

int beats_init(struct beats *out, const struct meter *meter, const struct pulse *pulse,
               const struct bands *bands, double origin, double start, double end)
{
    memset(out, 0, sizeof *out);
    if (meter->per_beat <= 0.0)
        return 0;
    int err = beats_lay(&out->time, meter, pulse, start, end);
    size_t count = out->time.count;
    if (count < FEWEST)
        out->time.count = 0;
    if (err || count < FEWEST)
        return err;
    struct attacks attacks;
    struct settled settled;
    attacks_init(&attacks, bands, origin);
    err = settle_beats(&settled, out->time.at, count,
                       pulse->is_steady ? SETTLE_LINE
                       : pulse->is_line ? SETTLE_EITHER
                                        : SETTLE_CURVE,
                       &attacks);
    out->bends = settled.bends;
    out->agreement = settled.agreement;
    return err ? err : find_tempo(out);
}

/* The beats from one on that lie on its line. */
static size_t count_piece(const struct strip_d *beat, size_t from)
{
    size_t count = 2;
    if (from + count >= beat->count)
        return beat->count - from;
    double period = beat->at[from + 1] - beat->at[from];
    while (from + count < beat->count &&
           fabs(beat->at[from + count] - beat->at[from + count - 1] - period) < EVEN_S)
        count++;
    return count;
}

/* returns 0 or -ENOMEM */
static int settle_pieces(struct beats *beats, const struct attacks *attacks)
{
    struct strip_d *beat = &beats->time;
    double agreement = 0.0, settled_beats = 0.0;
    for (size_t i = 0, next; i < beat->count; i = next) {
        size_t count = count_piece(beat, i);
        struct settled settled;
        next = i + 1;
        if (count < PIECE)
            continue;
        int err = settle_beats(&settled, beat->at + i, count, SETTLE_EITHER, attacks);
        if (err)
            return err;
        agreement += settled.agreement * (double)count;
        settled_beats += (double)count;
        next = i + count;
    }
    settle_order(beat->at, beat->count); /* where pieces meet, too */
    if (settled_beats > 0.0)
        beats->agreement = agreement / settled_beats;
    return 0;
}

int beats_settle(struct beats *beats, const struct bands *bands, double origin)
{
    struct attacks attacks;
    if (beats->time.count < 2)
        return 0;
    attacks_init(&attacks, bands, origin);
    int err = settle_pieces(beats, &attacks);
    if (err)
        return err;
    double *period = sort_periods(&beats->time);
    if (!period)
        return -ENOMEM;
    beats->bpm = 60.0 / period[(beats->time.count - 1) / 2];
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
