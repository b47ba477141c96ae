/* loud.c - see loud.h. */
#include "loud.h"

#include <math.h>

#define STEP (FV_POWER_S * FV_RATE) /* frames */
#define OFFSET_DB (-0.691)          /* of BS.1770, which makes a 1 kHz sine read right */

#define NOTHING 1e-12

bool loud_is_known(const struct side *side)
{
    return side->found->power_count > 0 || side->found->feature_count > 0;
}

/* The mean of the steps whose middles lie between two frames, or of the nearest one. */
static double kept_power(const struct side *side, double from, double to)
{
    double count = side->found->power_count;
    double first = fmin(fmax(ceil(from / STEP - 0.5), 0), count - 1);
    double end = fmin(fmax(ceil(to / STEP - 0.5), first + 1), count);
    double sum = 0;
    for (uint32_t i = (uint32_t)first; i < (uint32_t)end; i++)
        sum += (double)side->found->power[i];
    return sum / (end - first) * pow(10, side->gain_db / 10);
}

double loud_power(const struct side *side, double from, double to)
{
    from = fmax(from, side->begins);
    to = fmin(to, side->ends);
    if (from >= to)
        return 0;
    return side->found->power_count > 0
               ? kept_power(side, from, to)
               : pow(10, (side_level(side, from, to) - OFFSET_DB) / 10);
}

double loud_of_power(double power)
{
    return power > 0 ? OFFSET_DB + 10 * log10(power) : -HUGE_VAL;
}

double loud_level(const struct side *side, double from, double to)
{
    return loud_of_power(loud_power(side, from, to));
}

void loud_bands(const struct side *side, double from, double to, double out[LOUD_BANDS])
{
    double low = 0, mid = 0, high = 0, sum = NOTHING;
    uint32_t first = side_feature_behind(side, from);
    for (uint32_t i = first ? first - 1 : 0; i < side->found->feature_count; i++) {
        double begin = fmax(side_feature_frame(side, i), from);
        double end = fmin(side_feature_frame(side, i + 1), to);
        const struct fv_beat *beat = &side->found->features[i];
        if (begin >= to)
            break;
        if (end <= begin)
            continue;
        low += (end - begin) * (double)beat->low * (double)beat->low;
        mid += (end - begin) * (double)beat->mid * (double)beat->mid;
        high += (end - begin) * (double)beat->high * (double)beat->high;
    }
    out[0] = SIDE_LOW_K * low;
    out[1] = mid;
    out[2] = SIDE_HIGH_K * high;
    for (int band = 0; band < LOUD_BANDS; band++)
        sum += out[band];
    double power = loud_power(side, from, to);
    for (int band = 0; band < LOUD_BANDS; band++)
        out[band] *= power / sum;
}
