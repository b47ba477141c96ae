/* lock.c - compares how the level of edges rises around beats, a value a millisecond. The
 * grids are right to a fraction of that on most music, and two drums that sound together
 * rise differently: only what is clearly off is corrected. */
#include "lock.h"

#include <math.h>
#include <stdlib.h>

#define HOP 44     /* frames of a value */
#define REACH 48   /* values before and behind a beat that are compared */
#define LAGS 15    /* values: the furthest correction */
#define BEATS 40   /* that are listened to, five groups */
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

/* What is heard of both at the beats that are listened to. */
struct heard {
    int count, groups;
    double rises[2][BEATS][VALUES];
};

/* The steps that are listened to: all of a short overlap; else, in groups, the first
 * ones, which tell of a grid that leaves soon, and some in the middle and at the end. */
static int step_of(int index, int steps)
{
    const int starts[] = {0, GROUP, 2 * GROUP, (steps - GROUP) / 2, steps - GROUP};
    return steps <= BEATS ? index : starts[index / GROUP] + index % GROUP;
}

/* returns 0 or -errno */
static int listen(const struct side *out, const struct side *in,
                  const struct match *match, struct heard *heard)
{
    heard->count = match->steps < BEATS ? match->steps : BEATS;
    heard->groups = heard->count / GROUP;
    for (int i = 0; i < heard->count; i++) {
        int step = step_of(i, match->steps);
        double there = side_beat(out, match->out_beat + step * match->out_per_step);
        double here = side_beat(in, match->in_beat + step * match->in_per_step);
        int rc = find_rises(out, there, heard->rises[0][i]);
        rc = rc < 0 ? rc : find_rises(in, here, heard->rises[1][i]);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static double find_shift(const struct heard *heard)
{
    struct likeness likeness = {.sums = {0}};
    for (int i = 0; i < heard->count; i++)
        likeness_add(&likeness, heard->rises[0][i], heard->rises[1][i]);
    int lag = likeness_lag(&likeness, OFF);
    return abs(lag) > BELIEVED ? lag * HOP : 0;
}

/* The rises of a group of beats, added up. */
static void add_group(const double rises[][VALUES], double *sums)
{
    for (int i = 0; i < VALUES; i++) {
        sums[i] = 0;
        for (int beat = 0; beat < GROUP; beat++)
            sums[i] += rises[beat][i];
    }
}

/* Whether the later groups of one track are where its first is. */
static bool is_held(const struct heard *heard, int side, double most_s)
{
    double first[VALUES], later[VALUES];
    if (heard->groups < 2)
        return true;
    add_group(heard->rises[side], first);
    for (int group = 1; group < heard->groups; group++) {
        struct likeness likeness = {.sums = {0}};
        add_group(heard->rises[side] + group * GROUP, later);
        likeness_add(&likeness, first, later);
        if (abs(likeness_lag(&likeness, DOUBTFUL)) * HOP > most_s * FV_RATE)
            return false;
    }
    return true;
}

bool lock_find(const struct side *out, const struct side *in, const struct match *match,
               double most_s, double *shift)
{
    struct heard heard;
    *shift = 0;
    if (!out->pcm || !in->pcm || listen(out, in, match, &heard) < 0)
        return true;
    *shift = find_shift(&heard);
    return is_held(&heard, 0, most_s) && is_held(&heard, 1, most_s);
}
