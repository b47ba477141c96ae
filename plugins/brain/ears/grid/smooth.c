/* smooth.c - five diagonals, factored into L D L' and solved as they come. */
#include "smooth.h"

/* Of the squared second differences, as a matrix: what lies on its diagonal, and beside
 * it; two off it all are 1. */
static double on_diagonal(size_t i, size_t count)
{
    size_t from_end = i < count - 1 - i ? i : count - 1 - i;
    return from_end == 0 ? 1.0 : from_end == 1 ? 5.0 : 6.0;
}

static double beside_it(size_t i, size_t count)
{
    return i == 1 || i == count - 1 ? -2.0 : -4.0;
}

void smooth(double *curve, const double *weight, size_t count, double stiff, double *room)
{
    double *d = room, *one = room + count, *two = room + 2 * count;
    for (size_t i = 0; i < count; i++) {
        curve[i] *= weight[i];
        d[i] = weight[i] + stiff * on_diagonal(i, count);
        one[i] = i >= 1 ? stiff * beside_it(i, count) : 0.0;
        if (i >= 2) {
            two[i] = stiff / d[i - 2];
            one[i] -= stiff * one[i - 1];
            d[i] -= stiff * two[i];
            curve[i] -= two[i] * curve[i - 2];
        }
        if (i >= 1) {
            double beside = one[i];
            one[i] /= d[i - 1];
            d[i] -= beside * one[i];
            curve[i] -= one[i] * curve[i - 1];
        }
    }
    for (size_t i = count; i-- > 0;) {
        curve[i] /= d[i];
        if (i + 1 < count)
            curve[i] -= one[i + 1] * curve[i + 1];
        if (i + 2 < count)
            curve[i] -= two[i + 2] * curve[i + 2];
    }
}
