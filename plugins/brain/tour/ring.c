/* ring.c - two changes make every other: a reversal, and a swap of two neighbouring
 * stretches. Both are their own kind of inverse. */
#include "ring.h"

#include <errno.h>
#include <stdlib.h>

int ring_init(struct ring *ring, uint32_t count)
{
    *ring = (struct ring){.count = count, .log_room = 4096};
    ring->at = calloc((size_t)count + 1, sizeof *ring->at);
    ring->where = calloc((size_t)count + 1, sizeof *ring->where);
    ring->aside = calloc((size_t)count + 1, sizeof *ring->aside);
    ring->log = calloc(ring->log_room, sizeof *ring->log);
    return ring->at && ring->where && ring->aside && ring->log ? 0 : -ENOMEM;
}

void ring_release(struct ring *ring)
{
    free(ring->at);
    free(ring->where);
    free(ring->aside);
    free(ring->log);
    *ring = (struct ring){0};
}

void ring_set(struct ring *ring, const uint32_t *tour)
{
    for (uint32_t i = 0; i < ring->count; i++) {
        ring->at[i] = tour[i];
        ring->where[tour[i]] = i;
    }
    ring->log_count = 0;
}

/* A log that can't grow keeps the tour right; only the way back is lost, so the caller
 * sees a full log as the end of what may be tried. */
static void note(struct ring *ring, uint32_t start, uint32_t first, uint32_t second)
{
    if (ring->log_count == ring->log_room) {
        size_t room = ring->log_room * 2;
        struct ring_change *log = realloc(ring->log, room * sizeof *log);
        if (!log)
            return;
        ring->log = log;
        ring->log_room = room;
    }
    ring->log[ring->log_count++] = (struct ring_change){start, first, second};
}

static void put(struct ring *ring, uint32_t position, uint32_t place)
{
    ring->at[position] = place;
    ring->where[place] = position;
}

static void reverse(struct ring *ring, uint32_t start, uint32_t length)
{
    uint32_t low = start, high = start + length - 1;
    if (high >= ring->count)
        high -= ring->count;
    ring->moved += length;
    for (uint32_t i = length / 2; i > 0; i--) {
        uint32_t a = ring->at[low], b = ring->at[high];
        put(ring, low, b);
        put(ring, high, a);
        low = low + 1 == ring->count ? 0 : low + 1;
        high = high == 0 ? ring->count - 1 : high - 1;
    }
}

void ring_reverse(struct ring *ring, uint32_t from, uint32_t to)
{
    uint32_t start = ring->where[from], length = ring_steps(ring, from, to) + 1;
    note(ring, start, length, 0);
    reverse(ring, start, length);
}

void ring_reverse_either(struct ring *ring, uint32_t from, uint32_t to)
{
    uint32_t length = ring_steps(ring, from, to) + 1;
    if (length * 2 <= ring->count)
        ring_reverse(ring, from, to);
    else if (length < ring->count)
        ring_reverse(ring, ring_next(ring, to), ring_prev(ring, from));
}

static void swap(struct ring *ring, uint32_t start, uint32_t first, uint32_t second)
{
    uint32_t from = start, to = start;
    ring->moved += first + second;
    for (uint32_t i = 0; i < first; i++) {
        ring->aside[i] = ring->at[from];
        from = from + 1 == ring->count ? 0 : from + 1;
    }
    for (uint32_t i = 0; i < second; i++) {
        put(ring, to, ring->at[from]);
        from = from + 1 == ring->count ? 0 : from + 1;
        to = to + 1 == ring->count ? 0 : to + 1;
    }
    for (uint32_t i = 0; i < first; i++) {
        put(ring, to, ring->aside[i]);
        to = to + 1 == ring->count ? 0 : to + 1;
    }
}

/* A round tour of three stretches is the same whichever two of them are swapped. */
void ring_swap(struct ring *ring, uint32_t from, uint32_t first, uint32_t second)
{
    uint32_t start = ring->where[from], third = ring->count - first - second;
    if (third < first && second >= first) { /* leave the second where it is */
        start = (start + ring->count - third) % ring->count;
        second = first;
        first = third;
    } else if (third < second) { /* leave the first */
        start = (start + first) % ring->count;
        first = second;
        second = third;
    }
    if (first == 0 || second == 0)
        return;
    note(ring, start, first, second);
    swap(ring, start, first, second);
}

void ring_undo(struct ring *ring, size_t log_count)
{
    while (ring->log_count > log_count) {
        struct ring_change change = ring->log[--ring->log_count];
        if (change.second == 0)
            reverse(ring, change.start, change.first);
        else
            swap(ring, change.start, change.second, change.first);
    }
}

void ring_keep(struct ring *ring)
{
    ring->log_count = 0;
}
