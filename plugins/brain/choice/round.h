/* round.h - tracks in an order that begins anew at its end, what the order costs, and
 * changes of it.
 *
 * It costs the length of the way, with that from its end to its beginning, and a fine for
 * each track that comes too soon after itself or its artist. A change rearranges a window
 * of the order, which stays as long in time as it was: only fines of what stands in it
 * and soon behind it can change.
 */
#ifndef ROUND_H
#define ROUND_H

#include "path.h"
#include "rules.h"

#define CHANGE_RUNS 4

/* What of a track the fines depend on. */
struct seat {
    double airtime, gap;        /* its artist's gap */
    double began, artist_began; /* last, in the past */
    uint32_t crowd;             /* from 1; 0 = nobody's */
};

/* The tracks of a crowd, and when one of them was last on in what is being looked at. */
struct circle {
    uint32_t first, count; /* of `members` */
    uint64_t turn;
    double seen;
};

struct round {
    size_t count;
    double track_gap, longest_gap;
    int32_t *matrix; /* path_matrix */
    struct seat *seats;
    struct circle *circles;
    uint32_t *order, *where, *members;
    double *times;  /* count + 1: when each place of the order begins */
    int64_t *fined; /* at each place */
    int64_t length, fines;
    uint64_t looks; /* work done */
    uint64_t turn;
};

/* Places that stay together, backwards if `step` is -1. */
struct run {
    size_t first, count, step;
    double begins;
};

/* The places low .. high are laid in runs. */
struct change {
    size_t low, high, count;
    struct run runs[CHANGE_RUNS];
};

/* The tracks in the order in which they are given, which is kept as numbers.
 * returns  0 or -ENOMEM; round_release frees it, of an error too */
int round_init(struct round *round, const struct distance *distance,
               const struct traits *from, struct pool_track **tracks, size_t count,
               const struct rules *rules, const struct past *past);
void round_release(struct round *round);

/* Lay all tracks anew. */
void round_set(struct round *round, const uint32_t *order);

static inline int64_t round_cost(const struct round *round, uint32_t from, uint32_t to)
{
    return round->matrix[(size_t)from * (round->count + 1) + to];
}

/* The track at a place, counted from 1: 0 is what was played last, count + 1 the end. */
static inline uint32_t round_track(const struct round *round, size_t place)
{
    return place == 0 || place > round->count ? (uint32_t)round->count
                                              : round->order[place - 1];
}

/* The others by the artist of the track at a place, and itself. */
static inline const struct circle *round_circle(const struct round *round, size_t place)
{
    return &round->circles[round->seats[round->order[place]].crowd];
}

void change_open(struct change *change, size_t low, size_t high);
void change_lay(struct change *change, size_t from, size_t to); /* nothing if to < from */
void change_lay_back(struct change *change, size_t from, size_t to); /* from >= to */

/* How much longer the way becomes. */
int64_t round_lengthening(struct round *round, const struct change *change);

/* Make the change, which makes the way so much longer, unless the order becomes worse by
 * more than `most`. returns whether it was made */
bool round_make(struct round *round, struct change *change, int64_t longer, int64_t most);

#endif
