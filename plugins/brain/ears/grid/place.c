/* place.c - each band's attacks near the beats are counted by how far off they lie; the
 * earliest place at which nearly as many are as anywhere is the beat's.
 */
#include "place.h"

#include <math.h>

#define REACH_S 0.045 /* an attack this far off may be the beat's */
#define BIN_S 0.0005
#define BINS 181      /* to both sides of the beat, 2 REACH_S / BIN_S + 1 */
#define SPREAD_BINS 4 /* by which attacks that agree lie apart: standard deviation */
#define WEAK 0.1      /* mean height of a band's attacks that say nothing */
#define CLEAR 0.3     /* and from which on they all say as much */
#define NEARLY 0.65   /* of the most, for a place that comes earlier */
#define HIGHEST 1.5
#define EACH 3 /* attacks of a band that may be a beat's */

/* What is high begins most sharply; a bass is in the middle band too, whose slope is
 * soft. */
static const double band_weight[BANDS] = {0.5, 0.5, 1.0, 1.0};

/* Add the shares of a band's attacks that lie at each offset. */
static void add_band(double share[BINS], double weight, const struct attacks *attacks,
                     const double *time, size_t count)
{
    double here[BINS] = {0}, all = 0.0;
    for (size_t i = 0; i < count; i++) {
        struct attack found[EACH];
        int hits = attack_find_some(attacks, time[i], REACH_S, found, EACH);
        for (int k = 0; k < hits; k++) {
            double height = fmin((double)found[k].height, HIGHEST);
            long bin = lrint((found[k].time - time[i] + REACH_S) / BIN_S);
            if (k == 0)
                all += height;
            if (bin >= 0 && bin < BINS)
                here[bin] += height;
        }
    }
    double mean = all / (double)count;
    if (mean < WEAK)
        return;
    weight *= fmin((mean - WEAK) / (CLEAR - WEAK), 1.0) / all;
    for (int bin = 0; bin < BINS; bin++)
        share[bin] += weight * here[bin];
}

static double agreeing(const double share[BINS], int bin)
{
    double sum = 0.0;
    for (int other = 0; other < BINS; other++) {
        double far = (double)(other - bin) / SPREAD_BINS;
        sum += share[other] * exp(-0.5 * far * far);
    }
    return sum;
}

/* The top of the parabola through a place and its neighbours, in bins from it. */
static double top_between(const double *at)
{
    double bow = at[-1] - 2.0 * at[0] + at[1];
    return bow < 0.0 ? 0.5 * (at[-1] - at[1]) / bow : 0.0;
}

double place_shift(const struct attacks *attacks, const double *time, size_t count)
{
    double share[BINS] = {0}, smooth[BINS], most = 0.0;
    for (int band = 0; band < BANDS; band++) {
        struct attacks one = attacks_of_band(attacks, band);
        add_band(share, band_weight[band], &one, time, count);
    }
    for (int bin = 0; bin < BINS; bin++) {
        smooth[bin] = agreeing(share, bin);
        most = fmax(most, smooth[bin]);
    }
    for (int bin = 1; most > 0.0 && bin < BINS - 1; bin++)
        if (smooth[bin] >= NEARLY * most && smooth[bin] >= smooth[bin - 1] &&
            smooth[bin] > smooth[bin + 1])
            return (bin + top_between(smooth + bin)) * BIN_S - REACH_S;
    return 0.0;
}
