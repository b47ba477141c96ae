/* bend.c - mean shifts with Cauchy weights, from wide to narrow, smoothed together after
 * each.
 */
#include "bend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "smooth.h"

#define EVEN 100.0 /* stiffness (smooth.h) of coarse beats, where nothing pulls */
#define STIFF 8.0  /* of the curve */
#define REACH_S 0.045
#define WIDEST_S 0.032 /* scale of the first shifts ... */
#define NEAREST_S 0.012
#define NARROWER 0.9 /* ... each next by so much, ... */
#define SHIFTS 60    /* ... and as many at the nearest, from where those end */
#define LOUDEST 1.5  /* sum of rises, from which on they weigh the same */
#define STAY 0.002   /* weight of where beats were, in such sums */
#define AROUND 4     /* beats to either side ... */
#define SPARSE 0.4   /* ... that weigh less than this share of what beats usually do, */
#define MORE 1.25 /* ... are a break; surely none where it is so many times that, ... */
#define LESS 0.75 /* ... and surely one up to here */

struct curve {
    double *time, *before, *weight, *room; /* `count` each; room 3 `count` */
    size_t count;
    const struct attacks *attacks;
    const float *rise; /* of each point */
};

/* Where the rises near `time` balance, and how much they weigh. */
static double balance(const struct curve *curve, double time, double scale,
                      double *weight)
{
    double sum = 0.0, moment = 0.0;
    size_t points = attacks_points(curve->attacks);
    double first = attacks_point(curve->attacks, time - REACH_S);
    double last = attacks_point(curve->attacks, time + REACH_S);
    for (double n = fmax(ceil(first), 0.0); n <= last && n < (double)points; n++) {
        double rise = (double)curve->rise[(size_t)n];
        if (rise <= 0.0)
            continue;
        double off = attacks_time(curve->attacks, n) - time;
        double near = 1.0 / (1.0 + off * off / (scale * scale));
        sum += rise * near * near;
        moment += rise * near * near * off;
    }
    *weight = fmin(sum, LOUDEST);
    return sum > 0.0 ? time + moment / sum : time;
}

/* The mean weight of some beats. */
static double mean_weight(const struct curve *curve, size_t from, size_t to)
{
    double sum = 0.0;
    for (size_t i = from; i < to; i++)
        sum += curve->weight[i];
    return sum / (double)(to - from);
}

/* What the beats around each weigh, against what all do. */
static void find_shares(const struct curve *curve, double *share)
{
    double usual = mean_weight(curve, 0, curve->count);
    for (size_t i = 0; i < curve->count; i++) {
        size_t from = i < AROUND ? 0 : i - AROUND;
        size_t to = i + AROUND + 1 < curve->count ? i + AROUND + 1 : curve->count;
        share[i] = usual > 0.0 ? mean_weight(curve, from, to) / usual : 0.0;
    }
}

/* How surely the beats around one are played, 0..1. Not yes or no: where the curve goes
 * tells what beats weigh, and that where it goes, so it might never come to rest. */
static double chance_played(double share)
{
    return fmin(fmax((share / SPARSE - LESS) / (MORE - LESS), 0.0), 1.0);
}

/* In a break hardly anything tells where the beats are, least of all the little that
 * rises there: the curve goes through from what is played before and behind it. */
static void pass_breaks(struct curve *curve)
{
    double *share = curve->room, *before = share + curve->count, behind = 0.0;
    find_shares(curve, share);
    for (size_t i = 0; i < curve->count; i++)
        before[i] = fmax(i > 0 ? before[i - 1] : 0.0, chance_played(share[i]));
    for (size_t i = curve->count; i-- > 0;) {
        behind = fmax(behind, chance_played(share[i]));
        double left = fmin(share[i] * share[i] / (SPARSE * SPARSE), 1.0);
        curve->weight[i] *= 1.0 - fmin(before[i], behind) * (1.0 - left);
    }
}

static void shift(struct curve *curve, double scale)
{
    double *time = curve->time;
    for (size_t i = 0; i < curve->count; i++) {
        double weight, to = balance(curve, time[i], scale, &weight);
        curve->weight[i] = weight + STAY;
        time[i] = (weight * to + STAY * curve->before[i]) / curve->weight[i];
    }
    pass_breaks(curve);
    smooth(time, curve->weight, curve->count, STIFF, curve->room);
}

static void shift_all(struct curve *curve)
{
    double scale = WIDEST_S;
    for (int k = 0; k < 2 * SHIFTS; k++) {
        if (k % SHIFTS == 0)
            memcpy(curve->before, curve->time, curve->count * sizeof *curve->time);
        shift(curve, scale);
        scale = fmax(NEAREST_S, NARROWER * scale);
    }
}

/* Room for a curve of `count` beats; NULL if there is none. The caller frees it. */
static double *curve_init(struct curve *curve, double *time, size_t count,
                          const struct attacks *attacks)
{
    size_t points = attacks_points(attacks) + 1;
    double *room = malloc(5 * count * sizeof *room + points * sizeof *curve->rise);
    if (!room)
        return NULL;
    float *rise = (float *)(room + 5 * count);
    attacks_rises(attacks, rise);
    *curve =
        (struct curve){time, room, room + count, room + 2 * count, count, attacks, rise};
    return room;
}

int bend_beats(double *time, size_t count, const struct attacks *attacks)
{
    struct curve curve;
    double *room = curve_init(&curve, time, count, attacks);
    if (!room)
        return -ENOMEM;
    shift_all(&curve);
    free(room);
    return 0;
}

int bend_shares(double *share, double *time, size_t count, const struct attacks *attacks)
{
    struct curve curve;
    double *room = curve_init(&curve, time, count, attacks);
    if (!room)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++)
        balance(&curve, time[i], NEAREST_S, &curve.weight[i]);
    find_shares(&curve, share);
    free(room);
    return 0;
}

int bend_even(double *time, size_t count)
{
    double *room = malloc(4 * count * sizeof *room);
    if (!room)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++)
        room[i] = 1.0;
    smooth(time, room, count, EVEN, room + count);
    free(room);
    return 0;
}
