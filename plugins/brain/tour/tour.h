/* tour.h - the shortest way around that can be found in the time: exact for a few places,
 * else local search from a greedy start, kicked and mended again and again.
 *
 * The same terrain, seed and work give the same tour on every machine: work is counted in
 * looks at the terrain, never in time. The kick is the double bridge within a short
 * stretch (Lourenço, Martin, Stützle, "Iterated Local Search", 2003).
 */
#ifndef TOUR_H
#define TOUR_H

#include "neighbours.h"
#include "terrain.h"

#include <stddef.h>

#define TOUR_EXACT 12            /* so few places are solved exactly */
#define TOUR_LOOKS_PER_MS 100000 /* what an ordinary processor does at its slowest */

struct tour_options {
    uint64_t seed;
    uint64_t looks;                      /* at the terrain; 0 = no bound */
    const struct neighbours *neighbours; /* borrowed; NULL: made from all pairs */
    bool is_warm;                        /* begin with the tour that is given */
    bool (*must_stop)(void *ctx);        /* asked often; NULL = never */
    void *ctx;
};

/* tour     a permutation of the places, filled; read first if is_warm
 * returns  0, or -ENOMEM with the tour as good as it was */
int tour_solve(const struct terrain *terrain, const struct tour_options *options,
               uint32_t *tour, int64_t *length);

/* Held and Karp's dynamic programme, 1962, for at most TOUR_EXACT places. */
int tour_solve_exactly(const struct terrain *terrain, uint32_t *tour, int64_t *length);

#endif
