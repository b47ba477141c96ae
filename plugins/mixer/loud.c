/* loud.c - see loud.h. */
#include "loud.h"

#include <math.h>

#define STEP (FV_POWER_S * FV_RATE) /* frames */
#define OFFSET_DB (-0.691)          /* of BS.1770, which makes a 1 kHz sine read right */

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

double loud_level(const struct side *side, double from, double to)
{
    double power = loud_power(side, from, to);
    return power > 0 ? OFFSET_DB + 10 * log10(power) : -HUGE_VAL;
}
