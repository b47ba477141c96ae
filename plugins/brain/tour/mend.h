/* mend.h - local search: as long as a change near one of the places that wait in line
 * makes the tour shorter, it is made.
 *
 * The changes are 2-opt, Or-opt (up to three places moved, either way round) and, where
 * there and back differ, the swap of two neighbouring stretches (Or-3opt), which reverses
 * nothing. Johnson and McGeoch, "The Traveling Salesman Problem: A Case Study in Local
 * Optimization", 1997, tell of neighbour lists and of places that need no look.
 */
#ifndef MEND_H
#define MEND_H

#include "neighbours.h"
#include "ring.h"
#include "terrain.h"

struct mend {
    const struct terrain *terrain;
    const struct neighbours *neighbours;
    struct ring ring;
    int64_t length;
    uint32_t *line; /* places that wait for a look, a queue in a ring */
    uint32_t line_start, line_count;
    uint8_t *is_in_line;
    uint64_t looks; /* costs looked up so far */
};

/* `terrain` and `neighbours` are kept until release.
 * returns  0 or -ENOMEM; mend_release frees it, of an error too */
int mend_init(struct mend *mend, const struct terrain *terrain,
              const struct neighbours *neighbours);
void mend_release(struct mend *mend);

/* Take a tour; every place gets a look if `all`. */
void mend_set(struct mend *mend, const uint32_t *tour, bool all);
void mend_look_at(struct mend *mend, uint32_t place);
void mend_run(struct mend *mend);

/* Swap the stretches of `first` and `second` places from `from` on; their ends get a
 * look. */
void mend_swap(struct mend *mend, uint32_t from, uint32_t first, uint32_t second);

#endif
