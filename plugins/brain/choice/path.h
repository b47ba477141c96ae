/* path.h - the shortest way through given tracks from the one that was played last.
 */
#ifndef PATH_H
#define PATH_H

#include "pool.h"

struct path_options {
    uint64_t seed;
    double budget_ms; /* of work, on an ordinary processor */
    bool is_warm;     /* the tracks stand in an order that is good already */
    bool (*must_stop)(void *ctx);
    void *ctx;
};

/* tracks   reordered; each differs from the others
 * from     what was played last, NULL = nothing
 * returns  0; -ENOMEM with the order as it was */
int path_solve(const struct distance *distance, const struct traits *from,
               struct pool_track **tracks, size_t count,
               const struct path_options *options);

#endif
