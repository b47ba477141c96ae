/* splice.c - coarse at a quarter of the rate over all lags, fine around the best. */
#include "splice.h"

#include <math.h>

#define THIN 4
#define THIN_LIKE (SPLICE_LIKE / THIN)
#define THIN_SPAN (SPLICE_SPAN / THIN)
#define TINY 1e-9f

static void thin_out(const float *in, int count, float *out)
{
    for (int i = 0; i < count / THIN; i++)
        out[i] = in[4 * i] + in[4 * i + 1] + in[4 * i + 2] + in[4 * i + 3];
}

static float dot(const float *a, const float *b, int count)
{
    float sums[8] = {0};
    for (int i = 0; i < count; i += 8)
        for (int lane = 0; lane < 8; lane++)
            sums[lane] += a[i + lane] * b[i + lane];
    return ((sums[0] + sums[4]) + (sums[1] + sums[5])) +
           ((sums[2] + sums[6]) + (sums[3] + sums[7]));
}

static float alike(const float *a, float power, const float *b, int count)
{
    float other = dot(b, b, count);
    return dot(a, b, count) / (sqrtf(power * other) + TINY);
}

struct splice_fit splice_find(const float *old, const float *fresh, int most, double soft)
{
    float thin_old[THIN_LIKE], thin_fresh[THIN_SPAN];
    struct splice_fit best = {0, 0};
    double least = HUGE_VAL;
    thin_out(old, SPLICE_LIKE, thin_old);
    thin_out(fresh, SPLICE_SPAN, thin_fresh);
    float power = dot(thin_old, thin_old, THIN_LIKE);
    most = most < SPLICE_LAG - THIN ? most : SPLICE_LAG - THIN;
    for (int lag = -(most / THIN); lag <= most / THIN; lag++) {
        float like =
            alike(thin_old, power, thin_fresh + SPLICE_LAG / THIN + lag, THIN_LIKE);
        double off = lag * THIN / soft, cost = 1 - (double)like + off * off;
        if (cost < least) {
            least = cost;
            best.lag = lag * THIN;
        }
    }
    int middle = best.lag;
    power = dot(old, old, SPLICE_LIKE);
    least = HUGE_VAL;
    for (int lag = middle - THIN + 1; lag < middle + THIN; lag++) {
        float like = alike(old, power, fresh + SPLICE_LAG + lag, SPLICE_LIKE);
        double off = lag / soft, cost = 1 - (double)like + off * off;
        if (cost < least) {
            least = cost;
            best = (struct splice_fit){lag, like < 0 ? 0 : like > 1 ? 1 : like};
        }
    }
    return best;
}

void splice_weights(float likeness, float share, float *old, float *fresh)
{
    float a = 1 - share, b = share;
    float power = a * a + b * b + 2 * likeness * a * b;
    float scale = 1 / sqrtf(power);
    *old = a * scale;
    *fresh = b * scale;
}
