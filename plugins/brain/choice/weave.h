/* weave.h - the order that is shortest while nobody comes too soon.
 *
 * A short way that is spaced out afterwards has long ways where tracks were moved. Here
 * both are sought at once: the way's length, and a fine for each track that comes too
 * soon after itself or its artist. Simulated annealing (Kirkpatrick, Gelatt, Vecchi,
 * 1983) with dice from a seed, and work counted in looks: the same crate gives the same
 * order.
 */
#ifndef WEAVE_H
#define WEAVE_H

#include "path.h"
#include "rules.h"

/* tracks   the order, changed in place to a better one; never to a worse one
 * past     what was begun before it
 * from     what was played last; NULL = nothing
 * returns  0, or -ENOMEM with the order as it was */
int weave_order(const struct rules *rules, const struct past *past,
                const struct distance *distance, const struct traits *from,
                struct pool_track **tracks, size_t count,
                const struct path_options *options);

#endif
