/* tilt.c - a histogram of the slopes between pairs, and its top.
 */
#include "tilt.h"

#include <math.h>
#include <stdlib.h>

#include "pull.h"

#define REACH_S 0.06   /* by which the line may lie wrong over its length */
#define SLOPES 1024    /* that are told apart */
#define NEAR 8.0       /* of them on either side are nearly the same */
#define MOST_BEATS 400 /* that are looked at */
#define CLIMBS 20      /* steps to the top */
#define PARTS 2        /* of a beat at which attacks are compared */
#define TEMPO_BPM 0.5  /* of whose multiples most machines' tempos are */
#define AS_GOOD 0.4    /* of the most pairs, with which such a tempo is taken */

struct slopes {
    double weight[SLOPES];
    double reach; /* the steepest, seconds a second */
};

static double place_of(const struct slopes *slopes, double slope)
{
    return (slope / slopes->reach + 1.0) * SLOPES / 2;
}

static double slope_at(const struct slopes *slopes, double place)
{
    return slopes->reach * ((place + 0.5) * 2 / SLOPES - 1.0);
}

/* Count the slopes between attacks that are a third of the line and more apart. */
static void add_pairs(struct slopes *slopes, const struct pull *pull, size_t count)
{
    size_t stride = count / MOST_BEATS + 1;
    for (size_t i = 0; i < count; i += stride)
        for (size_t j = i + count / 3 + 1; j < count; j += stride) {
            double apart = pull[j].at - pull[i].at;
            double slope = (pull[j].off - pull[i].off) / apart;
            double here = floor(place_of(slopes, slope));
            if (here >= 0.0 && here < SLOPES)
                slopes->weight[(int)here] += pull[i].weight * pull[j].weight * apart;
        }
}

/* How many slopes lie around a place, and their mean. */
static double around(const struct slopes *slopes, double place, double *mean)
{
    double sum = 0.0, moment = 0.0;
    int first = (int)fmax(ceil(place - NEAR), 0.0);
    for (int k = first; k < SLOPES && k < place + NEAR; k++) {
        double weight = slopes->weight[k] * (1.0 - fabs(k - place) / NEAR);
        sum += weight;
        moment += weight * k;
    }
    *mean = sum > 0.0 ? moment / sum : place;
    return sum;
}

/* Of tempos that the attacks can't tell apart the round one. */
static double prefer_round(const struct slopes *slopes, double slope, double period)
{
    double bpm = 60.0 / (period * (1.0 + slope)), mean;
    double whole = 60.0 / (round(bpm / TEMPO_BPM) * TEMPO_BPM * period) - 1.0;
    double there = around(slopes, place_of(slopes, whole) - 0.5, &mean);
    double here = around(slopes, place_of(slopes, slope) - 0.5, &mean);
    return there > 0.0 && there >= AS_GOOD * here ? whole : slope;
}

static double most_common(const struct slopes *slopes)
{
    double best = 0.0, top = (SLOPES - 1) / 2.0, mean;
    for (int k = 0; k < SLOPES; k++) {
        double sum = around(slopes, k, &mean);
        if (sum > best) {
            best = sum;
            top = k;
        }
    }
    for (int k = 0; k < CLIMBS; k++)
        around(slopes, top, &top);
    return slope_at(slopes, top);
}

int tilt_find(double *slope, const double *time, size_t count,
              const struct attacks *attacks)
{
    struct slopes slopes = {.reach = REACH_S / (time[count - 1] - time[0])};
    double step = (time[count - 1] - time[0]) / (double)(count - 1) / PARTS;
    struct pull *pull = malloc(count * sizeof *pull);
    double *at = malloc(count * sizeof *at);
    for (int n = 0; pull && at && n < PARTS * BANDS; n++) {
        struct attacks band = attacks_of_band(attacks, n % BANDS);
        for (size_t i = 0; i < count; i++)
            at[i] = time[i] + n / BANDS * step;
        pull_find(pull, at, count, &band, PULL_REACH_S);
        add_pairs(&slopes, pull, count);
    }
    *slope = prefer_round(&slopes, most_common(&slopes), PARTS * step);
    int err = pull && at ? 0 : -ENOMEM;
    free(pull);
    free(at);
    return err;
}
