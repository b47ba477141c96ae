/* scout.c - one loop: swap the brain, grant wishes, keep tracks ready, and with nothing
 * else to do analyse the rest of the pool. */
#include "scout.h"

#include "bytes.h"
#include "hear.h"
#include "log.h"
#include "utf8.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WAIT_MAX 24       /* unheard tracks that a choice waits for when nobody starves */
#define PATIENCE_MS 8000  /* so long at the start, even when nothing plays yet */
#define BATCH 4           /* tracks analysed between two looks at the time */
#define FAILURES_MAX 200  /* tracks that fail in a row before the scout takes a rest */
#define SET_ASIDE_MAX 500 /* reasons kept for people */
#define UPCOMING 10
#define IDLE_MS 1000

/* ---- life -----------------------------------------------------------------------------
 */

void scout_init(struct scout *scout)
{
    pthread_mutex_init(&scout->lock, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&scout->woken, &attributes);
    pthread_condattr_destroy(&attributes);
    atomic_store(&scout->life_ms, monotonic_ms());
    scout->started_ms = monotonic_ms();
    scout->set_aside = json_object();
    scout->upcoming = json_array();
}

static void forget_wanted(struct scout *scout)
{
    for (size_t i = 0; i < scout->wanted_count; i++)
        free(scout->wanted[i]);
    free(scout->wanted);
    scout->wanted = NULL;
    scout->wanted_count = scout->wanted_at = 0;
}

void scout_release(struct scout *scout)
{
    for (size_t i = 0; i < scout->ready_count; i++)
        track_drop(scout->ready[i]);
    for (size_t i = 0; i < SCOUT_RECENT; i++)
        track_drop(scout->recent[i]);
    track_drop(scout->heard);
    while (scout->wishes) {
        struct scout_wish *next = scout->wishes->next;
        free(scout->wishes->line);
        free(scout->wishes);
        scout->wishes = next;
    }
    forget_wanted(scout);
    json_decref(scout->brain_state);
    json_decref(scout->upcoming);
    json_decref(scout->set_aside);
    pthread_cond_destroy(&scout->woken);
    pthread_mutex_destroy(&scout->lock);
}

void scout_restore(struct scout *scout, const json_t *past,
                   struct track *(*find)(void *ctx, const json_t *track), void *ctx)
{
    const json_t *ready = json_object_get(past, "ready");
    const json_t *aside = json_object_get(past, "set_aside");
    scout->plays = (uint64_t)json_integer_value(json_object_get(past, "plays"));
    scout->is_on_air = true;
    for (size_t i = 0; i < json_array_size(ready) && i < SCOUT_READY; i++) {
        struct track *track = find(ctx, json_array_get(ready, i));
        if (track)
            scout->ready[scout->ready_count++] = track;
    }
    if (json_is_object(aside))
        json_object_update(scout->set_aside, (json_t *)aside);
}

/* ---- the brain, and nobody else on it -------------------------------------------------
 */

static struct generation *enter_brain(struct scout *scout)
{
    atomic_store(&scout->life_ms, monotonic_ms());
    atomic_store(&scout->is_busy, true);
    return slot_borrow(scout->brain);
}

static void leave_brain(struct scout *scout, struct generation *brain)
{
    services_settle(&brain->services);
    generation_drop(brain);
    atomic_store(&scout->is_busy, false);
}

static void report(struct scout *scout, const char *uri, enum fv_outcome outcome,
                   const char *reason)
{
    struct generation *brain = enter_brain(scout);
    brain->brain.report(brain->self.brain, uri, outcome, reason);
    leave_brain(scout, brain);
}

/* ---- what is set aside ----------------------------------------------------------------
 */

static void set_aside(struct scout *scout, const char *uri, const char *why)
{
    char name[4096], reason[256];
    utf8_clean(uri, name, sizeof name);
    utf8_clean(why, reason, sizeof reason);
    pthread_mutex_lock(&scout->lock);
    const char *known = json_string_value(json_object_get(scout->set_aside, name));
    bool is_news = !known || strcmp(known, reason) != 0;
    if (is_news && json_object_size(scout->set_aside) < SET_ASIDE_MAX)
        json_object_set_new(scout->set_aside, name, json_string(reason));
    pthread_mutex_unlock(&scout->lock);
    if (is_news)
        log_warning("scout", "set aside %s: %s", name, reason);
    report(scout, uri, FV_FAILED, reason);
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

/* Keep those of the pool that still have to be heard. */
static void list_wanted(struct scout *scout)
{
    struct fv_candidate_sink sink = {
        .struct_size = sizeof sink, .ctx = scout, .candidate = collect_wanted};
    forget_wanted(scout);
    struct generation *brain = enter_brain(scout);
    uint32_t version = brain->brain.analysis_version;
    brain->brain.pool(brain->self.brain, &sink);
    leave_brain(scout, brain);
    size_t kept = 0;
    for (size_t i = 0; i < scout->wanted_count; i++) {
        struct fv_error fault;
        char *uri = scout->wanted[i];
        int known = library_knows(scout->library, uri, version, &fault);
        if (fault.text[0])
            set_aside(scout, uri, fault.text);
        if (known)
            free(uri);
        else
            scout->wanted[kept++] = uri;
    }
    scout->wanted_count = kept;
}

static int refresh(struct scout *scout, struct fv_error *error)
{
    error->text[0] = 0;
    struct generation *brain = enter_brain(scout);
    int rc = brain->brain.refresh(brain->self.brain, error);
    leave_brain(scout, brain);
    scout->refreshed_ms = monotonic_ms();
    if (rc >= 0)
        list_wanted(scout);
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
                            .is_cancelled = &scout->is_cancelled,
                            .life_ms = &scout->life_ms};
}

/* Analyse a file; tell the brain. returns 0 or -errno, the reason is set aside */
static int hear_one(struct scout *scout, const char *uri, struct track **track)
{
    struct fv_error error = {{0}};
    char path[4096];
    struct generation *brain = enter_brain(scout);
    struct generation *codec = slot_borrow(scout->codec);
    struct hearing hearing = hearing_of(scout, brain, codec);
    int rc = 0;
    snprintf(path, sizeof path, "%s", uri);
    if (brain->brain.fetch)
        rc = brain->brain.fetch(brain->self.brain, uri, path, sizeof path, &error);
    if (rc == 0)
        rc = hear_file(&hearing, uri, path, track, &error);
    generation_drop(codec);
    leave_brain(scout, brain);
    if (rc == 0) {
        take_back(scout, uri);
        report(scout, uri, FV_ANALYSED, NULL);
    } else if (rc != -ECANCELED) {
        set_aside(scout, uri, error.text);
    }
    return rc;
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

/* Analyse what is wanted, or the next few of it, on all processors; tell the brain in the
 * pool's order. */
static void hear_wanted(struct scout *scout)
{
    size_t count = scout->wanted_count - scout->wanted_at;
    if (!scout->is_patient && count > BATCH)
        count = BATCH;
    struct batch batch = {.scout = scout,
                          .uris = scout->wanted + scout->wanted_at,
                          .of = count,
                          .results = must_alloc(count * sizeof *batch.results),
                          .errors = must_alloc(count * sizeof *batch.errors)};
    struct generation *brain = enter_brain(scout);
    struct generation *codec = slot_borrow(scout->codec);
    struct hearing hearing = hearing_of(scout, brain, codec);
    int threads = (int)settings_number(scout->settings, "library.analysis_threads", 0);
    hear_files(&hearing, (const char *const *)batch.uris, count, threads, on_heard,
               &batch);
    generation_drop(codec);
    leave_brain(scout, brain);
    for (size_t i = 0; i < count; i++) {
        if (batch.results[i] == 0)
            report(scout, batch.uris[i], FV_ANALYSED, NULL);
        else if (batch.results[i] != -ECANCELED)
            set_aside(scout, batch.uris[i], batch.errors[i].text);
    }
    scout->wanted_at += count;
    free(batch.results);
    free(batch.errors);
}

/* ---- choosing -------------------------------------------------------------------------
 */

static struct track *name_play(struct scout *scout, const struct track *track,
                               const char *why)
{
    char id[32];
    pthread_mutex_lock(&scout->lock);
    snprintf(id, sizeof id, "%.8s-%llu", track->hash, (unsigned long long)scout->plays++);
    pthread_mutex_unlock(&scout->lock);
    return track_play(track, id, why);
}

static void put_ready(struct scout *scout, struct track *play)
{
    pthread_mutex_lock(&scout->lock);
    scout->ready[scout->ready_count++] = play;
    pthread_mutex_unlock(&scout->lock);
    scout->failures = 0;
    scout->is_on_air = true;
    scout->on_ready(scout->ctx);
}

/* Nothing else can be played: one of the last tracks again. */
static bool repeat(struct scout *scout)
{
    pthread_mutex_lock(&scout->lock);
    struct track *again = NULL;
    for (size_t i = 0; i < SCOUT_RECENT && !again; i++) {
        size_t oldest = (scout->recent_next + i) % SCOUT_RECENT;
        again = track_hold(scout->recent[oldest]);
        if (again)
            scout->recent_next = (oldest + 1) % SCOUT_RECENT;
    }
    pthread_mutex_unlock(&scout->lock);
    if (!again)
        return false;
    if (!scout->was_repeating)
        log_warning("scout", "nothing else can be played: repeating the last tracks");
    scout->was_repeating = true;
    put_ready(scout, name_play(scout, again, "nothing else can be played"));
    track_drop(again);
    return true;
}

static int ask_brain(struct scout *scout, uint32_t flags, struct fv_choice *choice)
{
    *choice = (struct fv_choice){.struct_size = sizeof *choice};
    struct generation *brain = enter_brain(scout);
    int rc = brain->brain.next(brain->self.brain, flags, choice);
    choice->uri[sizeof choice->uri - 1] = 0;
    choice->why[sizeof choice->why - 1] = 0;
    leave_brain(scout, brain);
    return rc;
}

static bool must_hurry(struct scout *scout)
{
    if (scout->is_patient)
        return false;
    pthread_mutex_lock(&scout->lock);
    bool is_starving = scout->is_starving;
    pthread_mutex_unlock(&scout->lock);
    bool has_waited = monotonic_ms() - scout->started_ms > PATIENCE_MS;
    return (is_starving && (scout->is_on_air || has_waited)) ||
           scout->wanted_count - scout->wanted_at > WAIT_MAX;
}

/* returns true when a track became ready, false when there is nothing to be had now */
static bool choose(struct scout *scout)
{
    struct fv_choice choice;
    struct track *track = NULL;
    int rc = ask_brain(scout, must_hurry(scout) ? FV_HURRY : 0, &choice);
    if (rc == -EAGAIN && scout->wanted_at < scout->wanted_count) {
        hear_wanted(scout);
        return true;
    }
    if (rc == -EAGAIN)
        rc = ask_brain(scout, FV_HURRY, &choice);
    if (rc == 0 && hear_one(scout, choice.uri, &track) == 0) {
        report(scout, choice.uri, FV_SETTLED, NULL);
        scout->was_repeating = false;
        put_ready(scout, name_play(scout, track, choice.why));
        track_drop(track);
        return true;
    }
    if (rc == 0 && ++scout->failures < FAILURES_MAX)
        return !atomic_load(&scout->is_cancelled);
    scout->failures = 0;
    if (scout->is_on_air)
        return repeat(scout);
    scout->on_hopeless(scout->ctx, "no track of the crate can be played");
    return false;
}

/* ---- people ---------------------------------------------------------------------------
 */

static int collect_upcoming(void *ctx, const struct fv_candidate *candidate)
{
    char uri[4096], title[256], artist[256], why[256];
    utf8_clean(candidate->uri, uri, sizeof uri);
    utf8_clean(candidate->title ? candidate->title : "", title, sizeof title);
    utf8_clean(candidate->artist ? candidate->artist : "", artist, sizeof artist);
    utf8_clean(candidate->why ? candidate->why : "", why, sizeof why);
    json_array_append_new(ctx, json_pack("{s:s, s:s, s:s, s:s}", "uri", uri, "title",
                                         title, "artist", artist, "why", why));
    return 0;
}

/* Note the brain's state and its plans for checkpoints and for people. */
static void take_stock(struct scout *scout)
{
    json_t *upcoming = json_array();
    struct fv_candidate_sink sink = {
        .struct_size = sizeof sink, .ctx = upcoming, .candidate = collect_upcoming};
    struct generation *brain = enter_brain(scout);
    if (brain->brain.upcoming)
        brain->brain.upcoming(brain->self.brain, UPCOMING, &sink);
    json_t *state = generation_save(brain);
    leave_brain(scout, brain);
    pthread_mutex_lock(&scout->lock);
    json_decref(scout->upcoming);
    scout->upcoming = upcoming;
    if (state) {
        json_decref(scout->brain_state);
        scout->brain_state = state;
    }
    pthread_mutex_unlock(&scout->lock);
    scout->on_change(scout->ctx);
}

static void grant(struct scout *scout, struct scout_wish *wish)
{
    char *argument = wish->line + strcspn(wish->line, " \t");
    struct fv_error error = {{0}};
    char *reply = must_alloc(65536);
    int rc = -ENOSYS;
    if (*argument)
        *argument++ = 0;
    argument += strspn(argument, " \t");
    struct generation *brain = enter_brain(scout);
    if (brain->brain.wish)
        rc = brain->brain.wish(brain->self.brain, wish->line, argument, reply, 65536,
                               &error);
    leave_brain(scout, brain);
    json_t *answer = rc == 0 ? json_loads(reply, 0, NULL) : NULL;
    if (rc == -ENOSYS)
        snprintf(error.text, sizeof error.text, "not yet: this brain knows no \"%.60s\"",
                 wish->line);
    else if (rc && !error.text[0])
        snprintf(error.text, sizeof error.text, "%.60s: %s", wish->line, strerror(-rc));
    if (rc)
        answer = json_pack("{s:b, s:s}", "ok", 0, "error", error.text);
    else if (!json_is_object(answer)) {
        json_decref(answer);
        answer = json_object();
    }
    if (rc == 0)
        json_object_set_new(answer, "ok", json_true());
    scout->on_reply(scout->ctx, wish->id, answer);
    free(reply);
    free(wish->line);
    free(wish);
}

static bool grant_wishes(struct scout *scout)
{
    pthread_mutex_lock(&scout->lock);
    struct scout_wish *wish = scout->wishes;
    if (wish)
        scout->wishes = wish->next;
    pthread_mutex_unlock(&scout->lock);
    if (!wish)
        return false;
    grant(scout, wish);
    return true;
}

static bool tell_heard(struct scout *scout)
{
    pthread_mutex_lock(&scout->lock);
    struct track *track = scout->heard;
    scout->heard = NULL;
    pthread_mutex_unlock(&scout->lock);
    if (!track)
        return false;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    library_note_heard(scout->library, track,
                       (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
    report(scout, track->uri, FV_HEARD, NULL);
    track_drop(track);
    return true;
}

/* ---- the loop -------------------------------------------------------------------------
 */

static bool swap_brain(struct scout *scout)
{
    struct swap swap;
    if (!slot_has_staged(scout->brain))
        return false;
    struct generation *fresh = slot_prepare(scout->brain, &swap);
    if (fresh) {
        struct fv_error error = {{0}};
        fresh->services.life_ms = &scout->life_ms;
        int rc = fresh->brain.refresh(fresh->self.brain, &error);
        services_settle(&fresh->services);
        slot_settle(scout->brain, fresh, rc < 0 ? error.text : NULL, &swap);
    }
    if (swap.is_done)
        list_wanted(scout);
    scout->on_swap(scout->ctx, &swap);
    return true;
}

static bool has_room(struct scout *scout)
{
    pthread_mutex_lock(&scout->lock);
    bool has = scout->ready_count < SCOUT_READY;
    pthread_mutex_unlock(&scout->lock);
    return has;
}

static void refresh_when_due(struct scout *scout)
{
    pthread_mutex_lock(&scout->lock);
    bool has_config = scout->has_config;
    scout->has_config = false;
    pthread_mutex_unlock(&scout->lock);
    int64_t age_ms = monotonic_ms() - scout->refreshed_ms;
    double every_s = settings_number(scout->settings, "brain.rescan_s", 10);
    if (scout->is_refreshed && !has_config &&
        (scout->is_patient || (double)age_ms < every_s * 1000))
        return;
    struct fv_error error;
    int rc = refresh(scout, &error);
    bool is_first = !scout->is_refreshed;
    scout->is_refreshed = true;
    if (rc < 0 && is_first && !scout->is_on_air)
        scout->on_hopeless(scout->ctx, error.text);
    else if (rc == 0 && is_first && !scout->is_on_air)
        scout->on_hopeless(scout->ctx, "the crate is empty: no audio files in it");
    else if (rc < 0 && error.text[0])
        log_warning("scout", "%s", error.text);
}

bool scout_turn(struct scout *scout)
{
    struct track *track = NULL;
    bool has_changed = swap_brain(scout) | tell_heard(scout);
    has_changed |= grant_wishes(scout);
    refresh_when_due(scout);
    if (atomic_load(&scout->is_cancelled))
        return true;
    bool is_idle = !has_changed;
    if (has_room(scout) && choose(scout)) {
        has_changed = true;
        is_idle = false;
    } else if (scout->wanted_at < scout->wanted_count && !has_room(scout)) {
        hear_one(scout, scout->wanted[scout->wanted_at++], &track);
        track_drop(track);
        is_idle = false;
        has_changed = scout->wanted_at == scout->wanted_count;
    }
    if (has_changed || !scout->brain_state)
        take_stock(scout);
    return is_idle;
}

static void *scout_thread(void *given)
{
    struct scout *scout = given;
    bool is_quitting = false;
    while (!is_quitting) {
        bool is_idle = scout_turn(scout);
        pthread_mutex_lock(&scout->lock);
        if (is_idle && !scout->is_quitting && !scout->wishes && !scout->heard) {
            struct timespec until;
            clock_gettime(CLOCK_MONOTONIC, &until);
            until.tv_sec += IDLE_MS / 1000;
            pthread_cond_timedwait(&scout->woken, &scout->lock, &until);
        }
        is_quitting = scout->is_quitting;
        pthread_mutex_unlock(&scout->lock);
    }
    return NULL;
}

int scout_start(struct scout *scout)
{
    int rc = -pthread_create(&scout->thread, NULL, scout_thread, scout);
    scout->has_thread = rc == 0;
    return rc;
}

void scout_stop(struct scout *scout)
{
    atomic_store(&scout->is_cancelled, true);
    pthread_mutex_lock(&scout->lock);
    scout->is_quitting = true;
    pthread_cond_signal(&scout->woken);
    pthread_mutex_unlock(&scout->lock);
    if (scout->has_thread)
        pthread_join(scout->thread, NULL);
    scout->has_thread = false;
}

/* ---- from other threads ---------------------------------------------------------------
 */

struct track *scout_take(struct scout *scout)
{
    pthread_mutex_lock(&scout->lock);
    struct track *track = scout->ready_count ? scout->ready[0] : NULL;
    if (track) {
        scout->ready_count--;
        memmove(scout->ready, scout->ready + 1,
                scout->ready_count * sizeof *scout->ready);
        pthread_cond_signal(&scout->woken);
    }
    pthread_mutex_unlock(&scout->lock);
    return track;
}

void scout_starve(struct scout *scout, bool is_starving)
{
    pthread_mutex_lock(&scout->lock);
    if (is_starving && !scout->is_starving)
        pthread_cond_signal(&scout->woken);
    scout->is_starving = is_starving;
    pthread_mutex_unlock(&scout->lock);
}

void scout_note_heard(struct scout *scout, struct track *track)
{
    pthread_mutex_lock(&scout->lock);
    track_drop(scout->heard);
    scout->heard = track_hold(track);
    track_drop(scout->recent[scout->recent_next]);
    scout->recent[scout->recent_next] = track_hold(track);
    scout->recent_next = (scout->recent_next + 1) % SCOUT_RECENT;
    pthread_cond_signal(&scout->woken);
    pthread_mutex_unlock(&scout->lock);
}

void scout_note_failed(struct scout *scout, const struct track *track, const char *why)
{
    char name[4096];
    utf8_clean(track->uri, name, sizeof name);
    log_warning("scout", "set aside %s: %s", name, why);
    library_refuse(scout->library, track->path, why);
    pthread_mutex_lock(&scout->lock);
    json_object_set_new(scout->set_aside, name, json_string(why));
    for (size_t i = 0; i < SCOUT_RECENT; i++) {
        if (scout->recent[i] && strcmp(scout->recent[i]->uri, track->uri) == 0) {
            track_drop(scout->recent[i]);
            scout->recent[i] = NULL;
        }
    }
    pthread_mutex_unlock(&scout->lock);
}

void scout_wish(struct scout *scout, uint64_t id, const char *line)
{
    struct scout_wish *wish = must_alloc(sizeof *wish);
    wish->id = id;
    wish->line = must_strdup(line);
    pthread_mutex_lock(&scout->lock);
    struct scout_wish **place = &scout->wishes;
    while (*place)
        place = &(*place)->next;
    *place = wish;
    pthread_cond_signal(&scout->woken);
    pthread_mutex_unlock(&scout->lock);
}

void scout_wake(struct scout *scout, bool has_config)
{
    pthread_mutex_lock(&scout->lock);
    scout->has_config |= has_config;
    pthread_cond_signal(&scout->woken);
    pthread_mutex_unlock(&scout->lock);
}

json_t *scout_json(struct scout *scout)
{
    pthread_mutex_lock(&scout->lock);
    json_t *ready = json_array();
    for (size_t i = 0; i < scout->ready_count; i++)
        json_array_append_new(ready, track_json(scout->ready[i]));
    json_t *json = json_pack("{s:o, s:I, s:O, s:O, s:O?}", "ready", ready, "plays",
                             (json_int_t)scout->plays, "upcoming", scout->upcoming,
                             "set_aside", scout->set_aside, "brain", scout->brain_state);
    pthread_mutex_unlock(&scout->lock);
    json_t *apart = json_deep_copy(json);
    json_decref(json);
    return apart;
}
