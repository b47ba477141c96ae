/* bound.h - how short a symmetric tour could be at best: Held and Karp's one-trees, with
 * prices on the places raised by subgradient steps ("The traveling-salesman problem and
 * minimum spanning trees", part II, 1971).
 */
#ifndef BOUND_H
#define BOUND_H

#include "terrain.h"

/* upper    the length of a known tour, which sets the steps
 * returns  a length that no tour is below; or -ENOMEM */
int64_t bound_below(const struct terrain *terrain, int64_t upper, int steps);

#endif
