/* pull.c - lines by Cauchy weights, from wide to narrow, and the tilt that most pairs
 * have.
 */
#include "pull.h"

#include <math.h>
#include <stdlib.h>

#define WIDEST_S 0.032 /* scale of the first fit; each next is narrower */
#define SHARE 0.3      /* of the attacks are on the line, at least */
#define KERNEL_S 0.004 /* attacks that agree lie this close together */
#define LOUDEST 1.5    /* height of an attack, from which on they weigh the same */
#define TILT_S 0.03    /* by which the line may lie wrong over its length */
#define TILTS 512      /* that are told apart */
#define TILT_NEAR 8    /* of them on either side are nearly the same */
#define TILT_BEATS 400

void pull_find(struct pull *out, const double *time, size_t count,
               const struct attacks *attacks, double reach)
{
    for (size_t i = 0; i < count; i++) {
        struct attack found = attack_find(attacks, time[i], reach);
        out[i] = (struct pull){time[i], found.time - time[i],
                               fmin((double)found.height, LOUDEST)};
    }
}

double pull_offset(const struct pull *pull, size_t count)
{
    double best = 0.0, top = 0.0;
    for (double off = -PULL_REACH_S; off <= PULL_REACH_S; off += KERNEL_S / 4) {
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
    double all = 0.0, near = 0.0, low = 0.0, high = 2.0 * PULL_REACH_S;
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

void pull_line(double *time, const struct pull *pull, size_t count, bool is_line)
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
