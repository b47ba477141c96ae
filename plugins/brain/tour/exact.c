/* exact.c - the shortest way from place 0 through each set of places to each of them. */
#include "tour.h"

#include <errno.h>
#include <stdlib.h>

struct cell {
    int64_t length;
    uint32_t before;
};

static void reach(const struct terrain *terrain, struct cell *cells, uint32_t set,
                  uint32_t last)
{
    uint32_t rest = terrain->count - 1;
    struct cell best = {INT64_MAX, 0};
    uint32_t others = set & ~(1u << last);
    if (others == 0)
        best.length = terrain_cost(terrain, 0, last + 1);
    for (uint32_t b = 0; b < rest; b++) {
        if (!(others & 1u << b))
            continue;
        int64_t length = cells[(size_t)others * rest + b].length +
                         terrain_cost(terrain, b + 1, last + 1);
        if (length < best.length)
            best = (struct cell){length, b};
    }
    cells[(size_t)set * rest + last] = best;
}

int tour_solve_exactly(const struct terrain *terrain, uint32_t *tour, int64_t *length)
{
    uint32_t count = terrain->count, rest = count ? count - 1 : 0;
    *length = 0;
    if (count == 0)
        return 0;
    tour[0] = 0;
    if (count == 1)
        return 0;
    if (count > TOUR_EXACT + 1)
        return -E2BIG;
    uint32_t whole = (1u << rest) - 1;
    struct cell *cells = calloc(((size_t)whole + 1) * rest, sizeof *cells);
    if (!cells)
        return -ENOMEM;
    for (uint32_t set = 1; set <= whole; set++)
        for (uint32_t last = 0; last < rest; last++)
            if (set & 1u << last)
                reach(terrain, cells, set, last);
    int64_t best = INT64_MAX;
    uint32_t last = 0;
    for (uint32_t b = 0; b < rest; b++) {
        int64_t around =
            cells[(size_t)whole * rest + b].length + terrain_cost(terrain, b + 1, 0);
        if (around < best) {
            best = around;
            last = b;
        }
    }
    uint32_t set = whole;
    for (uint32_t i = rest; i > 0; i--) {
        tour[i] = last + 1;
        uint32_t before = cells[(size_t)set * rest + last].before;
        set &= ~(1u << last);
        last = before;
    }
    *length = best;
    free(cells);
    return 0;
}
