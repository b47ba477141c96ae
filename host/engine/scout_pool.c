/* scout_pool.c - the brain's pool: which of it is still to be heard, hearing it, and what
 * can't be played. */
#include "scout_rooms.h"

#include "bytes.h"
#include "hear.h"
#include "log.h"
#include "utf8.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define BATCH 2           /* tracks analysed between two looks at the time */
#define SET_ASIDE_MAX 500 /* reasons kept for people */
#define LARGE_MB 48       /* files that are heard after the others: a mix, an album */

/* ---- the brain, and nobody else on it -------------------------------------------------
 */

struct generation *scout_enter_brain(struct scout *scout)
{
    atomic_store(&scout->life_ms, monotonic_ms());
    atomic_store(&scout->is_busy, true);
    return slot_borrow(scout->brain);
}

void scout_leave_brain(struct scout *scout, struct generation *brain)
{
    services_settle(&brain->services);
    generation_drop(brain);
    atomic_store(&scout->is_busy, false);
}

void scout_report(struct scout *scout, const char *uri, enum fv_outcome outcome,
                  const char *reason)
{
    struct generation *brain = scout_enter_brain(scout);
    brain->brain.report(brain->self.brain, uri, outcome, reason);
    scout_leave_brain(scout, brain);
}

/* ---- what is set aside ----------------------------------------------------------------
 */

static void set_aside(struct scout *scout, const char *uri, const char *why)
{
    char name[4096], reason[256];
    utf8_clean(uri, name, sizeof name);
    utf8_clean(why, reason, sizeof reason);
    scout->has_lost = true;
    pthread_mutex_lock(&scout->lock);
    const char *known = json_string_value(json_object_get(scout->set_aside, name));
    bool has_room = json_object_size(scout->set_aside) < SET_ASIDE_MAX;
    bool is_news = known ? strcmp(known, reason) != 0 : has_room;
    if (is_news)
        json_object_set_new(scout->set_aside, name, json_string(reason));
    bool is_last = has_room && json_object_size(scout->set_aside) == SET_ASIDE_MAX;
    pthread_mutex_unlock(&scout->lock);
    if (is_news)
        log_warning("scout", "set aside %s: %s", name, reason);
    if (is_last)
        log_warning("scout", "%d tracks are set aside: nothing is said of others",
                    SET_ASIDE_MAX);
    scout_report(scout, uri, FV_FAILED, reason);
}

static void take_back(struct scout *scout, const char *uri)
{
    char name[4096];
    utf8_clean(uri, name, sizeof name);
    pthread_mutex_lock(&scout->lock);
    json_object_del(scout->set_aside, name);
    pthread_mutex_unlock(&scout->lock);
}

/* ---- the pool -------------------------------------------------------------------------
 */

static int collect_wanted(void *ctx, const struct fv_candidate *candidate)
{
    struct scout *scout = ctx;
    if (scout->wanted_count % 256 == 0)
        scout->wanted =
            must_realloc(scout->wanted, (scout->wanted_count + 256) * sizeof(char *));
    scout->wanted[scout->wanted_count++] = must_strdup(candidate->uri);
    return 0;
}

void scout_forget_wanted(struct scout *scout)
{
    for (size_t i = 0; i < scout->wanted_count; i++)
        free(scout->wanted[i]);
    free(scout->wanted);
    scout->wanted = NULL;
    scout->wanted_count = scout->wanted_at = scout->wanted_soon = 0;
}

static bool is_large(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && about.st_size > (off_t)LARGE_MB << 20;
}

/* No choice waits for a track of hours, unless there is nothing else. */
static void put_large_last(struct scout *scout)
{
    if (scout->wanted_count == 0)
        return;
    char **large = must_alloc(scout->wanted_count * sizeof *large);
    size_t small_count = 0, large_count = 0;
    for (size_t i = 0; i < scout->wanted_count; i++) {
        if (is_large(scout->wanted[i]))
            large[large_count++] = scout->wanted[i];
        else
            scout->wanted[small_count++] = scout->wanted[i];
    }
    memcpy(scout->wanted + small_count, large, large_count * sizeof *large);
    free(large);
    scout->wanted_soon = scout->is_patient ? scout->wanted_count : small_count;
}

/* Of a length that is not played: it was not listened to, and need not be opened again.
 */
static bool is_refused(struct scout *scout, const char *uri, uint32_t version,
                       struct fv_error *fault)
{
    struct track *track;
    library_find(scout->library, uri, uri, version, &track, fault);
    bool is = track && hear_fault(track, scout->settings, fault);
    track_drop(track);
    return is;
}

/* Keep those of the pool that still have to be heard. */
void scout_list_wanted(struct scout *scout)
{
    struct fv_candidate_sink sink = {
        .struct_size = sizeof sink, .ctx = scout, .candidate = collect_wanted};
    scout_forget_wanted(scout);
    struct generation *brain = scout_enter_brain(scout);
    uint32_t version = brain->brain.analysis_version;
    brain->brain.pool(brain->self.brain, &sink);
    scout_leave_brain(scout, brain);
    size_t kept = 0;
    for (size_t i = 0; i < scout->wanted_count; i++) {
        struct fv_error fault;
        char *uri = scout->wanted[i];
        bool known = library_knows(scout->library, uri, version, &fault) ||
                     is_refused(scout, uri, version, &fault);
        if (fault.text[0])
            set_aside(scout, uri, fault.text);
        if (known)
            free(uri);
        else
            scout->wanted[kept++] = uri;
    }
    scout->wanted_count = kept;
    put_large_last(scout);
}

int scout_refresh(struct scout *scout, struct fv_error *error)
{
    error->text[0] = 0;
    struct generation *brain = scout_enter_brain(scout);
    int rc = brain->brain.refresh(brain->self.brain, error);
    scout_leave_brain(scout, brain);
    if (rc < 0)
        generation_explain(rc, "refresh", error);
    scout->refreshed_ms = monotonic_ms();
    scout->has_lost = false;
    scout->has_grown = rc > scout->pool_count;
    if (rc >= 0) {
        scout->pool_count = rc;
        scout_list_wanted(scout);
    }
    return rc;
}

static struct hearing hearing_of(struct scout *scout, struct generation *brain,
                                 struct generation *codec)
{
    return (struct hearing){.brain = brain,
                            .codec = codec,
                            .library = scout->library,
                            .settings = scout->settings,
                            .is_for_show = true,
                            .is_on_trial = slot_is_on_probation(scout->brain) ||
                                           slot_is_on_probation(scout->codec),
                            .is_cancelled = &scout->is_cancelled,
                            .life_ms = &scout->life_ms};
}

static int hear_unless(struct scout *scout, atomic_bool *is_cancelled, const char *uri,
                       struct track **track)
{
    struct fv_error error = {{0}};
    char path[4096];
    struct generation *brain = scout_enter_brain(scout);
    struct generation *codec = slot_borrow(scout->codec);
    struct hearing hearing = hearing_of(scout, brain, codec);
    hearing.is_cancelled = is_cancelled;
    int rc = 0;
    snprintf(path, sizeof path, "%s", uri);
    if (brain->brain.fetch)
        rc = brain->brain.fetch(brain->self.brain, uri, path, sizeof path, &error);
    path[sizeof path - 1] = 0;
    if (rc)
        generation_explain(rc, "fetch", &error);
    else
        rc = hear_file(&hearing, uri, path, track, &error);
    generation_drop(codec);
    scout_leave_brain(scout, brain);
    if (rc == 0) {
        take_back(scout, uri);
        scout_report(scout, uri, FV_ANALYSED, NULL);
    } else if (rc != -ECANCELED) {
        set_aside(scout, uri, error.text);
    }
    return rc;
}

int scout_hear_one(struct scout *scout, const char *uri, struct track **track)
{
    return hear_unless(scout, &scout->is_cancelled, uri, track);
}

void scout_hear_ahead(struct scout *scout)
{
    struct track *track = NULL;
    hear_unless(scout, &scout->is_called_away, scout->wanted[scout->wanted_at++], &track);
    track_drop(track);
}

struct batch {
    struct scout *scout;
    char **uris;
    size_t done, of;
    int *results;
    struct fv_error *errors;
};

static void on_heard(void *ctx, size_t index, struct track *track, int rc,
                     const struct fv_error *error)
{
    struct batch *batch = ctx;
    batch->results[index] = rc;
    batch->errors[index] = *error;
    (void)track;
    batch->done++;
    if (batch->scout->on_progress)
        batch->scout->on_progress(batch->scout->ctx, batch->uris[index], batch->done,
                                  batch->of);
}

/* A track that has to be fetched first, which only the brain's own thread may do. */
static bool is_far(const char *uri)
{
    return uri[0] != '/';
}

static size_t count_near(const struct scout *scout)
{
    size_t count = 0;
    while (scout->wanted_at + count < scout->wanted_soon &&
           !is_far(scout->wanted[scout->wanted_at + count]))
        count++;
    return count;
}

/* Analyse what is wanted, or the next few of it, on all processors; tell the brain in the
 * pool's order. */
void scout_hear_wanted(struct scout *scout)
{
    size_t count = count_near(scout);
    if (count == 0 && scout->wanted_at < scout->wanted_soon) {
        struct track *track = NULL;
        scout_hear_one(scout, scout->wanted[scout->wanted_at++], &track);
        track_drop(track);
        return;
    }
    if (!scout->is_patient && count > BATCH)
        count = BATCH;
    struct batch batch = {.scout = scout,
                          .uris = scout->wanted + scout->wanted_at,
                          .of = count,
                          .results = must_alloc(count * sizeof *batch.results),
                          .errors = must_alloc(count * sizeof *batch.errors)};
    struct generation *brain = scout_enter_brain(scout);
    struct generation *codec = slot_borrow(scout->codec);
    struct hearing hearing = hearing_of(scout, brain, codec);
    int threads = (int)settings_number(scout->settings, "library.analysis_threads", 0);
    hear_files(&hearing, (const char *const *)batch.uris, count, threads, on_heard,
               &batch);
    generation_drop(codec);
    scout_leave_brain(scout, brain);
    for (size_t i = 0; i < count; i++) {
        if (batch.results[i] == 0)
            scout_report(scout, batch.uris[i], FV_ANALYSED, NULL);
        else if (batch.results[i] != -ECANCELED)
            set_aside(scout, batch.uris[i], batch.errors[i].text);
    }
    scout->wanted_at += count;
    free(batch.results);
    free(batch.errors);
}
