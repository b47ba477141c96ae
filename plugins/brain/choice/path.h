/* path.h - the shortest way through given tracks from the one that was played last.
 */
#ifndef PATH_H
#define PATH_H

#include "pool.h"

#define PATH_MATRIX_MAX 1500 /* tracks; of more not all distances are kept */

struct path_options {
    uint64_t seed;
    uint64_t opening; /* where a round begins before which nothing was: 0 is best */
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

/* What it costs to go from each of the tracks (a row) to each, in TERRAIN_UNITs; one row
 * and one column more: from what was played last, and to the end, which costs nothing.
 * returns  (count + 1)^2 costs, free() them; NULL without memory */
int32_t *path_matrix(const struct distance *distance, const struct traits *from,
                     struct pool_track **tracks, size_t count);

#endif
