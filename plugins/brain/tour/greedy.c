/* greedy.c - every way has a direction here, also where there and back are alike: local
 * search turns around what should be. */
#include "greedy.h"

#include <errno.h>
#include <stdlib.h>

#define NONE UINT32_MAX

struct way {
    int32_t cost;
    uint32_t from, to;
};

struct pieces {
    uint32_t *after, *before; /* NONE = an end */
    uint32_t *root;           /* of each place's piece, as a forest */
};

static int by_cost(const void *a, const void *b)
{
    const struct way *x = a, *y = b;
    if (x->cost != y->cost)
        return x->cost < y->cost ? -1 : 1;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return x->to < y->to ? -1 : x->to > y->to;
}

static uint32_t root_of(uint32_t *root, uint32_t place)
{
    while (root[place] != place)
        place = root[place] = root[root[place]];
    return place;
}

static void join(struct pieces *pieces, uint32_t from, uint32_t to)
{
    pieces->after[from] = to;
    pieces->before[to] = from;
    pieces->root[root_of(pieces->root, from)] = root_of(pieces->root, to);
}

static void take_ways(struct pieces *pieces, const struct way *ways, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (pieces->after[ways[i].from] == NONE && pieces->before[ways[i].to] == NONE &&
            root_of(pieces->root, ways[i].from) != root_of(pieces->root, ways[i].to))
            join(pieces, ways[i].from, ways[i].to);
}

/* The nearest beginning of another piece; the list shrinks. */
static uint32_t take_nearest(const struct terrain *terrain, uint32_t from,
                             uint32_t *heads, uint32_t *count)
{
    uint32_t best = 0;
    int32_t least = INT32_MAX;
    for (uint32_t i = 0; i < *count; i++) {
        int32_t cost = terrain_cost(terrain, from, heads[i]);
        if (cost < least) {
            least = cost;
            best = i;
        }
    }
    uint32_t head = heads[best];
    heads[best] = heads[--*count];
    return head;
}

static void walk_pieces(const struct terrain *terrain, const struct pieces *pieces,
                        uint32_t *heads, uint32_t *tour)
{
    uint32_t head_count = 0, done = 0;
    for (uint32_t a = 0; a < terrain->count; a++)
        if (pieces->before[a] == NONE)
            heads[head_count++] = a;
    uint32_t at = heads[0];
    heads[0] = heads[--head_count];
    while (done < terrain->count) {
        tour[done++] = at;
        if (pieces->after[at] != NONE)
            at = pieces->after[at];
        else if (head_count > 0)
            at = take_nearest(terrain, at, heads, &head_count);
    }
}

int greedy_tour(const struct terrain *terrain, const struct neighbours *neighbours,
                uint32_t *tour)
{
    uint32_t count = terrain->count;
    size_t way_count = 0;
    struct way *ways = calloc((size_t)count * neighbours->each + 1, sizeof *ways);
    uint32_t *room = calloc((size_t)count * 4 + 1, sizeof *room);
    int rc = ways && room ? 0 : -ENOMEM;
    if (rc == 0 && count > 0) {
        struct pieces pieces = {room, room + count, room + 2 * (size_t)count};
        for (uint32_t a = 0; a < count; a++) {
            pieces.after[a] = pieces.before[a] = NONE;
            pieces.root[a] = a;
            for (uint32_t i = 0; i < neighbours->each; i++) {
                uint32_t b = neighbours->out[(size_t)a * neighbours->each + i];
                ways[way_count++] = (struct way){terrain_cost(terrain, a, b), a, b};
            }
        }
        qsort(ways, way_count, sizeof *ways, by_cost);
        take_ways(&pieces, ways, way_count);
        walk_pieces(terrain, &pieces, room + 3 * (size_t)count, tour);
    }
    free(ways);
    free(room);
    return rc;
}
