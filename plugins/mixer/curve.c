/* curve.c - of two curves of which one falls where the other rises the powers add up to
 * what they were, and both leave and arrive softly. */
#include "curve.h"

#include <math.h>
#include <stdlib.h>

float curve_at(const struct curve *curve, double at)
{
    const struct curve_point *points = curve->points;
    uint32_t low = 0, high = curve->count;
    if (high == 0)
        return 1;
    if (at <= points[0].at)
        return (float)points[0].value;
    while (high - low > 1) {
        uint32_t middle = (low + high) / 2;
        if (points[middle].at <= at)
            low = middle;
        else
            high = middle;
    }
    if (high == curve->count || points[low].value == points[high].value)
        return (float)points[low].value;
    double share = (at - points[low].at) / (points[high].at - points[low].at);
    double bent = sin(share * M_PI / 2);
    double from = points[low].value * points[low].value;
    double to = points[high].value * points[high].value;
    return (float)sqrt(from + (to - from) * bent * bent);
}

void curve_release(struct curve *curve)
{
    free(curve->points);
    *curve = (struct curve){0};
}
