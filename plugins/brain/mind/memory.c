/* memory.c - everything is remembered by uri; what the pool has no longer is forgotten.
 *
 * "places", "last_bpm" and "history" are what the first brain kept, and stay for it. */
#include "brain.h"

#include "file_uri.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ORDER_MAX 5000 /* stops that are remembered */

static int put(const struct fv_writer *to, const char *name, json_t *given)
{
    char *text = given ? json_dumps(given, JSON_COMPACT | JSON_REAL_PRECISION(17)) : NULL;
    int rc = text ? to->put_json(to->ctx, name, text) : -ENOMEM;
    free(text);
    json_decref(given);
    return rc;
}

static json_t *order_json(const struct fv_brain *brain)
{
    json_t *order = json_array();
    for (size_t i = 0; i < brain->route.count && i < ORDER_MAX; i++) {
        const struct stop *stop = &brain->route.stops[i];
        json_t *entry = stop->is_request
                            ? json_pack("{s:o, s:b}", "uri",
                                        file_uri_told(stop->track->uri), "request", 1)
                            : file_uri_told(stop->track->uri);
        json_array_append_new(order, entry);
    }
    return order;
}

static json_t *starts_json(const struct fv_brain *brain)
{
    json_t *starts = json_array();
    for (size_t i = 0; i < brain->past.count; i++) {
        const struct start *start = &brain->past.starts[i];
        json_array_append_new(
            starts,
            json_pack("{s:o, s:I, s:f}", "uri",
                      start->track ? file_uri_told(start->track->uri) : json_null(),
                      "artist", (json_int_t)start->artist, "at", start->at_s));
    }
    return starts;
}

static json_t *guests_json(const struct fv_brain *brain)
{
    json_t *guests = json_array();
    for (size_t i = 0; i < brain->pool.count; i++) {
        const struct pool_track *track = brain->pool.tracks[i];
        if (track->is_guest)
            json_array_append_new(
                guests, json_pack("{s:o, s:s?, s:s?, s:s?, s:s?, s:s?}", "uri",
                                  file_uri_told(track->uri), "title",
                                  track->is_title_told ? track->title : NULL, "artist",
                                  track->is_artist_told ? track->artist : NULL, "license",
                                  track->license, "page", track->page, "streams",
                                  track->streams));
    }
    return guests;
}

/* What was loaded and not taken up yet goes on as it is. */
static int save_unread(const struct fv_brain *brain, const struct fv_writer *to)
{
    static const char *const names[] = {"history", "order", "starts", "guests", "bans"};
    const json_t *past = brain->past_state;
    int rc = to->put_int(to->ctx, "places",
                         json_integer_value(json_object_get(past, "places")));
    if (rc == 0)
        rc = to->put_real(to->ctx, "show_s",
                          json_real_value(json_object_get(past, "show_s")));
    if (rc == 0)
        rc = to->put_int(to->ctx, "tours",
                         json_integer_value(json_object_get(past, "tours")));
    for (size_t i = 0; rc == 0 && i < sizeof names / sizeof names[0]; i++) {
        json_t *value = json_object_get(past, names[i]);
        if (!json_is_null(value))
            rc = put(to, names[i], json_incref(value));
    }
    return rc;
}

int brain_save(const struct fv_brain *brain, const struct fv_writer *to)
{
    if (brain->past_state)
        return save_unread(brain, to);
    int rc = to->put_int(to->ctx, "places", (int64_t)brain->places);
    if (rc == 0)
        rc = to->put_real(to->ctx, "last_bpm",
                          brain->has_last && brain->last.bpm > 0 ? brain->last.bpm : 0);
    if (rc == 0)
        rc = to->put_real(to->ctx, "show_s", brain->past.now_s);
    if (rc == 0)
        rc = to->put_int(to->ctx, "tours", (int64_t)brain->route.tours);
    if (rc == 0)
        rc = put(to, "history", json_incref(brain->history));
    if (rc == 0)
        rc = put(to, "order", order_json(brain));
    if (rc == 0)
        rc = put(to, "starts", starts_json(brain));
    if (rc == 0)
        rc = put(to, "guests", guests_json(brain));
    return rc ? rc : put(to, "bans", json_incref(brain->bans));
}

static json_t *get(const struct fv_reader *from, const char *name)
{
    json_t *value =
        json_loads(from->get_json(from->ctx, name, "null"), JSON_DECODE_ANY, NULL);
    if (!json_is_array(value)) {
        json_decref(value);
        value = json_null();
    }
    return value;
}

int brain_load(struct fv_brain *brain, const struct fv_reader *from)
{
    json_t *past = json_pack("{s:I, s:f, s:I, s:o, s:o, s:o, s:o, s:o}", "places",
                             (json_int_t)from->get_int(from->ctx, "places", 0), "show_s",
                             from->get_real(from->ctx, "show_s", 0), "tours",
                             (json_int_t)from->get_int(from->ctx, "tours", 0), "history",
                             get(from, "history"), "order", get(from, "order"), "starts",
                             get(from, "starts"), "guests", get(from, "guests"), "bans",
                             get(from, "bans"));
    if (!past)
        return -ENOMEM;
    json_decref(brain->past_state);
    brain->past_state = past;
    json_t *bans = json_object_get(past, "bans");
    if (json_is_array(bans)) { /* wanted before the pool is there */
        json_decref(brain->bans);
        brain->bans = json_incref(bans);
    }
    return 0;
}

/* ---- taking it up ---------------------------------------------------------------------
 */

static char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? strdup(text) : NULL;
}

/* The track of a uri as it was told; NULL: it is not in the pool any more. */
static struct pool_track *track_of(struct fv_brain *brain, const json_t *told)
{
    const char *uri = json_string_value(told);
    return uri ? brain_find(brain, uri) : NULL;
}

static void recall_guests(struct fv_brain *brain, const json_t *guests)
{
    for (size_t i = 0; i < json_array_size(guests); i++) {
        const json_t *guest = json_array_get(guests, i);
        struct item item = {.uri = text_of(guest, "uri"),
                            .title = text_of(guest, "title"),
                            .artist = text_of(guest, "artist"),
                            .license = text_of(guest, "license"),
                            .page = text_of(guest, "page"),
                            .streams = text_of(guest, "streams"),
                            .key = -1};
        if (item.uri && !brain_find(brain, item.uri)) {
            struct pool_track *track = pool_add(&brain->pool, &item);
            if (track) {
                track->is_guest = true;
                pool_learn(&brain->pool, track, brain->host);
            }
        }
        item_release(&item);
    }
}

static void recall_history(struct fv_brain *brain, json_t *history)
{
    size_t count = json_array_size(history);
    for (size_t i = 0; i < count; i++) {
        struct pool_track *track = track_of(brain, json_array_get(history, i));
        if (track) {
            track->plays++;
            track->last_place = brain->places - count + i;
            track->is_new = false;
            brain->last = track->traits;
            brain->has_last = true;
        }
    }
    if (json_is_array(history)) {
        json_decref(brain->history);
        brain->history = json_incref(history);
    }
}

static int recall_starts(struct fv_brain *brain, const json_t *starts)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < json_array_size(starts); i++) {
        const json_t *entry = json_array_get(starts, i);
        double at_s = json_number_value(json_object_get(entry, "at"));
        struct start start = {
            track_of(brain, json_object_get(entry, "uri")),
            (uint32_t)json_integer_value(json_object_get(entry, "artist")), at_s};
        rc = past_put(&brain->past, start);
        brain->past.now_s = fmax(brain->past.now_s, at_s); /* should show_s be missing */
    }
    return rc;
}

static int recall_order(struct fv_brain *brain, const json_t *order)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < json_array_size(order); i++) {
        const json_t *entry = json_array_get(order, i);
        bool is_request = json_is_true(json_object_get(entry, "request"));
        struct pool_track *track = track_of(
            brain, json_is_string(entry) ? entry : json_object_get(entry, "uri"));
        if (!track)
            continue;
        track->is_new = false;
        rc = route_put(&brain->route, brain->route.count,
                       (struct stop){track, is_request});
    }
    return rc;
}

/* A brain without an order has left: what was heard less often than the rest is due. */
static int guess_order(struct fv_brain *brain)
{
    uint32_t most = 0;
    int rc = 0;
    for (size_t i = 0; i < brain->pool.count; i++)
        if (brain->pool.tracks[i]->plays > most)
            most = brain->pool.tracks[i]->plays;
    for (size_t i = 0; rc == 0 && most > 0 && i < brain->pool.count; i++) {
        struct pool_track *track = brain->pool.tracks[i];
        track->is_new = false;
        if (track->plays < most && !track->is_guest)
            rc =
                route_put(&brain->route, brain->route.count, (struct stop){track, false});
    }
    brain->has_news = brain->route.count > 0; /* to be solved */
    return rc;
}

int brain_recall(struct fv_brain *brain)
{
    json_t *past = brain->past_state;
    int rc = 0;
    if (!past)
        return 0;
    brain->past_state = NULL;
    brain->places = (uint64_t)json_integer_value(json_object_get(past, "places"));
    brain->past.now_s = json_number_value(json_object_get(past, "show_s"));
    brain->route.tours = (uint64_t)json_integer_value(json_object_get(past, "tours"));
    recall_guests(brain, json_object_get(past, "guests"));
    recall_history(brain, json_object_get(past, "history"));
    rc = recall_starts(brain, json_object_get(past, "starts"));
    if (rc == 0)
        rc = json_is_array(json_object_get(past, "order"))
                 ? recall_order(brain, json_object_get(past, "order"))
                 : guess_order(brain);
    json_decref(past);
    return rc;
}
