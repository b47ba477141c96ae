/* route.c - tours are solved as paths, then spaced out by the rules. */
#include "route.h"

#include "arc.h"
#include "path.h"
#include "spacing.h"
#include "weave.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_GAP_S 86400.0 /* of the past that is looked at */

void route_release(struct route *route)
{
    free(route->stops);
    *route = (struct route){0};
}

int route_put(struct route *route, size_t place, struct stop stop)
{
    if (route->count == route->room) {
        size_t room = route->room ? route->room * 2 : 64;
        struct stop *stops = realloc(route->stops, room * sizeof *stops);
        if (!stops)
            return -ENOMEM;
        route->stops = stops;
        route->room = room;
    }
    if (place > route->count)
        place = route->count;
    memmove(route->stops + place + 1, route->stops + place,
            (route->count - place) * sizeof *route->stops);
    route->stops[place] = stop;
    route->count++;
    return 0;
}

void route_remove(struct route *route, size_t place)
{
    route->count--;
    memmove(route->stops + place, route->stops + place + 1,
            (route->count - place) * sizeof *route->stops);
}

bool route_take(struct route *route, const struct pool_track *track)
{
    for (size_t i = 0; i < route->count; i++)
        if (route->stops[i].track == track && !route->stops[i].is_request) {
            route_remove(route, i);
            return true;
        }
    return false;
}

void route_forget(struct route *route, const struct pool_track *track)
{
    size_t kept = 0;
    for (size_t i = 0; i < route->count; i++)
        if (route->stops[i].track != track)
            route->stops[kept++] = route->stops[i];
    route->count = kept;
}

/* ---- tours ----------------------------------------------------------------------------
 */

static bool is_cancelled(void *ctx)
{
    const struct fv_host *host = ctx;
    return host->cancelled(host->ctx);
}

/* Order tracks: the shortest way, in the arc's slots if there is an arc, spaced out. */
static int order_tracks(const struct planner *planner, uint64_t tour,
                        const struct past *past, const struct traits *from,
                        struct pool_track **tracks, size_t count, bool is_warm)
{
    struct path_options options = {.seed = planner->seed * 1000003u + tour,
                                   .opening = planner->seed - 1,
                                   .budget_ms = planner->budget_ms,
                                   .is_warm = is_warm,
                                   .must_stop = is_cancelled,
                                   .ctx = (void *)planner->host};
    int rc = planner->arc_count
                 ? arc_order(planner->arc, planner->arc_count, planner->distance, from,
                             past->now_s, tracks, count, &options)
                 : path_solve(planner->distance, from, tracks, count, &options);
    if (rc == 0)
        rc = spacing_mend(planner->rules, past, planner->distance, from, tracks, count,
                          &options);
    if (rc >= 0 && planner->arc_count == 0)
        rc = weave_order(planner->rules, past, planner->distance, from, tracks, count,
                         &options);
    if (planner->host->cancelled(planner->host->ctx))
        return -ECANCELED;
    return rc < 0 ? rc : 0;
}

/* The past as it will be when the route has been played. */
static int past_after(struct past *past, const struct route *route,
                      const struct planner *planner)
{
    int rc = past_copy(past, planner->past, planner->past->now_s - LONGEST_GAP_S);
    for (size_t i = 0; rc == 0 && i < route->count; i++)
        rc = past_add(past, route->stops[i].track);
    return rc;
}

static int append_tour(struct route *route, const struct planner *planner)
{
    const struct pool *pool = planner->pool;
    struct pool_track **tracks = calloc(pool->count + 1, sizeof *tracks);
    struct past past = {0};
    size_t count = 0;
    int rc = tracks ? past_after(&past, route, planner) : -ENOMEM;
    const struct traits *from =
        route->count ? &route->stops[route->count - 1].track->traits : planner->from;
    for (size_t i = 0; rc == 0 && i < pool->count; i++)
        if (!pool->tracks[i]->is_guest && !pool->tracks[i]->verdict)
            tracks[count++] = pool->tracks[i];
    if (rc == 0 && count == 0)
        rc = -ENOENT;
    if (rc == 0)
        rc = order_tracks(planner, route->tours, &past, from, tracks, count, false);
    for (size_t i = 0; rc == 0 && i < count; i++)
        rc = route_put(route, route->count, (struct stop){tracks[i], false});
    route->tours += rc == 0;
    past_release(&past);
    free(tracks);
    return rc;
}

static size_t count_playable(const struct route *route)
{
    size_t count = 0;
    for (size_t i = 0; i < route->count; i++)
        count += !route->stops[i].track->is_failed;
    return count;
}

/* What can't be played now fills no places: it comes again in the next tour. */
static void drop_failed(struct route *route)
{
    size_t kept = 0;
    for (size_t i = 0; i < route->count; i++)
        if (!route->stops[i].track->is_failed || route->stops[i].is_request)
            route->stops[kept++] = route->stops[i];
    route->count = kept;
}

static bool is_short(const struct route *route)
{
    return route->count < ROUTE_AHEAD || count_playable(route) < ROUTE_AHEAD / 2;
}

int route_extend(struct route *route, const struct planner *planner)
{
    int rc = 0;
    while (rc == 0 && is_short(route) && planner->pool->count > 0) {
        size_t playable = count_playable(route);
        if (route->count >= ROUTE_AHEAD)
            drop_failed(route);
        rc = append_tour(route, planner);
        if (count_playable(route) == playable)
            break; /* nothing in the pool can be played */
    }
    return rc == -ENOENT ? 0 : rc;
}

int route_solve(struct route *route, const struct planner *planner)
{
    struct pool_track **tracks = calloc(route->count + 1, sizeof *tracks);
    size_t count = 0, whole = 0, at = 0;
    if (!tracks)
        return -ENOMEM;
    for (size_t i = 0; i < planner->pool->count; i++)
        planner->pool->tracks[i]->scratch = 0;
    for (; whole < route->count; whole++) {
        const struct stop *stop = &route->stops[whole];
        if (stop->is_request)
            continue;
        if (stop->track->scratch++)
            break; /* the tour after this one is made anew */
        tracks[count++] = stop->track;
    }
    int rc = order_tracks(planner, route->tours, planner->past, planner->from, tracks,
                          count, true);
    for (size_t i = 0; rc == 0 && i < whole; i++)
        if (!route->stops[i].is_request && at < count)
            route->stops[i].track = tracks[at++];
    if (rc == 0) {
        size_t kept = 0;
        for (size_t i = 0; i < route->count; i++)
            if (i < whole || route->stops[i].is_request)
                route->stops[kept++] = route->stops[i];
        route->count = kept;
    }
    free(tracks);
    return rc ? rc : route_extend(route, planner);
}

int route_insert(struct route *route, const struct planner *planner,
                 struct pool_track *track, size_t within, bool is_request)
{
    struct pool_track **tracks = calloc(route->count + 1, sizeof *tracks);
    if (!tracks)
        return -ENOMEM;
    for (size_t i = 0; i < route->count; i++)
        tracks[i] = route->stops[i].track;
    size_t place = spacing_place(planner->rules, planner->past, planner->distance,
                                 planner->from, tracks, route->count, within, track);
    free(tracks);
    return route_put(route, place, (struct stop){track, is_request});
}
