/* greedy.h - a first tour: the cheapest ways first, as long as they make no ring, then
 * the pieces joined each to the nearest.
 */
#ifndef GREEDY_H
#define GREEDY_H

#include "neighbours.h"
#include "terrain.h"

/* tour     filled with a permutation of the places
 * returns  0 or -ENOMEM */
int greedy_tour(const struct terrain *terrain, const struct neighbours *neighbours,
                uint32_t *tour);

#endif
