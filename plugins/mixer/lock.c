/* lock.c - compares how the level of edges rises around beats, a value a millisecond. The
 * grids are right to a fraction of that on most music, and two drums that sound together
 * rise differently: only what is clearly off is corrected. */
#include "lock.h"

#include <math.h>
#include <stdlib.h>

#define HOP 44     /* frames of a value */
#define REACH 48   /* values before and behind a beat that are compared */
#define LAGS 15    /* values: the furthest correction */
#define BEATS 24   /* that are listened to */
#define SURE 0.6   /* correlation below which nothing is corrected */
#define BELIEVED 5 /* values that a grid may lie off without being corrected */
#define OFF 1.5    /* times more alike beside the grid than on it: it is corrected ... */
#define DOUBTFUL 1.2 /* ... or not believed for long */
#define GROUP 8      /* beats that are heard as one to tell whether a grid holds */
#define VALUES (2 * (REACH + LAGS) + 1)
#define FRAMES ((VALUES + 1) * HOP + 1)

/* Rises of edges around a track frame. returns 0 or -errno */
static int find_rises(const struct side *side, double frame, double *rises)
{
    float pcm[2 * FRAMES];
    double last = 0;
    int64_t from = llround(frame) - (int64_t)(REACH + LAGS + 1) * HOP;
    int rc = side->pcm->read(side->pcm->ctx, from, pcm, FRAMES);
    if (rc < 0)
        return rc;
    for (int i = -1; i < VALUES; i++) {
        double power = 0;
        const float *at = pcm + 2 * (size_t)(i + 1) * HOP;
        for (int k = 0; k < HOP; k++) {
            double edge = (double)(at[2 * k + 2] - at[2 * k]) +
                          (double)(at[2 * k + 3] - at[2 * k + 1]);
            power += edge * edge;
        }
        double level = sqrt(power);
        if (i >= 0)
            rises[i] = fmax(0, level - last);
        last = level;
    }
    return 0;
}

/* How alike two rows of rises are at each lag, and how strong they are. */
struct likeness {
    double sums[2 * LAGS + 1];
    double power[2];
};

static void likeness_add(struct likeness *likeness, const double *first,
                         const double *second)
{
    for (int i = LAGS; i < VALUES - LAGS; i++) {
        likeness->power[0] += first[i] * first[i];
        likeness->power[1] += second[i] * second[i];
        for (int lag = -LAGS; lag <= LAGS; lag++)
            likeness->sums[lag + LAGS] += first[i] * second[i + lag];
    }
}

/* Values by which the second lies behind the first, if they are so many `times` more
 * alike there than as they are; else 0. */
static int likeness_lag(const struct likeness *likeness, double times)
{
    const double *sums = likeness->sums;
    int best = LAGS;
    for (int lag = 0; lag <= 2 * LAGS; lag++)
        best = sums[lag] > sums[best] ? lag : best;
    bool is_sure = sums[best] > SURE * sqrt(likeness->power[0] * likeness->power[1]) &&
                   sums[best] > times * sums[LAGS];
    return is_sure ? best - LAGS : 0;
}

double lock_shift(const struct side *out, const struct side *in,
                  const struct match *match)
{
    struct likeness likeness = {.sums = {0}};
    if (!out->pcm || !in->pcm)
        return 0;
    for (int step = 0; step < match->steps && step < BEATS; step++) {
        double a[VALUES], b[VALUES];
        double there = side_beat(out, match->out_beat + step * match->out_per_step);
        double here = side_beat(in, match->in_beat + step * match->in_per_step);
        if (find_rises(out, there, a) < 0 || find_rises(in, here, b) < 0)
            return 0;
        likeness_add(&likeness, a, b);
    }
    int lag = likeness_lag(&likeness, OFF);
    return abs(lag) > BELIEVED ? lag * HOP : 0;
}

/* The rises around some beats, added up. returns 0 or -errno */
static int add_rises(const struct side *side, int beat, double *sums)
{
    for (int i = 0; i < VALUES; i++)
        sums[i] = 0;
    for (int b = 0; b < GROUP; b++) {
        double rises[VALUES];
        int rc = find_rises(side, side_beat(side, beat + b), rises);
        if (rc < 0)
            return rc;
        for (int i = 0; i < VALUES; i++)
            sums[i] += rises[i];
    }
    return 0;
}

bool lock_is_held(const struct side *side, int beat, int count, double most_s)
{
    double first[VALUES], here[VALUES];
    if (!side->pcm || count < 2 * GROUP || add_rises(side, beat, first) < 0)
        return true;
    for (int at = GROUP; at + GROUP <= count; at += GROUP) {
        if (add_rises(side, beat + at, here) < 0)
            return true;
        struct likeness likeness = {.sums = {0}};
        likeness_add(&likeness, first, here);
        if (abs(likeness_lag(&likeness, DOUBTFUL)) * HOP > most_s * FV_RATE)
            return false;
    }
    return true;
}
