/* steady.c - short complex demodulations at the period and its half, third and quarter,
 * summed in phase over the whole track: a break adds little, a steady track adds up
 * whole. How far the parts' phases lie from that of their sum says how steady it is.
 */
#include "steady.h"

#include <complex.h>
#include <math.h>

#define PARTIALS 4
#define PART_S 3.0 /* of one demodulation */

static const double partial[PARTIALS] = {1.0, 2.0, 3.0, 4.0};

struct parts {
    double complex *at; /* PARTIALS for each part */
    size_t count;
    double total[PARTIALS]; /* of their sizes */
};

static void demodulate(struct parts *parts, const struct flux *flux, double hz)
{
    const size_t size = (size_t)(PART_S * FLUX_FPS);
    for (int m = 0; m < PARTIALS; m++) {
        double complex turn = cexp(-2.0 * M_PI * I * hz * partial[m] / FLUX_FPS);
        double complex now = 1.0;
        for (size_t w = 0; w < parts->count; w++) {
            double complex sum = 0.0;
            for (size_t i = 0; i < size; i++) {
                double shape = sin(M_PI * ((double)i + 0.5) / (double)size);
                sum += shape * (double)flux->all[w * size + i] * now;
                now *= turn;
            }
            parts->at[w * PARTIALS + (size_t)m] = sum;
            parts->total[m] += cabs(sum);
        }
    }
}

/* The sum of a partial's parts if the frequency were off by `off` Hz. */
static double complex in_phase(const struct parts *parts, int m, double off)
{
    double complex turn = cexp(-2.0 * M_PI * I * off * partial[m] * PART_S);
    double complex now = cexp(-M_PI * I * off * partial[m] * PART_S), sum = 0.0;
    for (size_t w = 0; w < parts->count; w++) {
        sum += parts->at[w * PARTIALS + (size_t)m] * now;
        now *= turn;
    }
    return sum;
}

static double height(const struct parts *parts, double off)
{
    double sum = 0.0;
    for (int m = 0; m < PARTIALS; m++)
        sum += cabs(in_phase(parts, m, off));
    return sum;
}

static double best_offset(const struct parts *parts, double reach_hz)
{
    double step = 0.1 / ((double)parts->count * PART_S), best = 0.0, top = -1.0;
    int steps = (int)(reach_hz / step) + 1;
    for (int k = -steps; k <= steps; k++) {
        double here = height(parts, k * step);
        if (here > top) {
            top = here;
            best = k * step;
        }
    }
    for (; step > 1e-7; step *= 0.5) { /* and finer */
        if (height(parts, best - step) > top)
            top = height(parts, best -= step);
        else if (height(parts, best + step) > top)
            top = height(parts, best += step);
    }
    return best;
}

struct lag {
    double size, weight;
};

static int by_size(const void *a, const void *b)
{
    double x = ((const struct lag *)a)->size, y = ((const struct lag *)b)->size;
    return (x > y) - (x < y);
}

/* Weighted 80 % quantile of the distance in seconds of a partial's parts from the sum
 * `whole`. */
static double wander_of(const struct parts *parts, struct lag *lag, int m, double hz,
                        double off, double complex whole)
{
    double complex turn = cexp(-2.0 * M_PI * I * off * partial[m] * PART_S);
    double complex now = cexp(-M_PI * I * off * partial[m] * PART_S) * conj(whole);
    double sum = 0.0;
    for (size_t w = 0; w < parts->count; w++) {
        double complex z = parts->at[w * PARTIALS + (size_t)m] * now;
        lag[w].size = fabs(carg(z)) / (2.0 * M_PI * partial[m] * hz);
        lag[w].weight = cabs(parts->at[w * PARTIALS + (size_t)m]);
        now *= turn;
    }
    qsort(lag, parts->count, sizeof *lag, by_size);
    for (size_t w = 0; w < parts->count; w++) {
        sum += lag[w].weight;
        if (sum >= 0.8 * parts->total[m])
            return lag[w].size;
    }
    return 0.0;
}

/* Where the pulses lie, as a share of the period. The strongest partial says so best, but
 * for whole parts of its own: which of them it is, all say together. Swung notes make the
 * third the strongest, and its parts are no quarters. */
static double phase_of(const double complex z[PARTIALS])
{
    int strongest = 0;
    double best = 0.0, top = -INFINITY;
    for (int m = 1; m < PARTIALS; m++)
        strongest = cabs(z[m]) > cabs(z[strongest]) ? m : strongest;
    for (int k = 0; k < strongest + 1; k++) {
        double turns = k - carg(z[strongest]) / (2.0 * M_PI), sum = 0.0;
        double phase = turns / partial[strongest];
        for (int m = 0; m < PARTIALS; m++)
            sum += creal(z[m] * cexp(2.0 * M_PI * I * partial[m] * phase));
        if (sum > top) {
            top = sum;
            best = phase;
        }
    }
    return best;
}

int steady_find(struct steady *out, const struct flux *flux, double period, double reach)
{
    struct parts parts = {0};
    double hz = 1.0 / period;
    out->period = period;
    out->phase = 0.0;
    out->wander_s = period;
    parts.count = flux->frames / (size_t)(PART_S * FLUX_FPS);
    if (parts.count == 0)
        return 0;
    parts.at = malloc(parts.count * PARTIALS * sizeof *parts.at);
    struct lag *lag = malloc(parts.count * sizeof *lag);
    if (!parts.at || !lag) {
        free(parts.at);
        free(lag);
        return -ENOMEM;
    }
    demodulate(&parts, flux, hz);
    double off = best_offset(&parts, reach * hz);
    out->period = 1.0 / (hz + off);
    double complex z[PARTIALS];
    for (int m = 0; m < PARTIALS; m++) {
        z[m] = in_phase(&parts, m, off);
        out->wander_s = fmin(out->wander_s, wander_of(&parts, lag, m, hz, off, z[m]));
    }
    out->phase = flux->origin + phase_of(z) * out->period;
    free(parts.at);
    free(lag);
    return 0;
}
