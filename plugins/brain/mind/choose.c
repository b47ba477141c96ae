/* choose.c - the first of the route that may be played now. */
#include "brain.h"

#include "file_uri.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEARNED_SHARE 4   /* a fourth newly heard: the route is solved anew */
#define FETCH_AHEAD 4     /* tracks that are fetched before they are asked for */
#define RETRY_MS 60000    /* after the first failure; doubled with each */
#define RETRY_DOUBLINGS 9 /* at most */

/* ---- next -----------------------------------------------------------------------------
 */

/* A file that lies there and only has to be heard. */
static bool is_unheard(const struct pool_track *track)
{
    return !track->is_failed && !track->is_analysed && !track->streams;
}

static bool has_unheard(const struct fv_brain *brain)
{
    for (size_t i = 0; i < brain->pool.count; i++)
        if (is_unheard(brain->pool.tracks[i]))
            return true;
    return false;
}

static int plan(struct fv_brain *brain, bool is_all_heard)
{
    bool is_much =
        brain->learned >= 8 && brain->learned * LEARNED_SHARE >= brain->pool.count;
    bool is_stale = is_much || (brain->has_news && is_all_heard);
    int rc = 0;
    if (is_stale || brain->route.count == 0)
        rc = brain_cull(brain);
    if (rc == 0 && (is_stale || brain->route.count == 0))
        rc = brain_measure(brain);
    struct planner planner = brain_planner(brain);
    if (rc == 0 && is_stale && brain->route.count > 0)
        rc = route_solve(&brain->route, &planner);
    if (rc == 0 && is_stale) { /* an order that begins below knows it all, too */
        brain->learned = 0;
        brain->has_news = false;
    }
    return rc ? rc : route_extend(&brain->route, &planner);
}

/* The stop that is due: the first that breaks no rule, or the one that breaks them least.
 * Only tracks that are ready, if any is and there is no time. */
static const struct stop *due(const struct route *route, const struct rules *rules,
                              const struct past *past, bool in_hurry)
{
    const struct stop *best = NULL;
    int least = RULES_LEVELS;
    for (size_t i = 0; i < route->count && least > 0; i++) {
        const struct stop *stop = &route->stops[i];
        if (stop->track->is_failed || (in_hurry && !stop->track->is_analysed))
            continue;
        int level =
            stop->is_request && i == 0 ? 0 : rules_level(rules, past, stop->track);
        if (level < least) {
            least = level;
            best = stop;
        }
    }
    return best || !in_hurry ? best : due(route, rules, past, false);
}

static void say_why(const struct fv_brain *brain, const struct stop *stop, char *out,
                    size_t cap)
{
    const struct traits *to = &stop->track->traits;
    int done = 0;
    if (stop->is_request)
        done = snprintf(out, cap, "requested");
    else if (!brain->has_last)
        done = snprintf(out, cap, "the tour begins here");
    else
        done = snprintf(out, cap, "next of the tour: %.3f away",
                        distance_between(&brain->distance, &brain->last, to, NULL));
    double after = brain->has_last ? traits_bpm_out(&brain->last) : NAN;
    if (after > 0 && traits_bpm_in(to) > 0 && done < (int)cap)
        snprintf(out + done, cap - (size_t)done, ", %.1f BPM after %.1f",
                 traits_bpm_in(to), after);
}

static void say_names(const struct pool_track *track, struct fv_choice *out)
{
    const char *title = track->is_title_told ? track->title : NULL;
    const char *artist = track->is_artist_told ? track->artist : NULL;
    snprintf(out->title, sizeof out->title, "%s", title ? title : "");
    snprintf(out->artist, sizeof out->artist, "%s", artist ? artist : "");
    snprintf(out->license, sizeof out->license, "%s",
             track->license ? track->license : "");
}

int brain_next(struct fv_brain *brain, uint32_t flags, struct fv_choice *out)
{
    bool in_hurry = flags & FV_HURRY;
    brain_take_injections(brain);
    bool is_waiting = has_unheard(brain);
    if (is_waiting && !in_hurry)
        return -EAGAIN;
    int rc = plan(brain, !is_waiting);
    if (rc)
        return rc;
    const struct stop *stop = due(&brain->route, &brain->rules, &brain->past, in_hurry);
    if (!stop)
        return -ENOENT;
    snprintf(out->uri, sizeof out->uri, "%s", stop->track->uri);
    say_why(brain, stop, out->why, sizeof out->why);
    if (out->struct_size >= sizeof *out)
        say_names(stop->track, out);
    return 0;
}

/* ---- what people see ------------------------------------------------------------------
 */

static int tell(const struct pool_track *track, const char *why,
                const struct fv_candidate_sink *sink)
{
    struct fv_candidate candidate = {.struct_size = sizeof candidate,
                                     .uri = track->uri,
                                     .title = track->title,
                                     .artist = track->artist,
                                     .why = why};
    return sink->candidate(sink->ctx, &candidate);
}

/* What is due, again and again, if each is heard. */
static int foretell(struct fv_brain *brain, struct route *route, struct past *past,
                    int most, const struct fv_candidate_sink *sink)
{
    const struct stop *stop = NULL;
    int rc = 0;
    for (; rc == 0 && most > 0; most--) {
        stop = due(route, &brain->rules, past, false);
        if (!stop)
            break;
        rc = tell(stop->track, stop->is_request ? "requested" : "next of the tour", sink);
        if (rc == 0)
            rc = past_add(past, stop->track);
        route_remove(route, (size_t)(stop - route->stops));
    }
    return rc;
}

int brain_upcoming(struct fv_brain *brain, int most, const struct fv_candidate_sink *sink)
{
    struct route route = {0};
    struct past past = {0};
    int rc = has_unheard(brain) ? 0 : plan(brain, true);
    if (rc == 0)
        rc = past_copy(&past, &brain->past, -INFINITY);
    for (size_t i = 0; rc == 0 && i < brain->route.count; i++)
        rc = route_put(&route, i, brain->route.stops[i]);
    if (rc == 0)
        rc = foretell(brain, &route, &past, most, sink);
    route_release(&route);
    past_release(&past);
    return rc;
}

/* First what comes next, then all that only has to be heard. */
int brain_list_pool(struct fv_brain *brain, const struct fv_candidate_sink *sink)
{
    int rc = 0;
    size_t ahead = 0;
    for (size_t i = 0; i < brain->pool.count; i++)
        brain->pool.tracks[i]->scratch = 0;
    for (size_t i = 0; rc == 0 && ahead < FETCH_AHEAD && i < brain->route.count; i++) {
        struct pool_track *track = brain->route.stops[i].track;
        if (track->is_failed || track->scratch++)
            continue;
        ahead++;
        if (!track->streams || !track->is_analysed)
            rc = tell(track, NULL, sink);
    }
    for (size_t i = 0; rc == 0 && i < brain->pool.count; i++) {
        const struct pool_track *track = brain->pool.tracks[i];
        if (!track->scratch && !track->is_failed && !track->streams)
            rc = tell(track, NULL, sink);
    }
    return rc;
}

/* ---- what became of them --------------------------------------------------------------
 */

static void settle(struct fv_brain *brain, struct pool_track *track)
{
    for (size_t i = 0; i < brain->route.count; i++)
        if (brain->route.stops[i].track == track) {
            route_remove(&brain->route, i);
            break;
        }
    track->plays++;
    track->is_due = false;
    track->last_s = brain->past.now_s;
    track->last_place = brain->places++;
    brain->last = track->traits;
    brain->has_last = true;
    past_add(&brain->past, track);
    past_trim(&brain->past, brain->past.now_s - 86400);
    json_array_append_new(brain->history, file_uri_told(track->uri));
    while (json_array_size(brain->history) > BRAIN_HISTORY)
        json_array_remove(brain->history, 0);
}

static void set_aside(struct fv_brain *brain, struct pool_track *track)
{
    uint32_t doublings =
        track->failures < RETRY_DOUBLINGS ? track->failures : RETRY_DOUBLINGS;
    track->is_failed = true;
    track->is_due = false;
    track->failures++;
    track->retry_ms =
        brain->host->now_ms(brain->host->ctx) + ((int64_t)RETRY_MS << doublings);
}

void brain_report(struct fv_brain *brain, const char *uri, enum fv_outcome outcome,
                  const char *reason)
{
    struct pool_track *track = pool_find(&brain->pool, uri);
    (void)reason;
    if (!track)
        return;
    if (outcome == FV_FAILED) {
        set_aside(brain, track);
        brain_forget_fetched(brain, track);
    } else if (outcome == FV_SETTLED) {
        settle(brain, track);
    } else if (outcome == FV_ANALYSED) {
        track->is_failed = false;
        track->failures = 0;
        brain->learned += !track->is_analysed;
        brain->has_news |= !track->is_analysed && !track->streams;
        pool_learn(&brain->pool, track, brain->host);
    }
}
