/* splice.c - coarse at a quarter of the rate over all lags, fine around the best. */
#include "splice.h"

#include <math.h>
#include <stdbool.h>

#define CHANNELS 2
#define THIN 4
#define THIN_LIKE (SPLICE_LIKE / THIN)
#define THIN_SPAN (SPLICE_SPAN / THIN)
#define TINY 1e-9f
#define ANYWHERE 0.8 /* dearer than any lag; where waves agree is still better */

static void thin_out(const float *in, int count, float *out)
{
    for (int i = 0; i < count / THIN; i++)
        for (int c = 0; c < CHANNELS; c++) {
            const float *at = in + CHANNELS * THIN * i + c;
            out[CHANNELS * i + c] = at[0] + at[2] + at[4] + at[6];
        }
}

static float dot(const float *a, const float *b, int count)
{
    float sums[8] = {0};
    for (int i = 0; i < CHANNELS * count; i += 8)
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

/* Fade in and out, so that what a wave does at the ends of the window is no matter. */
static void soften(const float *in, float *out)
{
    for (int i = 0; i < SPLICE_LIKE; i++) {
        float x = 2 * ((float)i + 0.5f) / SPLICE_LIKE - 1;
        for (int c = 0; c < CHANNELS; c++)
            out[CHANNELS * i + c] = in[CHANNELS * i + c] * (1 - x * x);
    }
}

/* Where between three values, one apart, their parabola is highest: -0.5..0.5. */
static double summit(double before, double here, double behind)
{
    double bend = before - 2 * here + behind;
    double at = bend < -1e-12 ? 0.5 * (before - behind) / bend : 0;
    return at < -0.5 ? -0.5 : at > 0.5 ? 0.5 : at;
}

/* The best of the places where waves agree better than beside; `soft` only chooses among
 * them, lest it pull a slow wave out of step. */
static int find_coarse(const float *old, const float *fresh, int most, double soft)
{
    enum { LAGS = SPLICE_LAG / THIN };
    float thin_old[CHANNELS * THIN_LIKE], thin_fresh[CHANNELS * THIN_SPAN];
    double likes[2 * LAGS + 1], least = HUGE_VAL, least_any = HUGE_VAL;
    int best = 0, best_any = 0, range = most / THIN;
    thin_out(old, SPLICE_LIKE, thin_old);
    thin_out(fresh, SPLICE_SPAN, thin_fresh);
    float power = dot(thin_old, thin_old, THIN_LIKE);
    for (int lag = -range; lag <= range; lag++)
        likes[lag + LAGS] = (double)alike(
            thin_old, power, thin_fresh + CHANNELS * (LAGS + lag), THIN_LIKE);
    for (int lag = -range; lag <= range; lag++) {
        double here = likes[lag + LAGS], off = lag * THIN / soft;
        double cost = 1 - here + off * off;
        bool is_top = lag > -range && lag < range && here >= likes[lag + LAGS - 1] &&
                      here > likes[lag + LAGS + 1];
        if (cost < least_any) {
            least_any = cost;
            best_any = lag;
        }
        if (is_top && here > 0 && cost < least) {
            least = cost;
            best = lag;
        }
    }
    return THIN * (least < least_any + ANYWHERE ? best : best_any);
}

struct splice_fit splice_find(const float *old, const float *fresh, int most, double soft)
{
    enum { AROUND = THIN + 1 };
    double likes[2 * AROUND + 1], least = HUGE_VAL;
    most = most < SPLICE_LAG - AROUND - THIN ? most : SPLICE_LAG - AROUND - THIN;
    int middle = find_coarse(old, fresh, most, soft), best = 1;
    float soft_old[CHANNELS * SPLICE_LIKE], soft_fresh[CHANNELS * SPLICE_LIKE];
    soften(old, soft_old);
    float power = dot(soft_old, soft_old, SPLICE_LIKE);
    for (int i = 0; i <= 2 * AROUND; i++) {
        soften(fresh + CHANNELS * (SPLICE_LAG + middle + i - AROUND), soft_fresh);
        likes[i] = (double)alike(soft_old, power, soft_fresh, SPLICE_LIKE);
        if (1 - likes[i] < least && i > 0 && i < 2 * AROUND) {
            least = 1 - likes[i];
            best = i;
        }
    }
    double like = likes[best] < 0 ? 0 : likes[best] > 1 ? 1 : likes[best];
    return (struct splice_fit){.lag =
                                   middle + best - AROUND +
                                   summit(likes[best - 1], likes[best], likes[best + 1]),
                               .alike = (float)like};
}

void splice_weights(float likeness, float share, float *old, float *fresh)
{
    float a = 1 - share, b = share;
    float power = a * a + b * b + 2 * likeness * a * b;
    float scale = 1 / sqrtf(power);
    *old = a * scale;
    *fresh = b * scale;
}
