/* smooth.h - a curve through weighted points that bends as little as may be.
 *
 * The Whittaker smoother: least is the sum of squared misses, by weight, and of squared
 * second differences. P. H. C. Eilers, "A perfect smoother", Analytical Chemistry 75,
 * 2003.
 */
#ifndef SMOOTH_H
#define SMOOTH_H

#include <stddef.h>

/* curve   the points, at even steps; they are replaced by the curve
 * weight  of each point, at least two above 0
 * count   of them, 4 or more
 * stiff   weight of the second differences: what lies closer together than about
 *         2 pi sqrt(sqrt(stiff)) points is evened out, of points of weight 1
 * room    for 3 `count` */
void smooth(double *curve, const double *weight, size_t count, double stiff,
            double *room);

#endif
