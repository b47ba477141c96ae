/* route.h - what is to be played from here on, in order: the rest of the tour through the
 * pool, and the next tour after it as soon as little is left.
 *
 * The order of what stands in it is kept where it can be: new tracks are put in where
 * they fit best, lost ones fall out, and only new knowledge or new weights solve it anew.
 */
#ifndef ROUTE_H
#define ROUTE_H

#include "rules.h"

#include <stdint.h>

#define ROUTE_AHEAD 12 /* tracks that are always planned */

struct stop {
    struct pool_track *track;
    bool is_request;
};

struct route {
    struct stop *stops;
    size_t count, room;
    uint64_t tours; /* made so far */
};

/* What a route is made with; borrowed throughout. */
struct planner {
    const struct fv_host *host;
    const struct pool *pool;
    const struct distance *distance;
    const struct rules *rules;
    const struct past *past;
    const struct traits *from; /* of what was settled last; NULL = nothing */
    uint64_t seed;
    double budget_ms;
    const double *arc; /* energy wanted, 0..1, for each hour in turn; NULL = none */
    size_t arc_count;
};

void route_release(struct route *route);

/* Append a tour through the pool while fewer than ROUTE_AHEAD tracks are planned.
 * returns 0, -ENOMEM or -ECANCELED */
int route_extend(struct route *route, const struct planner *planner);

/* Solve what is left of the tour under way anew, beginning with the order it has.
 * Requests stay where they are. */
int route_solve(struct route *route, const struct planner *planner);

/* Put a track in where it fits best among the next `within`. returns 0 or -ENOMEM */
int route_insert(struct route *route, const struct planner *planner,
                 struct pool_track *track, size_t within, bool is_request);
int route_put(struct route *route, size_t place, struct stop stop);
void route_remove(struct route *route, size_t place);

/* Take out the first stop at a track that nobody asked for. returns whether there was one
 */
bool route_take(struct route *route, const struct pool_track *track);

/* Everything that has to do with a track: it leaves the pool. */
void route_forget(struct route *route, const struct pool_track *track);

#endif
