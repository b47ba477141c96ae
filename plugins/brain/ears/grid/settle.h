/* settle.h - lay coarse beats on the attacks they stand for: on a line where the tempo
 * stands still, on a smooth curve where it moves.
 */
#ifndef SETTLE_H
#define SETTLE_H

#include <stdbool.h>

#include "attack.h"

enum settle_on {
    SETTLE_CURVE,
    SETTLE_EITHER, /* coarse beats lie on a line; a curve must meet many more attacks */
    SETTLE_LINE,
};

struct settled {
    bool bends;       /* beats lie on a curve */
    double agreement; /* 0..1: share of the attacks near beats that lie on them */
};

/* out      filled
 * time     of `count` beats, 4 or more, seconds; replaced
 * returns  0 or -ENOMEM */
int settle_beats(struct settled *out, double *time, size_t count, enum settle_on on,
                 const struct attacks *attacks);

/* Put off beats that come before the one before them, or all too soon after it: never
 * backwards, whatever the attacks say. */
void settle_order(double *time, size_t count);

#endif
