/* climb.c - one thing is kinder than the original: a reversal is undone instead of being
 * made on a copy of the tour. */
#include "climb.h"

#include <errno.h>
#include <stdlib.h>

struct climbing {
    const struct terrain *terrain;
    uint64_t dice, left;
    uint32_t *tour;
    struct pair {
        uint32_t i, j;
    } * pairs;
    size_t pair_count;
    bool (*must_stop)(void *ctx);
    void *ctx;
};

static uint32_t roll(uint64_t *dice, uint32_t sides)
{
    uint64_t x = *dice += 0x9e3779b97f4a7c15u; /* splitmix64 */
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    x ^= x >> 31;
    return (uint32_t)((x >> 32) * sides >> 32);
}

static void reverse(uint32_t *tour, uint32_t from, uint32_t to)
{
    for (; from < to; from++, to--) {
        uint32_t place = tour[from];
        tour[from] = tour[to];
        tour[to] = place;
    }
}

static void shuffle_pairs(struct climbing *c)
{
    for (size_t i = c->pair_count; i > 1; i--) {
        size_t j = roll(&c->dice, (uint32_t)i);
        struct pair pair = c->pairs[i - 1];
        c->pairs[i - 1] = c->pairs[j];
        c->pairs[j] = pair;
    }
}

/* One look through all reversals. returns whether one was kept */
static bool step(struct climbing *c, int64_t *length)
{
    shuffle_pairs(c);
    for (size_t p = 0; p < c->pair_count && c->left > 0; p++) {
        reverse(c->tour, c->pairs[p].i, c->pairs[p].j);
        int64_t tried = terrain_length(c->terrain, c->tour);
        c->left--;
        if (c->left % 64 == 0 && c->must_stop && c->must_stop(c->ctx))
            c->left = 0;
        if (tried < *length) {
            *length = tried;
            return true;
        }
        reverse(c->tour, c->pairs[p].i, c->pairs[p].j);
    }
    return false;
}

static int64_t climb_once(struct climbing *c)
{
    uint32_t count = c->terrain->count;
    for (uint32_t i = 0; i < count; i++)
        c->tour[i] = i;
    for (uint32_t i = count; i > 1; i--) {
        uint32_t j = roll(&c->dice, i), place = c->tour[i - 1];
        c->tour[i - 1] = c->tour[j];
        c->tour[j] = place;
    }
    int64_t length = terrain_length(c->terrain, c->tour);
    while (step(c, &length))
        ;
    return length;
}

int64_t climb(const struct terrain *terrain, uint64_t seed, uint64_t evaluations,
              bool (*must_stop)(void *ctx), void *ctx)
{
    struct climbing c = {.terrain = terrain,
                         .dice = seed,
                         .left = evaluations,
                         .must_stop = must_stop,
                         .ctx = ctx};
    uint32_t count = terrain->count;
    int64_t best = -ENOMEM;
    c.tour = calloc((size_t)count + 1, sizeof *c.tour);
    c.pairs = calloc((size_t)count * count + 1, sizeof *c.pairs);
    if (c.tour && c.pairs) {
        for (uint32_t i = 0; i < count; i++)
            for (uint32_t j = i + 1; j < count; j++)
                c.pairs[c.pair_count++] = (struct pair){i, j};
        best = climb_once(&c);
        while (c.left > 0) {
            int64_t length = climb_once(&c);
            best = length < best ? length : best;
        }
    }
    free(c.tour);
    free(c.pairs);
    return best;
}
