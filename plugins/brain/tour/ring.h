/* ring.h - a round tour as an array that knows where each place stands, and how to take
 * changes back.
 */
#ifndef RING_H
#define RING_H

#include <stddef.h>
#include <stdint.h>

struct ring_change {
    uint32_t start, first, second; /* second = 0: a reversal */
};

struct ring {
    uint32_t count;
    uint32_t *at;    /* the place at each position */
    uint32_t *where; /* the position of each place */
    uint32_t *aside; /* room for a swap */
    struct ring_change *log;
    size_t log_count, log_room;
    uint64_t moved; /* places put elsewhere so far */
};

/* returns 0 or -ENOMEM; ring_release frees it, of an error too */
int ring_init(struct ring *ring, uint32_t count);
void ring_release(struct ring *ring);

/* Take a tour, a permutation of the places; the log is emptied. */
void ring_set(struct ring *ring, const uint32_t *tour);

static inline uint32_t ring_next(const struct ring *ring, uint32_t place)
{
    uint32_t after = ring->where[place] + 1;
    return ring->at[after == ring->count ? 0 : after];
}

static inline uint32_t ring_prev(const struct ring *ring, uint32_t place)
{
    uint32_t here = ring->where[place];
    return ring->at[here ? here - 1 : ring->count - 1];
}

/* Steps forward from one place to another, 0 .. count - 1. */
static inline uint32_t ring_steps(const struct ring *ring, uint32_t from, uint32_t to)
{
    uint32_t a = ring->where[from], b = ring->where[to];
    return b >= a ? b - a : b + ring->count - a;
}

/* Reverse the way from one place forward to another. */
void ring_reverse(struct ring *ring, uint32_t from, uint32_t to);

/* The same as a change of the round tour, whose direction may turn: the shorter of that
 * way and the rest is reversed. */
void ring_reverse_either(struct ring *ring, uint32_t from, uint32_t to);

/* Two neighbouring stretches, `first` places from `from` on and the `second` places after
 * them, change places. */
void ring_swap(struct ring *ring, uint32_t from, uint32_t first, uint32_t second);

/* Take changes back until the log is as long as it was. */
void ring_undo(struct ring *ring, size_t log_count);
void ring_keep(struct ring *ring); /* forget the log */

#endif
