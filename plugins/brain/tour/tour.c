/* tour.c - what a kick has made worse is taken back, so that the tour never gets longer;
 * where it is stuck it is shaken, and the best is kept.
 */
#include "tour.h"

#include "greedy.h"
#include "mend.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define EACH 12         /* neighbours that are looked at */
#define SPAN 50         /* places that a kick reaches over */
#define STOP_EVERY 16   /* kicks between two looks at must_stop() */
#define PATIENCE 20     /* kicks a place without a gain, after which the tour is shaken */
#define SHAKEN 5        /* one kick for so many places shakes it */
#define KICKS_EACH 4000 /* kicks a place, after which nothing more is to be expected */

struct search {
    struct mend mend;
    const struct tour_options *options;
    uint64_t dice;
    uint64_t kicks;
};

static uint32_t roll(struct search *search, uint32_t sides)
{
    uint64_t x = search->dice += 0x9e3779b97f4a7c15u; /* splitmix64 */
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    x ^= x >> 31;
    return (uint32_t)((x >> 32) * sides >> 32);
}

static bool is_over(const struct search *search)
{
    const struct tour_options *options = search->options;
    uint64_t done = search->mend.looks + search->mend.ring.moved;
    if (options->looks && done >= options->looks)
        return true;
    if (search->kicks >= (uint64_t)search->mend.ring.count * KICKS_EACH && options->looks)
        return true;
    return options->must_stop && search->kicks % STOP_EVERY == 0 &&
           options->must_stop(options->ctx);
}

/* Swap two short neighbouring stretches somewhere: a double bridge. */
static void kick(struct search *search)
{
    struct ring *ring = &search->mend.ring;
    uint32_t span = ring->count - 2 < SPAN ? ring->count - 2 : SPAN;
    uint32_t first = 1 + roll(search, span / 2);
    uint32_t second = 1 + roll(search, span / 2);
    uint32_t from = ring->at[roll(search, ring->count)];
    mend_swap(&search->mend, from, first, second);
    search->kicks++;
}

/* Nothing better has come for long: shake the best tour all over and go on from there.
 * `best` takes the tour if it is better. */
static void shake(struct search *search, uint32_t *best, int64_t *best_length)
{
    struct mend *mend = &search->mend;
    uint32_t count = mend->ring.count;
    if (mend->length < *best_length) {
        *best_length = mend->length;
        memcpy(best, mend->ring.at, count * sizeof *best);
    } else {
        mend_set(mend, best, false);
    }
    for (uint32_t i = 0; i < count / SHAKEN + 1; i++)
        kick(search);
    mend_run(mend);
}

/* best     room for a tour; filled with the best one */
static void iterate(struct search *search, uint32_t *best, int64_t *best_length)
{
    struct mend *mend = &search->mend;
    uint64_t patience = (uint64_t)mend->ring.count * PATIENCE, vain = 0;
    *best_length = INT64_MAX;
    while (!is_over(search)) {
        int64_t before = mend->length;
        ring_keep(&mend->ring);
        kick(search);
        mend_run(mend);
        vain++;
        if (mend->length < before)
            vain = vain < patience / 2 ? 0 : patience / 2;
        if (mend->length > before) {
            ring_undo(&mend->ring, 0);
            mend->length = before;
        }
        if (vain > patience) {
            shake(search, best, best_length);
            vain = 0;
        }
    }
    if (mend->length < *best_length) {
        *best_length = mend->length;
        memcpy(best, mend->ring.at, mend->ring.count * sizeof *best);
    }
}

static int search_tour(const struct terrain *terrain, const struct tour_options *options,
                       uint32_t *tour, int64_t *length)
{
    struct neighbours own = {0};
    const struct neighbours *neighbours = options->neighbours;
    struct search search = {.options = options, .dice = options->seed};
    int rc = neighbours ? 0 : neighbours_of_all(&own, terrain, EACH);
    if (!neighbours)
        neighbours = &own;
    if (rc == 0)
        rc = mend_init(&search.mend, terrain, neighbours);
    if (rc == 0 && !options->is_warm)
        rc = greedy_tour(terrain, neighbours, tour);
    if (rc == 0) {
        mend_set(&search.mend, tour, true);
        mend_run(&search.mend);
        iterate(&search, tour, length);
    }
    mend_release(&search.mend);
    neighbours_release(&own);
    return rc;
}

int tour_solve(const struct terrain *terrain, const struct tour_options *options,
               uint32_t *tour, int64_t *length)
{
    if (terrain->count <= TOUR_EXACT)
        return tour_solve_exactly(terrain, tour, length);
    return search_tour(terrain, options, tour, length);
}
