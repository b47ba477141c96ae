/* mend.c - of all changes that begin at a place the best is made. */
#include "mend.h"

#include <errno.h>
#include <stdlib.h>

#define TURN_MAX 1000 /* places that may be reversed where there and back differ */
#define MOVED_MAX 3   /* places that Or-opt moves at once */

int64_t terrain_length(const struct terrain *terrain, const uint32_t *tour)
{
    int64_t length = 0;
    for (uint32_t i = 0; i < terrain->count; i++)
        length +=
            terrain_cost(terrain, tour[i], tour[i + 1 < terrain->count ? i + 1 : 0]);
    return length;
}

int mend_init(struct mend *mend, const struct terrain *terrain,
              const struct neighbours *neighbours)
{
    *mend = (struct mend){.terrain = terrain, .neighbours = neighbours};
    mend->line = calloc((size_t)terrain->count + 1, sizeof *mend->line);
    mend->is_in_line = calloc((size_t)terrain->count + 1, 1);
    int rc = ring_init(&mend->ring, terrain->count);
    return rc ? rc : mend->line && mend->is_in_line ? 0 : -ENOMEM;
}

void mend_release(struct mend *mend)
{
    ring_release(&mend->ring);
    free(mend->line);
    free(mend->is_in_line);
}

void mend_look_at(struct mend *mend, uint32_t place)
{
    if (mend->is_in_line[place])
        return;
    uint32_t end = mend->line_start + mend->line_count++;
    mend->line[end >= mend->ring.count ? end - mend->ring.count : end] = place;
    mend->is_in_line[place] = 1;
}

void mend_set(struct mend *mend, const uint32_t *tour, bool all)
{
    ring_set(&mend->ring, tour);
    mend->length = terrain_length(mend->terrain, tour);
    for (uint32_t i = 0; all && i < mend->ring.count; i++)
        mend_look_at(mend, tour[i]);
}

/* ---- changes --------------------------------------------------------------------------
 */

enum kind { NOTHING, REVERSE, MOVE, SWAP };

struct change {
    enum kind kind;
    bool is_turned; /* of a move: the other way round */
    int64_t gain;
    uint32_t from, to;    /* reversed or moved: the first and the last place */
    uint32_t left, right; /* of a move: what it goes between; of a swap: see apply() */
};

static inline int32_t cost(struct mend *mend, uint32_t from, uint32_t to)
{
    mend->looks++;
    return terrain_cost(mend->terrain, from, to);
}

static inline void keep_best(struct change *best, struct change change)
{
    if (change.gain > best->gain)
        *best = change;
}

/* What it costs more to go a way backwards. */
static int64_t turning(struct mend *mend, uint32_t from, uint32_t to)
{
    int64_t more = 0;
    if (!mend->terrain->is_directed)
        return 0;
    for (uint32_t a = from; a != to;) {
        uint32_t b = ring_next(&mend->ring, a);
        more += cost(mend, b, a) - cost(mend, a, b);
        a = b;
    }
    return more;
}

/* before -> from ... to -> after becomes before -> to ... from -> after. */
static void try_reversal(struct mend *mend, struct change *best, uint32_t before,
                         uint32_t from, uint32_t to, uint32_t after)
{
    int64_t gain = (int64_t)cost(mend, before, from) + cost(mend, to, after) -
                   cost(mend, before, to) - cost(mend, from, after);
    if (gain <= best->gain)
        return;
    if (mend->terrain->is_directed) {
        if (ring_steps(&mend->ring, from, to) > TURN_MAX)
            return;
        gain -= turning(mend, from, to);
    }
    keep_best(best, (struct change){REVERSE, false, gain, from, to, 0, 0});
}

static void try_reversals(struct mend *mend, struct change *best, uint32_t a)
{
    const struct ring *ring = &mend->ring;
    const struct neighbours *near = mend->neighbours;
    const uint32_t *list = near->out + (size_t)a * near->each;
    uint32_t next = ring_next(ring, a), prev = ring_prev(ring, a);
    int32_t to_next = cost(mend, a, next), to_prev = cost(mend, prev, a);
    for (uint32_t i = 0; i < near->each; i++) {
        uint32_t c = list[i];
        int32_t there = cost(mend, a, c);
        if (there >= to_next && there >= to_prev)
            break;
        if (there < to_next && c != next)
            try_reversal(mend, best, a, next, c, ring_next(ring, c));
        if (there < to_prev && c != prev)
            try_reversal(mend, best, prev, a, ring_prev(ring, c), c);
    }
}

/* Is a place on the way from one to another that `count` places long? */
static inline bool is_on(const struct ring *ring, uint32_t from, uint32_t count,
                         uint32_t place)
{
    return ring_steps(ring, from, place) < count;
}

struct stretch {
    uint32_t first, last, before, after, count;
    int64_t freed; /* what taking it out saves */
};

static void try_between(struct mend *mend, struct change *best,
                        const struct stretch *stretch, uint32_t left, uint32_t right,
                        bool is_turned)
{
    if (is_on(&mend->ring, stretch->first, stretch->count, left) ||
        is_on(&mend->ring, stretch->first, stretch->count, right) ||
        (left == stretch->before && !is_turned))
        return;
    uint32_t first = is_turned ? stretch->last : stretch->first;
    uint32_t last = is_turned ? stretch->first : stretch->last;
    int64_t gain = stretch->freed + cost(mend, left, right) - cost(mend, left, first) -
                   cost(mend, last, right);
    if (is_turned && gain > best->gain)
        gain -= turning(mend, stretch->first, stretch->last);
    keep_best(best, (struct change){MOVE, is_turned, gain, stretch->first, stretch->last,
                                    left, right});
}

/* Move the stretch so that its end `a` comes to stand beside one of a's neighbours. */
static void try_moves_of(struct mend *mend, struct change *best,
                         const struct stretch *stretch, uint32_t a, bool a_is_first)
{
    const struct ring *ring = &mend->ring;
    const struct neighbours *near = mend->neighbours;
    int32_t edge =
        a_is_first ? cost(mend, stretch->before, a) : cost(mend, a, stretch->after);
    const uint32_t *from = near->in + (size_t)a * near->each;
    const uint32_t *to = near->out + (size_t)a * near->each;
    for (uint32_t i = 0; i < near->each; i++) { /* c -> a */
        if (cost(mend, from[i], a) >= edge)
            break;
        try_between(mend, best, stretch, from[i], ring_next(ring, from[i]), !a_is_first);
    }
    for (uint32_t i = 0; i < near->each; i++) { /* a -> c */
        if (cost(mend, a, to[i]) >= edge)
            break;
        try_between(mend, best, stretch, ring_prev(ring, to[i]), to[i], a_is_first);
    }
}

static void try_moves(struct mend *mend, struct change *best, uint32_t a)
{
    const struct ring *ring = &mend->ring;
    uint32_t first = a, last = a;
    for (uint32_t count = 1; count <= MOVED_MAX && count + 3 <= ring->count; count++) {
        struct stretch ahead = {a,     last, ring_prev(ring, a), ring_next(ring, last),
                                count, 0};
        struct stretch behind = {first, a, ring_prev(ring, first), ring_next(ring, a),
                                 count, 0};
        ahead.freed = (int64_t)cost(mend, ahead.before, a) +
                      cost(mend, last, ahead.after) -
                      cost(mend, ahead.before, ahead.after);
        behind.freed = (int64_t)cost(mend, behind.before, first) +
                       cost(mend, a, behind.after) -
                       cost(mend, behind.before, behind.after);
        if (ahead.freed > 0)
            try_moves_of(mend, best, &ahead, a, true);
        if (behind.freed > 0)
            try_moves_of(mend, best, &behind, a, false);
        last = ring_next(ring, last);
        first = ring_prev(ring, first);
    }
}

/* a -> next ... prev(c) -> c ... e -> after  becomes  a -> c ... e -> next ... prev(c) ->
 * after, for each e between c and a. */
static void try_swaps_to(struct mend *mend, struct change *best, uint32_t a, uint32_t c)
{
    const struct ring *ring = &mend->ring;
    const struct neighbours *near = mend->neighbours;
    uint32_t next = ring_next(ring, a), end = ring_prev(ring, c);
    int64_t so_far = (int64_t)cost(mend, a, next) - cost(mend, a, c) + cost(mend, end, c);
    uint32_t room = ring_steps(ring, c, a);
    for (uint32_t i = 0; i < near->each; i++) {
        uint32_t e = near->in[(size_t)next * near->each + i];
        int64_t left = so_far - cost(mend, e, next);
        if (left <= best->gain - TERRAIN_UNIT)
            break;
        if (ring_steps(ring, c, e) >= room)
            continue;
        uint32_t after = ring_next(ring, e);
        int64_t gain = left + cost(mend, e, after) - cost(mend, end, after);
        keep_best(best, (struct change){SWAP, false, gain, next, end, c, e});
    }
    for (uint32_t i = 0; i < near->each; i++) {
        uint32_t after = near->out[(size_t)end * near->each + i];
        int64_t left = so_far - cost(mend, end, after);
        if (left <= best->gain - TERRAIN_UNIT)
            break;
        uint32_t e = ring_prev(ring, after);
        if (ring_steps(ring, c, e) >= room)
            continue;
        int64_t gain = left + cost(mend, e, after) - cost(mend, e, next);
        keep_best(best, (struct change){SWAP, false, gain, next, end, c, e});
    }
}

static void try_swaps(struct mend *mend, struct change *best, uint32_t a)
{
    const struct ring *ring = &mend->ring;
    const struct neighbours *near = mend->neighbours;
    const uint32_t *to = near->out + (size_t)a * near->each;
    const uint32_t *from = near->in + (size_t)a * near->each;
    uint32_t next = ring_next(ring, a);
    int32_t edge = cost(mend, a, next);
    for (uint32_t i = 0; i < near->each && cost(mend, a, to[i]) < edge; i++)
        if (to[i] != next)
            try_swaps_to(mend, best, a, to[i]);
    edge = cost(mend, ring_prev(ring, a), a);
    for (uint32_t i = 0; i < near->each && cost(mend, from[i], a) < edge; i++)
        if (from[i] != ring_prev(ring, a))
            try_swaps_to(mend, best, from[i], a);
}

/* ---- making them ----------------------------------------------------------------------
 */

static void apply_move(struct mend *mend, const struct change *change)
{
    struct ring *ring = &mend->ring;
    uint32_t first = change->from, last = change->to;
    if (change->is_turned) {
        ring_reverse(ring, first, last);
        first = change->to;
        last = change->from;
    }
    uint32_t before = ring_prev(ring, first), after = ring_next(ring, last);
    uint32_t count = ring_steps(ring, first, last) + 1;
    if (before == change->left)
        return;
    uint32_t passed = ring_steps(ring, after, change->left) + 1;
    ring_swap(ring, first, count, passed);
}

static void apply(struct mend *mend, const struct change *change)
{
    struct ring *ring = &mend->ring;
    uint32_t ends[] = {change->from,
                       change->to,
                       ring_prev(ring, change->from),
                       ring_next(ring, change->to),
                       change->from,
                       change->to};
    uint32_t count = 4;
    if (change->kind != REVERSE) {
        ends[4] = change->left;
        ends[5] = change->kind == MOVE ? change->right : ring_next(ring, change->right);
        count = 6;
    }
    if (change->kind == MOVE)
        apply_move(mend, change);
    else if (change->kind == SWAP)
        ring_swap(ring, change->from, ring_steps(ring, change->from, change->to) + 1,
                  ring_steps(ring, change->left, change->right) + 1);
    else if (mend->terrain->is_directed)
        ring_reverse(ring, change->from, change->to);
    else
        ring_reverse_either(ring, change->from, change->to);
    mend->length -= change->gain;
    for (uint32_t i = 0; i < count; i++)
        mend_look_at(mend, ends[i]);
    if (change->kind == SWAP)
        mend_look_at(mend, change->right);
}

void mend_swap(struct mend *mend, uint32_t from, uint32_t first, uint32_t second)
{
    struct ring *ring = &mend->ring;
    uint32_t at = ring->where[from], count = ring->count;
    uint32_t before = ring_prev(ring, from), end = ring->at[(at + first - 1) % count];
    uint32_t start = ring->at[(at + first) % count];
    uint32_t last = ring->at[(at + first + second - 1) % count];
    uint32_t after = ring_next(ring, last);
    mend->length += (int64_t)cost(mend, before, start) + cost(mend, last, from) +
                    cost(mend, end, after) - cost(mend, before, from) -
                    cost(mend, end, start) - cost(mend, last, after);
    ring_swap(ring, from, first, second);
    uint32_t ends[] = {before, start, last, from, end, after};
    for (int i = 0; i < 6; i++)
        mend_look_at(mend, ends[i]);
}

void mend_run(struct mend *mend)
{
    if (mend->ring.count < 5)
        return;
    while (mend->line_count > 0) {
        uint32_t place = mend->line[mend->line_start];
        mend->line_start =
            mend->line_start + 1 == mend->ring.count ? 0 : mend->line_start + 1;
        mend->line_count--;
        mend->is_in_line[place] = 0;
        struct change best = {.kind = NOTHING};
        try_reversals(mend, &best, place);
        try_moves(mend, &best, place);
        if (mend->terrain->is_directed)
            try_swaps(mend, &best, place);
        if (best.kind != NOTHING)
            apply(mend, &best);
    }
}
