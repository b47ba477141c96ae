/* chain.c - dynamic programming: the best score that ends in each frame. */
#include "chain.h"

#include <math.h>
#include <stdlib.h>

#define TIGHT 6000.0f  /* cost of a step that is off the period, squared natural log */
#define REACH_LOG 0.16 /* steps looked at: +- this much */
#define LOUD 6.0f      /* onsets count up to so many standard deviations */
#define HALVES 0.4f    /* of an onset half a period off, on either side */
#define QUARTERS 0.3f

/* Best predecessor of frame n; 0 when none is worth it. */
static size_t best_step(const float *score, size_t n, double period, float *gain)
{
    size_t shortest = (size_t)(period * exp(-REACH_LOG)), best = 0;
    size_t longest = (size_t)(period * exp(REACH_LOG)) + 1;
    *gain = 0.0f;
    for (size_t step = shortest; step <= longest && step <= n; step++) {
        float off = logf((float)step / (float)period);
        float here = score[n - step] - TIGHT * off * off;
        if (here > *gain) {
            *gain = here;
            best = step;
        }
    }
    return best;
}

/* One over the standard deviation. */
static float onset_scale(const float *strip, size_t count)
{
    double sum = 0.0, square = 0.0, n = (double)count;
    for (size_t i = 0; i < count; i++) {
        sum += (double)strip[i];
        square += (double)strip[i] * (double)strip[i];
    }
    double variance = n > 0 ? square / n - sum * sum / n / n : 0.0;
    return variance > 1e-12 ? (float)(1.0 / sqrt(variance)) : 0.0f;
}

static float strip_at(const float *strip, size_t count, double at)
{
    return at >= 0.0 && at + 1.0 < (double)count
               ? fmaxf(strip[(size_t)at], strip[(size_t)at + 1])
               : 0.0f;
}

/* Onset strength at a frame and at the quarters of a period around it, so that accents
 * which move from one sixteenth to another do not pull the chain with them. */
static float comb_at(const float *strip, size_t count, size_t n, double period,
                     float scale)
{
    float sum = fminf(strip[n] * scale, LOUD);
    for (int quarter = -2; quarter <= 2; quarter++)
        if (quarter != 0) {
            float there = strip_at(strip, count, (double)n + 0.25 * quarter * period);
            sum += (abs(quarter) == 2 ? HALVES : QUARTERS) * fminf(there * scale, LOUD);
        }
    return sum;
}

int chain_find(struct strip_d *out, const struct flux *flux, const float *strip,
               const struct tempo *tempo, double ratio)
{
    size_t n = flux->frames, count = 0, last = 0;
    float *score = malloc((n + 1) * sizeof *score), gain;
    uint16_t *step = calloc(n + 1, sizeof *step);
    int err = score && step ? strip_room((void **)&out->at, &out->room, 0, n / 20 + 2,
                                         sizeof *out->at)
                            : -ENOMEM;
    float scale = onset_scale(strip, n);
    for (size_t i = 0; !err && i < n; i++) {
        double time = flux->origin + (double)i / FLUX_FPS;
        double period = tempo_at(tempo, time) * ratio * FLUX_FPS;
        step[i] = (uint16_t)best_step(score, i, period, &gain);
        score[i] = comb_at(strip, n, i, period, scale) + gain;
        if (i + (size_t)period >= n && score[i] > score[last])
            last = i;
    }
    for (size_t i = last; !err; i -= step[i]) {
        out->at[count++] = flux->origin + (double)i / FLUX_FPS;
        if (step[i] == 0)
            break;
    }
    for (size_t i = 0; i < count / 2; i++) {
        double swap = out->at[i];
        out->at[i] = out->at[count - 1 - i];
        out->at[count - 1 - i] = swap;
    }
    out->count = count;
    free(score);
    free(step);
    return err;
}
