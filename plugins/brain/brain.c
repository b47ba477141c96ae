/* brain.c - the plugin's entry: files of a crate, each heard once before any is heard
 * again, neighbours as near in tempo as can be. */
#include "crate.h"
#include "ears.h"
#include "pool.h"

#include <forever/plugin.h>

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fv_brain {
    const struct fv_host *host;
    struct pool pool;
    struct crate_said said;
    bool has_recalled; /* the loaded history is in the pool */
    uint64_t places;   /* tracks settled so far */
    double last_bpm;   /* of the last settled; 0 = none */
    json_t *history;   /* uris of the last settled, oldest first */
};

#define HISTORY 2000

static int brain_create(const struct fv_host *host, struct fv_brain **self)
{
    struct fv_brain *made = calloc(1, sizeof *made);
    if (!made)
        return -ENOMEM;
    made->host = host;
    made->history = json_array();
    *self = made;
    return 0;
}

static void brain_destroy(struct fv_brain *self)
{
    pool_release(&self->pool);
    json_decref(self->history);
    free(self);
}

/* ---- state ----------------------------------------------------------------------------
 */

static int brain_save(const struct fv_brain *self, const struct fv_writer *to)
{
    char *history = json_dumps(self->history, JSON_COMPACT);
    int rc = to->put_int(to->ctx, "places", (int64_t)self->places);
    if (rc == 0)
        rc = to->put_real(to->ctx, "last_bpm", self->last_bpm);
    if (rc == 0)
        rc = history ? to->put_json(to->ctx, "history", history) : -ENOMEM;
    free(history);
    return rc;
}

static int brain_load(struct fv_brain *self, const struct fv_reader *from)
{
    json_t *history = json_loads(from->get_json(from->ctx, "history", "[]"), 0, NULL);
    self->places = (uint64_t)from->get_int(from->ctx, "places", 0);
    self->last_bpm = from->get_real(from->ctx, "last_bpm", 0);
    if (json_is_array(history)) {
        json_decref(self->history);
        self->history = history;
        self->has_recalled = false;
    } else {
        json_decref(history);
    }
    return 0;
}

/* Write the history of a brain before this one into the pool. */
static void recall(struct fv_brain *self)
{
    size_t count = json_array_size(self->history);
    for (size_t i = 0; i < count; i++) {
        const char *uri = json_string_value(json_array_get(self->history, i));
        struct pool_track *track = uri ? pool_find(&self->pool, uri) : NULL;
        if (track) {
            track->plays++;
            track->last_place = self->places - count + i;
        }
    }
    self->has_recalled = true;
}

/* A track that is new to the pool is due once, not as often as the others were heard;
 * what failed gets another chance, for its file may have changed. */
static void level(struct fv_brain *self)
{
    uint32_t most = 0;
    for (size_t i = 0; i < self->pool.count; i++)
        if (self->pool.tracks[i].plays > most)
            most = self->pool.tracks[i].plays;
    for (size_t i = 0; i < self->pool.count; i++) {
        struct pool_track *track = &self->pool.tracks[i];
        track->is_failed = false;
        if (most > 0 && track->plays < most - 1)
            track->plays = most - 1;
    }
}

/* ---- sources --------------------------------------------------------------------------
 */

static json_t *crate_names(const struct fv_host *host)
{
    size_t length = host->text(host->ctx, "crate", NULL, 0);
    char *text = malloc(length + 1);
    json_t *names = NULL;
    if (text) {
        host->text(host->ctx, "crate", text, length + 1);
        names = json_loads(text, 0, NULL);
    }
    free(text);
    return names;
}

static int read_crate(struct fv_brain *self, struct crate *crate, struct fv_error *error)
{
    json_t *names = crate_names(self->host), *name;
    size_t i, failed = 0;
    int rc = 0;
    error->text[0] = 0;
    json_array_foreach(names, i, name)
    {
        struct fv_error fault = {{0}};
        rc = crate_add(crate, json_string_value(name), self->host, &self->said, &fault);
        if (rc == -ECANCELED)
            break;
        failed += rc != 0;
        if (rc && json_array_size(names) > 1)
            self->host->log(self->host->ctx, FV_WARNING, fault.text);
        if (fault.text[0])
            *error = fault;
    }
    bool is_lost = failed > 0 && failed == json_array_size(names);
    json_decref(names);
    return is_lost || rc == -ECANCELED ? rc : 0;
}

static int brain_refresh(struct fv_brain *self, struct fv_error *error)
{
    const struct fv_host *host = self->host;
    struct crate crate = {0};
    int rc = read_crate(self, &crate, error);
    crate_settle(&crate);
    if (rc == 0)
        rc = pool_take(&self->pool, &crate,
                       (size_t)host->number(host->ctx, "brain.pool", 400),
                       (uint64_t)host->number(host->ctx, "seed", 1));
    crate_release(&crate);
    if (rc)
        return rc;
    if (!self->has_recalled)
        recall(self);
    level(self);
    for (size_t i = 0; i < self->pool.count; i++)
        if (!self->pool.tracks[i].is_analysed)
            pool_learn(&self->pool.tracks[i], host);
    return (int)self->pool.count;
}

static int brain_pool(struct fv_brain *self, const struct fv_candidate_sink *sink)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < self->pool.count; i++) {
        const struct pool_track *track = &self->pool.tracks[i];
        struct fv_candidate candidate = {.struct_size = sizeof candidate,
                                         .uri = track->uri,
                                         .title = track->title,
                                         .artist = track->artist};
        if (!track->is_failed)
            rc = sink->candidate(sink->ctx, &candidate);
    }
    return rc;
}

/* ---- choosing -------------------------------------------------------------------------
 */

/* How far apart two tempos are, octaves folded: 0 .. 0.5, in octaves. */
static double tempo_distance(double a, double b)
{
    if (a <= 0 || b <= 0)
        return 0.25; /* the expected value of what is not known */
    double octaves = log2(a / b);
    return fabs(octaves - round(octaves));
}

static bool is_better(const struct pool_track *a, const struct pool_track *b, double bpm,
                      uint64_t seed)
{
    if (!b)
        return true;
    if (a->plays != b->plays)
        return a->plays < b->plays;
    double far_a = tempo_distance(a->bpm, bpm), far_b = tempo_distance(b->bpm, bpm);
    if (bpm > 0 && fabs(far_a - far_b) > 1e-6)
        return far_a < far_b;
    return pool_dice(seed, a->uri) < pool_dice(seed, b->uri);
}

/* The best track that may follow; NULL when there is none. */
static struct pool_track *best_after(const struct fv_brain *self, double bpm,
                                     bool in_hurry, bool *has_unheard)
{
    uint64_t seed = (uint64_t)self->host->number(self->host->ctx, "seed", 1);
    struct pool_track *best = NULL, *last = NULL;
    *has_unheard = false;
    for (size_t i = 0; i < self->pool.count; i++) {
        struct pool_track *track = &self->pool.tracks[i];
        if (track->is_failed)
            continue;
        if (!track->is_analysed) {
            *has_unheard = true;
            continue;
        }
        bool is_last = track->plays > 0 && track->last_place + 1 == self->places;
        if (is_last)
            last = track;
        else if (is_better(track, best, bpm, seed))
            best = track;
    }
    if (!best && in_hurry && *has_unheard)
        for (size_t i = 0; i < self->pool.count; i++)
            if (!self->pool.tracks[i].is_failed && !self->pool.tracks[i].is_analysed &&
                is_better(&self->pool.tracks[i], best, 0, seed))
                best = &self->pool.tracks[i];
    return best ? best : last;
}

static int brain_next(struct fv_brain *self, uint32_t flags, struct fv_choice *out)
{
    bool has_unheard, in_hurry = flags & FV_HURRY;
    const struct pool_track *best =
        best_after(self, self->last_bpm, in_hurry, &has_unheard);
    if (has_unheard && !in_hurry)
        return -EAGAIN;
    if (!best)
        return -ENOENT;
    snprintf(out->uri, sizeof out->uri, "%s", best->uri);
    if (self->last_bpm > 0 && best->bpm > 0)
        snprintf(out->why, sizeof out->why, "%.1f BPM is nearest to %.1f", best->bpm,
                 self->last_bpm);
    else
        snprintf(out->why, sizeof out->why, "drawn by the seed");
    return 0;
}

static void settle(struct fv_brain *self, struct pool_track *track)
{
    track->plays++;
    track->last_place = self->places++;
    self->last_bpm = track->bpm;
    json_array_append_new(self->history, json_string(track->uri));
    if (json_array_size(self->history) > HISTORY)
        json_array_remove(self->history, 0);
}

static int brain_upcoming(struct fv_brain *self, int most,
                          const struct fv_candidate_sink *sink)
{
    struct fv_brain future = *self; /* plays the choices through and takes them back */
    size_t size = self->pool.count * sizeof *self->pool.tracks;
    int rc = 0;
    bool has_unheard;
    future.history = json_array();
    future.pool.tracks = malloc(size ? size : 1);
    if (!future.pool.tracks)
        rc = -ENOMEM;
    else if (size)
        memcpy(future.pool.tracks, self->pool.tracks, size);
    for (int i = 0; rc == 0 && i < most; i++) {
        struct pool_track *best =
            best_after(&future, future.last_bpm, false, &has_unheard);
        if (!best)
            break;
        struct fv_candidate candidate = {.struct_size = sizeof candidate,
                                         .uri = best->uri,
                                         .title = best->title,
                                         .artist = best->artist};
        rc = sink->candidate(sink->ctx, &candidate);
        settle(&future, best);
    }
    free(future.pool.tracks);
    json_decref(future.history);
    return rc;
}

static void brain_report(struct fv_brain *self, const char *uri, enum fv_outcome outcome,
                         const char *reason)
{
    struct pool_track *track = pool_find(&self->pool, uri);
    (void)reason;
    if (!track)
        return;
    if (outcome == FV_FAILED)
        track->is_failed = true;
    else if (outcome == FV_SETTLED)
        settle(self, track);
    else if (outcome == FV_ANALYSED) {
        track->is_failed = false;
        pool_learn(track, self->host);
    }
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
    .pool = brain_pool,
    .next = brain_next,
    .upcoming = brain_upcoming,
    .report = brain_report,
};

FV_EXPORT const struct fv_plugin forever_plugin = {
    .struct_size = sizeof forever_plugin,
    .abi_major = FV_ABI_MAJOR,
    .abi_minor = FV_ABI_MINOR,
    .name = "nearest tempo",
    .version = "1.0",
    .brain = &methods,
};
