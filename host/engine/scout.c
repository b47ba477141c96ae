/* scout.c - one loop: swap the brain, grant wishes, keep tracks ready, and with nothing
 * else to do analyse the rest of the pool. */
#include "scout_rooms.h"

#include "bytes.h"
#include "log.h"
#include "utf8.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WAIT_MAX 24      /* unheard tracks that a choice waits for when nobody starves */
#define PATIENCE_MS 1500 /* so long at the very start, when nothing plays yet */
#define FAILURES_MAX 200 /* tracks that fail in a row before the scout takes a rest */
#define IDLE_MS 1000
#define TAKEN "is_being_planned"

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

void scout_release(struct scout *scout)
{
    for (size_t i = 0; i < scout->ready_count; i++)
        track_drop(scout->ready[i]);
    for (size_t i = 0; i < SCOUT_RECENT; i++)
        track_drop(scout->recent[i]);
    track_drop(scout->heard);
    track_drop(scout->taken);
    while (scout->wishes) {
        struct scout_wish *next = scout->wishes->next;
        free(scout->wishes->line);
        free(scout->wishes);
        scout->wishes = next;
    }
    scout_forget_wanted(scout);
    json_decref(scout->brain_state);
    json_decref(scout->upcoming);
    json_decref(scout->set_aside);
    pthread_cond_destroy(&scout->woken);
    pthread_mutex_destroy(&scout->lock);
}

void scout_restore(struct scout *scout, const json_t *past, bool is_clean,
                   struct track *(*find)(void *ctx, const json_t *track), void *ctx)
{
    const json_t *ready = json_object_get(past, "ready");
    const json_t *aside = json_object_get(past, "set_aside");
    for (size_t i = 0; i < json_array_size(ready) && i < SCOUT_READY + SCOUT_BACK; i++) {
        const json_t *one = json_array_get(ready, i);
        bool is_suspect = is_clean && json_is_true(json_object_get(one, TAKEN));
        struct track *track = is_suspect ? NULL : find(ctx, one);
        if (track)
            scout->ready[scout->ready_count++] = track;
    }
    if (json_is_object(aside))
        json_object_update(scout->set_aside, (json_t *)aside);
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

static json_t *save_brain(struct scout *scout)
{
    struct generation *brain = scout_enter_brain(scout);
    json_t *state = generation_save(brain);
    scout_leave_brain(scout, brain);
    return state;
}

/* `play` is given. While it was heard a skip may have given back as many as there is room
 * for. What the brain remembers of it is known at the same moment: an engine that goes on
 * from between the two would choose it again, or not at all. */
static void put_ready(struct scout *scout, struct track *play)
{
    json_t *state = save_brain(scout);
    pthread_mutex_lock(&scout->lock);
    bool has_place = scout->ready_count < SCOUT_READY + SCOUT_BACK;
    if (has_place)
        scout->ready[scout->ready_count++] = play;
    if (state) {
        json_decref(scout->brain_state);
        scout->brain_state = state;
    }
    pthread_mutex_unlock(&scout->lock);
    if (!has_place)
        track_drop(play);
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
    struct generation *brain = scout_enter_brain(scout);
    int rc = brain->brain.next(brain->self.brain, flags, choice);
    choice->uri[sizeof choice->uri - 1] = 0;
    choice->why[sizeof choice->why - 1] = 0;
    choice->title[sizeof choice->title - 1] = 0;
    choice->artist[sizeof choice->artist - 1] = 0;
    choice->license[sizeof choice->license - 1] = 0;
    scout_leave_brain(scout, brain);
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
           scout->wanted_soon > scout->wanted_at + WAIT_MAX;
}

/* What can't be played makes room in the pool: there may be others in the crate.
 * returns whether there were */
static bool look_for_others(struct scout *scout)
{
    struct fv_error error;
    if (!scout->has_lost || !scout->has_grown)
        return false;
    scout_refresh(scout, &error);
    return scout->has_grown;
}

/* returns true when a track became ready, false when there is nothing to be had now */
static bool choose(struct scout *scout)
{
    struct fv_choice choice;
    struct track *track = NULL;
    int rc = ask_brain(scout, must_hurry(scout) ? FV_HURRY : 0, &choice);
    if (rc == -EAGAIN && scout->wanted_at < scout->wanted_soon) {
        scout_hear_wanted(scout);
        return true;
    }
    if (rc == -EAGAIN)
        rc = ask_brain(scout, FV_HURRY, &choice);
    if (rc == 0 && scout_hear_one(scout, choice.uri, &track) == 0) {
        scout_report(scout, choice.uri, FV_SETTLED, NULL);
        scout->was_repeating = false;
        struct track *play = name_play(scout, track, choice.why);
        track_call(play, choice.title, choice.artist, choice.license);
        put_ready(scout, play);
        track_drop(track);
        return true;
    }
    if (rc == 0 && ++scout->failures < FAILURES_MAX)
        return !atomic_load(&scout->is_cancelled);
    scout->failures = 0;
    if (scout->is_on_air)
        return repeat(scout);
    if (look_for_others(scout))
        return true;
    scout->on_hopeless(scout->ctx, "no track of the crate can be played");
    return false;
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
        if (rc < 0)
            generation_explain(rc, "refresh", &error);
        slot_settle(scout->brain, fresh, rc < 0 ? error.text : NULL, &swap);
    }
    if (swap.is_done)
        scout_list_wanted(scout);
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

/* A crate that stays away is looked for every few seconds, and complained of once. */
static void complain_of_crate(struct scout *scout, const struct fv_error *error)
{
    if (error->text[0] && strcmp(error->text, scout->complaint.text) != 0)
        log_warning("scout", "%s", error->text);
    scout->complaint = *error;
}

/* returns has it looked at the crate */
static bool refresh_when_due(struct scout *scout)
{
    pthread_mutex_lock(&scout->lock);
    bool has_config = scout->has_config;
    scout->has_config = false;
    pthread_mutex_unlock(&scout->lock);
    int64_t age_ms = monotonic_ms() - scout->refreshed_ms;
    double every_s = settings_number(scout->settings, "brain.rescan_s", 10);
    double every = settings_number(scout->settings, "brain.pool", 400);
    bool is_due = scout->is_patient
                      ? (double)(scout->plays - scout->refreshed_plays) >= every
                      : (double)age_ms >= every_s * 1000;
    if (scout->is_refreshed && !has_config && !is_due)
        return false;
    scout->refreshed_plays = scout->plays;
    struct fv_error error;
    int rc = scout_refresh(scout, &error);
    bool is_first = !scout->is_refreshed;
    scout->is_refreshed = true;
    if (rc < 0 && is_first && !scout->is_on_air)
        scout->on_hopeless(scout->ctx, error.text);
    else if (rc == 0 && is_first && !scout->is_on_air)
        scout->on_hopeless(scout->ctx, "the crate is empty: no audio files in it");
    else
        complain_of_crate(scout, rc < 0 ? &error : &(struct fv_error){{0}});
    return true;
}

static bool take_planned(struct scout *scout)
{
    pthread_mutex_lock(&scout->lock);
    bool has_plan = scout->has_plan;
    scout->has_plan = false;
    pthread_mutex_unlock(&scout->lock);
    return has_plan;
}

bool scout_turn(struct scout *scout)
{
    atomic_store(&scout->is_called_away, false);
    bool has_changed = swap_brain(scout);
    has_changed |= scout_tell_heard(scout);
    has_changed |= take_planned(scout);
    scout_grant_wishes(scout);
    bool has_looked = refresh_when_due(scout);
    if (atomic_load(&scout->is_cancelled))
        return true;
    bool is_idle = !has_changed;
    if (has_room(scout) && choose(scout)) {
        has_changed = true;
        is_idle = false;
    } else if (scout->wanted_at < scout->wanted_count && !has_room(scout)) {
        scout_hear_ahead(scout);
        is_idle = false;
        has_changed |= scout->wanted_at == scout->wanted_count;
    }
    if (has_changed || !scout->brain_state || (has_looked && scout_has_news(scout)))
        scout_take_stock(scout);
    return is_idle;
}

/* What has come up can't wait for a long analysis; the lock is held. */
static void call_away(struct scout *scout)
{
    atomic_store(&scout->is_called_away, true);
    pthread_cond_signal(&scout->woken);
}

static void *scout_thread(void *given)
{
    struct scout *scout = given;
    bool is_quitting = false;
    while (!is_quitting) {
        bool is_idle = scout_turn(scout);
        pthread_mutex_lock(&scout->lock);
        if (is_idle && !scout->is_quitting && !scout->wishes && !scout->heard &&
            !scout->has_plan) {
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
    call_away(scout);
    pthread_mutex_unlock(&scout->lock);
    if (scout->has_thread)
        pthread_join(scout->thread, NULL);
    scout->has_thread = false;
}

/* ---- from other threads ---------------------------------------------------------------
 */

static void replace_taken(struct scout *scout, struct track *track)
{
    struct track *before = scout->taken;
    scout->taken = track_hold(track);
    track_drop(before);
}

void scout_keep(struct scout *scout, struct track *track)
{
    pthread_mutex_lock(&scout->lock);
    replace_taken(scout, track);
    pthread_mutex_unlock(&scout->lock);
}

void scout_let_go(struct scout *scout, const struct track *track)
{
    pthread_mutex_lock(&scout->lock);
    if (scout->taken == track)
        replace_taken(scout, NULL);
    pthread_mutex_unlock(&scout->lock);
}

struct track *scout_take(struct scout *scout)
{
    pthread_mutex_lock(&scout->lock);
    struct track *track = scout->ready_count ? scout->ready[0] : NULL;
    if (track) {
        scout->ready_count--;
        memmove(scout->ready, scout->ready + 1,
                scout->ready_count * sizeof *scout->ready);
        replace_taken(scout, track);
        pthread_cond_signal(&scout->woken);
    }
    pthread_mutex_unlock(&scout->lock);
    return track;
}

void scout_put_back(struct scout *scout, struct track *track)
{
    pthread_mutex_lock(&scout->lock);
    if (scout->ready_count == SCOUT_READY + SCOUT_BACK)
        track_drop(scout->ready[--scout->ready_count]);
    memmove(scout->ready + 1, scout->ready, scout->ready_count * sizeof *scout->ready);
    scout->ready[0] = track_hold(track);
    scout->ready_count++;
    pthread_mutex_unlock(&scout->lock);
}

void scout_starve(struct scout *scout, bool is_starving)
{
    pthread_mutex_lock(&scout->lock);
    if (is_starving && !scout->is_starving)
        call_away(scout);
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

void scout_note_planned(struct scout *scout)
{
    pthread_mutex_lock(&scout->lock);
    scout->has_plan = true;
    pthread_cond_signal(&scout->woken);
    pthread_mutex_unlock(&scout->lock);
}

/* The file as it was heard; another that was put there meanwhile may be as good as any.
 */
static void refuse(struct scout *scout, const struct track *track, const char *why)
{
    struct track *there;
    struct fv_error fault;
    library_find(scout->library, track->uri, track->path, 0, &there, &fault);
    if (there && strcmp(there->hash, track->hash) == 0)
        library_refuse(scout->library, track->path, why);
    track_drop(there);
}

void scout_note_failed(struct scout *scout, const struct track *track, const char *why)
{
    char name[4096];
    utf8_clean(track->uri, name, sizeof name);
    log_warning("scout", "set aside %s: %s", name, why);
    refuse(scout, track, why);
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
    call_away(scout);
    pthread_mutex_unlock(&scout->lock);
}

void scout_wake(struct scout *scout, bool has_config)
{
    pthread_mutex_lock(&scout->lock);
    scout->has_config |= has_config;
    call_away(scout);
    pthread_mutex_unlock(&scout->lock);
}

json_t *scout_json(struct scout *scout)
{
    pthread_mutex_lock(&scout->lock);
    json_t *ready = json_array();
    if (scout->taken) {
        json_t *taken = track_json(scout->taken);
        json_object_set_new(taken, TAKEN, json_true());
        json_array_append_new(ready, taken);
    }
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
