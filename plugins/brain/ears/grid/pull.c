/* pull.c - offsets by Cauchy weights, from wide to narrow.
 */
#include "pull.h"

#include <math.h>
#include <stdlib.h>

#define WIDEST_S 0.032 /* scale of the first fit; each next is narrower */
#define SHARE 0.3      /* of the attacks are on the line, at least */
#define KERNEL_S 0.004 /* attacks that agree lie this close together */
#define LOUDEST 1.5    /* height of an attack, from which on they weigh the same */

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

/* Where the offsets lie above a slope, by Cauchy weights around `at0`. */
static double fit_offset(const struct pull *pull, size_t count, double slope, double at0,
                         double scale)
{
    for (int round = 0; round < 12; round++) {
        double sum = 1e-9, moment = 0.0;
        for (size_t i = 0; i < count; i++) {
            double off = pull[i].off - slope * pull[i].at;
            double miss = (off - at0) / scale;
            double weight = pull[i].weight / (1.0 + miss * miss) / (1.0 + miss * miss);
            sum += weight;
            moment += weight * off;
        }
        at0 = moment / sum;
    }
    return at0;
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

void pull_line(double *time, const struct pull *pull, size_t count, double slope)
{
    double at0 = 0.0;
    for (double scale = WIDEST_S; scale > 0.4 * KERNEL_S; scale *= 0.5) {
        double least = spread_around(pull, count, at0, slope);
        at0 = fit_offset(pull, count, slope, at0, fmax(scale, least));
    }
    at0 = fit_offset(pull, count, slope, at0, KERNEL_S);
    double first = pull[0].at + at0 + slope * pull[0].at;
    double last = pull[count - 1].at + at0 + slope * pull[count - 1].at;
    for (size_t i = 0; i < count; i++)
        time[i] = first + (double)i * (last - first) / (double)(count - 1);
}
