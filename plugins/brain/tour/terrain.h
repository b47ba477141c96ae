/* terrain.h - what a tour leads through: places, numbered from 0, and what it costs to go
 * from one to another. Whole numbers, so that sums do not depend on their order.
 */
#ifndef TERRAIN_H
#define TERRAIN_H

#include <stdbool.h>
#include <stdint.h>

#define TERRAIN_UNIT 1000000  /* the cost of a difference of 1 */
#define TERRAIN_FAR (1 << 28) /* as good as no way */

struct terrain {
    uint32_t count;
    bool is_directed;      /* there and back may differ */
    const int32_t *matrix; /* count * count, a row a start; NULL: measure is asked */
    int32_t (*measure)(const void *ctx, uint32_t from, uint32_t to);
    const void *ctx;
};

static inline int32_t terrain_cost(const struct terrain *terrain, uint32_t from,
                                   uint32_t to)
{
    return terrain->matrix ? terrain->matrix[(uint64_t)from * terrain->count + to]
                           : terrain->measure(terrain->ctx, from, to);
}

/* Around the tour and back to its first place. */
int64_t terrain_length(const struct terrain *terrain, const uint32_t *tour);

#endif
