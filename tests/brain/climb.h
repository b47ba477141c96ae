/* climb.h - the original's way of ordering, to be beaten: from a random tour, sections
 * are reversed in random order, the whole tour is measured after each, and the first that
 * is shorter is kept; a new random tour when none is.
 */
#ifndef CLIMB_H
#define CLIMB_H

#include "terrain.h"

/* returns the length of the best tour found, or -ENOMEM */
int64_t climb(const struct terrain *terrain, uint64_t seed, uint64_t evaluations,
              bool (*must_stop)(void *ctx), void *ctx);

#endif
