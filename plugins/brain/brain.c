/* brain.c - the plugin's entry: life, and the pool as the sources have it. */
#include "brain.h"

#include "ears.h"
#include "shelf.h"

#include <forever/plugin.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A fifth of the pool is new: it is solved anew instead of putting each in. */
#define MANY_NEW 5

static int brain_create(const struct fv_host *host, struct fv_brain **self)
{
    struct fv_brain *made = calloc(1, sizeof *made);
    if (!made)
        return -ENOMEM;
    made->host = host;
    http_open(&made->http, host);
    made->history = json_array();
    made->bans = json_array();
    if (!made->history || !made->bans) {
        json_decref(made->history);
        json_decref(made->bans);
        free(made);
        return -ENOMEM;
    }
    *self = made;
    return 0;
}

static void brain_destroy(struct fv_brain *self)
{
    http_close(&self->http);
    route_release(&self->route);
    past_release(&self->past);
    rules_release(&self->rules);
    pool_release(&self->pool);
    json_decref(self->history);
    json_decref(self->bans);
    json_decref(self->past_state);
    free(self->arc);
    free(self);
}

/* ---- settings -------------------------------------------------------------------------
 */

static json_t *list_setting(const struct fv_host *host, const char *name)
{
    size_t length = host->text(host->ctx, name, NULL, 0);
    char *text = malloc(length + 1);
    json_t *list = NULL;
    if (text) {
        host->text(host->ctx, name, text, length + 1);
        list = json_loads(text, 0, NULL);
    }
    free(text);
    return list;
}

static void read_arc(struct fv_brain *self)
{
    json_t *list = list_setting(self->host, "brain.arc");
    size_t count = json_array_size(list);
    double *arc = count ? calloc(count, sizeof *arc) : NULL;
    for (size_t i = 0; arc && i < count; i++)
        arc[i] = json_number_value(json_array_get(list, i));
    bool is_other =
        count != self->arc_count || (arc && memcmp(arc, self->arc, count * sizeof *arc));
    self->has_news |= self->is_refreshed && is_other;
    free(self->arc);
    self->arc = arc;
    self->arc_count = arc ? count : 0;
    json_decref(list);
}

/* ---- sources --------------------------------------------------------------------------
 */

static int read_crate(struct fv_brain *self, struct listing *listing,
                      struct fv_error *error)
{
    json_t *names = list_setting(self->host, "crate"), *name;
    size_t i, failed = 0;
    int rc = 0;
    error->text[0] = 0;
    json_array_foreach(names, i, name)
    {
        struct fv_error fault = {{0}};
        rc = source_read(listing, json_string_value(name), &fault);
        if (rc == -ECANCELED)
            break;
        failed += rc != 0;
        if (rc && json_array_size(names) > 1)
            listing_say(listing, fault.text);
        if (fault.text[0])
            *error = fault;
    }
    bool is_lost = failed > 0 && failed == json_array_size(names);
    json_decref(names);
    return is_lost || rc == -ECANCELED ? rc : 0;
}

static void on_left(void *ctx, struct pool_track *track)
{
    struct fv_brain *self = ctx;
    route_forget(&self->route, track);
    past_forget(&self->past, track);
}

/* Guests whose request is done. */
static void send_away(struct fv_brain *self)
{
    struct pool *pool = &self->pool;
    for (size_t i = 0; i < pool->count; i++)
        pool->tracks[i]->scratch = 0;
    for (size_t i = 0; i < self->route.count; i++)
        self->route.stops[i].track->scratch = 1;
    for (size_t i = pool->count; i > 0; i--) {
        struct pool_track *track = pool->tracks[i - 1];
        if (track->is_guest && !track->scratch && track->plays > 0) {
            on_left(self, track);
            pool_remove(pool, i - 1);
        }
    }
}

/* Another chance for what failed: its time has come, or nothing else is left. What it was
 * planned between has been heard: it is put in like a new one. */
static void forgive(struct fv_brain *self)
{
    int64_t now_ms = self->host->now_ms(self->host->ctx);
    for (size_t i = 0; i < self->pool.count; i++) {
        struct pool_track *track = self->pool.tracks[i];
        if (!track->is_failed || (track->streams && now_ms < track->retry_ms))
            continue;
        track->is_failed = false;
        track->is_new |= route_take(&self->route, track);
    }
}

static bool is_in_play(const struct pool_track *track)
{
    return !track->is_guest && !track->verdict;
}

static int place_new(struct fv_brain *self)
{
    struct pool *pool = &self->pool;
    size_t fresh = 0;
    int rc = 0;
    for (size_t i = 0; i < pool->count; i++)
        fresh += pool->tracks[i]->is_new && is_in_play(pool->tracks[i]);
    bool is_begun = self->route.count > 0, is_much = fresh * MANY_NEW > pool->count;
    struct planner planner = brain_planner(self);
    for (size_t i = 0; rc == 0 && i < pool->count; i++) {
        struct pool_track *track = pool->tracks[i];
        if (track->is_new && is_begun && is_in_play(track))
            rc = is_much
                     ? route_put(&self->route, 0, (struct stop){track, false})
                     : route_insert(&self->route, &planner, track, pool->count, false);
        track->is_new = false;
    }
    if (is_begun && is_much && fresh > 0)
        self->has_news = true; /* solved anew at the next choice */
    return rc;
}

/* When as many were settled as are in play, others of the crate have their turn. Who had
 * none in the round before stays until it comes. */
static void begin_round(struct fv_brain *self, uint64_t most)
{
    const json_t *past = self->past_state;
    uint64_t places = past ? (uint64_t)json_integer_value(json_object_get(past, "places"))
                           : self->places;
    uint64_t began = self->round * most;
    if (places / most == self->round)
        return;
    self->round = places / most;
    for (size_t i = 0; i < self->pool.count; i++) {
        struct pool_track *track = self->pool.tracks[i];
        bool was_played = track->plays > 0 && track->last_place >= began;
        track->is_due = !was_played && !track->verdict && !track->is_failed;
    }
}

static int brain_refresh(struct fv_brain *self, struct fv_error *error)
{
    const struct fv_host *host = self->host;
    struct crate crate = {0};
    struct listing listing = brain_listing(self, &crate);
    shelf_trim(host);
    int rc = read_crate(self, &listing, error);
    if (rc == 0)
        brain_read_mix(self, &listing);
    crate_settle(&crate);
    size_t most = (size_t)host->number(host->ctx, "brain.pool", 400);
    begin_round(self, most);
    if (rc == 0)
        rc = pool_take(&self->pool, &crate, most,
                       (uint64_t)host->number(host->ctx, "seed", 1), self->round, on_left,
                       self);
    crate_release(&crate);
    if (rc)
        return rc;
    forgive(self);
    brain_find_fetched(self);
    for (size_t i = 0; i < self->pool.count; i++)
        if (!self->pool.tracks[i]->is_analysed)
            pool_learn(&self->pool, self->pool.tracks[i], host);
    read_arc(self);
    rc = brain_recall(self);
    send_away(self);
    if (rc == 0)
        rc = brain_cull(self);
    if (rc == 0)
        rc = brain_measure(self);
    if (rc == 0)
        rc = place_new(self);
    self->is_refreshed = true;
    return rc ? rc : (int)self->pool.count;
}

static const struct fv_brain_methods methods = {
    .struct_size = sizeof methods,
    .analysis_version = EARS_VERSION,
    .create = brain_create,
    .destroy = brain_destroy,
    .save = brain_save,
    .load = brain_load,
    .analyse = ears_analyse,
    .refresh = brain_refresh,
    .pool = brain_list_pool,
    .next = brain_next,
    .upcoming = brain_upcoming,
    .fetch = brain_fetch,
    .report = brain_report,
    .wish = brain_wish,
};

FV_EXPORT const struct fv_plugin forever_plugin = {
    .struct_size = sizeof forever_plugin,
    .abi_major = FV_ABI_MAJOR,
    .abi_minor = FV_ABI_MINOR,
    .name = "tour",
    .version = "2.0",
    .brain = &methods,
};
