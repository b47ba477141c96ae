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

double lock_shift(const struct side *out, const struct side *in,
                  const struct match *match)
{
    double sums[2 * LAGS + 1] = {0}, power_out = 0, power_in = 0;
    if (!out->pcm || !in->pcm)
        return 0;
    for (int step = 0; step < match->steps && step < BEATS; step++) {
        double a[VALUES], b[VALUES];
        double there = side_beat(out, match->out_beat + step * match->out_per_step);
        double here = side_beat(in, match->in_beat + step * match->in_per_step);
        if (find_rises(out, there, a) < 0 || find_rises(in, here, b) < 0)
            return 0;
        for (int i = LAGS; i < VALUES - LAGS; i++) {
            power_out += a[i] * a[i];
            power_in += b[i] * b[i];
            for (int lag = -LAGS; lag <= LAGS; lag++)
                sums[lag + LAGS] += a[i] * b[i + lag];
        }
    }
    int best = 0;
    for (int lag = 1; lag <= 2 * LAGS; lag++)
        best = sums[lag] > sums[best] ? lag : best;
    bool is_sure = sums[best] > SURE * sqrt(power_out * power_in) &&
                   abs(best - LAGS) > BELIEVED && sums[best] > 1.5 * sums[LAGS];
    return is_sure ? (double)(best - LAGS) * HOP : 0;
}
