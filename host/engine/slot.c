/* slot.c - every refusal is one line with its step, and leaves the old build playing. */
#include "slot.h"

#include "bytes.h"
#include "log.h"
#include "so_file.h"
#include "trial.h"
#include "utf8.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define QUIET_MS 300
#define FIRST_PATIENCE 10 /* times the limit: there is nothing else to play with */

void slot_init(struct slot *slot, enum kind kind, const char *plugins_dir,
               const char *run_dir, const struct services *services)
{
    *slot = (struct slot){.kind = kind, .services = services, .next_number = 1};
    snprintf(slot->source, sizeof slot->source, "%s/%s.so", plugins_dir, kind_name(kind));
    snprintf(slot->run_dir, sizeof slot->run_dir, "%s", run_dir);
    pthread_mutex_init(&slot->lock, NULL);
}

void slot_release(struct slot *slot)
{
    generation_drop(slot->staged);
    generation_drop(slot->previous);
    generation_drop(slot->current);
    pthread_mutex_destroy(&slot->lock);
}

/* As the configuration has it now. */
static double limit_s(const struct slot *slot, const char *name, double otherwise)
{
    return settings_number(slot->services->settings, name, otherwise);
}

/* A name that is cut may end within a letter, and would be no UTF-8. */
static void version_text(const struct generation *g, char *out, size_t cap)
{
    char text[96];
    snprintf(text, sizeof text, "%.50s %.30s", g->name, g->version);
    utf8_clean(text, out, cap);
}

/* ---- the file -------------------------------------------------------------------------
 */

bool slot_notice(struct slot *slot, int64_t now_ms)
{
    char now[sizeof slot->stat_seen];
    so_stat(slot->source, now, sizeof now);
    if (strcmp(now, slot->stat_seen) != 0) {
        memcpy(slot->stat_seen, now, sizeof now);
        slot->quiet_since_ms = now_ms;
        return false;
    }
    return strcmp(now, slot->stat_loaded) != 0 && strcmp(now, "absent") != 0 &&
           now_ms - slot->quiet_since_ms >= QUIET_MS;
}

static unsigned take_number(struct slot *slot)
{
    pthread_mutex_lock(&slot->lock);
    unsigned number = slot->next_number++;
    pthread_mutex_unlock(&slot->lock);
    return number;
}

static void name_copy(const struct slot *slot, unsigned number, char *path, size_t cap)
{
    snprintf(path, cap, "%s/%s.%u.so", slot->run_dir, kind_name(slot->kind), number);
}

/* A private copy under a name that was never used: the loader knows files by name and by
 * inode, and the original may be overwritten at any time. */
static int take_copy(struct slot *slot, char *path, size_t cap, unsigned *number,
                     struct fv_error *error)
{
    char before[sizeof slot->stat_seen], after[sizeof slot->stat_seen];
    int rc;
    so_stat(slot->source, before, sizeof before);
    mkdir(slot->run_dir, 0700); /* somebody may have tidied up */
    do { /* an engine that died may have left a copy that its checkpoint does not know */
        name_copy(slot, *number = take_number(slot), path, cap);
        rc = so_copy(slot->source, path);
    } while (rc == -EEXIST);
    so_stat(slot->source, after, sizeof after);
    snprintf(slot->stat_seen, sizeof slot->stat_seen, "%s", before);
    pthread_mutex_lock(&slot->lock);
    snprintf(slot->stat_loaded, sizeof slot->stat_loaded, "%s", before);
    pthread_mutex_unlock(&slot->lock);
    if (rc == 0 && strcmp(before, after) != 0) {
        rc = -EAGAIN;
        unlink(path);
    }
    if (rc)
        snprintf(error->text, sizeof error->text, "copy: %.90s to %.90s: %s",
                 slot->source, slot->run_dir,
                 rc == -EAGAIN ? "it is being written: try again" : strerror(-rc));
    return rc;
}

/* ---- staging --------------------------------------------------------------------------
 */

static void begin_swap(struct slot *slot, struct slot_reply reply, struct swap *swap)
{
    *swap = (struct swap){.id = reply.id, .now = reply.now, .is_asked = reply.is_asked};
    pthread_mutex_lock(&slot->lock);
    if (slot->current)
        version_text(slot->current, swap->old_version, sizeof swap->old_version);
    pthread_mutex_unlock(&slot->lock);
}

static int refuse_swap(struct slot *slot, struct swap *swap, const char *hash,
                       const char *why)
{
    utf8_clean(why, swap->error, sizeof swap->error);
    pthread_mutex_lock(&slot->lock);
    if (hash)
        snprintf(slot->refused_hash, sizeof slot->refused_hash, "%s", hash);
    snprintf(slot->refused_why, sizeof slot->refused_why, "%s", swap->error);
    slot->is_undecided = false;
    pthread_mutex_unlock(&slot->lock);
    log_error("engine", "the %s on air stays: %s", kind_name(slot->kind), why);
    return -EINVAL;
}

/* Whoever waits for a build that is not on air yet hears of this one, or is told. */
static void stage(struct slot *slot, struct generation *fresh, struct slot_reply reply,
                  struct swap *overtaken)
{
    *overtaken = (struct swap){.error = "overtaken by another reload"};
    pthread_mutex_lock(&slot->lock);
    struct generation *older = slot->staged;
    slot->staged = fresh;
    slot->is_undecided = true; /* also if the one before has been decided meanwhile */
    slot->staged_ms = monotonic_ms();
    if (reply.id) {
        overtaken->id = slot->waiting.id;
        slot->waiting = reply;
    }
    pthread_mutex_unlock(&slot->lock);
    generation_drop(older);
}

/* Is this the build that was refused? The reason goes to `error`. */
static bool is_refused(struct slot *slot, const char *hash, struct fv_error *error)
{
    pthread_mutex_lock(&slot->lock);
    bool is_same = strcmp(hash, slot->refused_hash) == 0;
    if (is_same)
        snprintf(error->text, sizeof error->text, "%s", slot->refused_why);
    pthread_mutex_unlock(&slot->lock);
    return is_same;
}

/* Its code runs in this process for the first time, and may end it: the next engine has
 * to know, or it would do the same again. */
static void note_trying(struct slot *slot, const char *hash)
{
    pthread_mutex_lock(&slot->lock);
    snprintf(slot->trying, sizeof slot->trying, "%s", hash);
    pthread_mutex_unlock(&slot->lock);
    if (slot->on_trying)
        slot->on_trying(slot->ctx);
}

/* Map it where it will play. */
static int open_here(struct slot *slot, const char *path, const char *hash,
                     struct generation **fresh, struct fv_error *error)
{
    note_trying(slot, hash);
    int rc = generation_open(path, slot->kind, fresh, error);
    note_trying(slot, "");
    return rc;
}

/* Copy, check against the refused build, try, open. */
static int load_file(struct slot *slot, const json_t *trial, int patience, bool is_watch,
                     struct generation **fresh, struct fv_error *error)
{
    char path[600], hash[FILE_HASH];
    json_t *about = NULL;
    unsigned number;
    int rc = take_copy(slot, path, sizeof path, &number, error);
    if (rc)
        return rc;
    rc = file_hash(path, hash, NULL, NULL);
    if (rc == 0 && is_watch && is_refused(slot, hash, error))
        rc = -EALREADY;
    if (rc == 0)
        rc = trial_run(path, slot->kind, trial,
                       patience * limit_s(slot, "engine.trial_s", 2), &about, error);
    json_decref(about);
    if (rc == 0)
        rc = open_here(slot, path, hash, fresh, error);
    if (rc)
        unlink(path);
    else
        (*fresh)->number = number;
    return rc;
}

/* Until it is decided the next engine has to notice the file again, if this one ends. */
static void set_undecided(struct slot *slot, bool is_undecided)
{
    pthread_mutex_lock(&slot->lock);
    slot->is_undecided = is_undecided;
    pthread_mutex_unlock(&slot->lock);
}

int slot_stage(struct slot *slot, const json_t *trial, struct slot_reply reply,
               struct swap *swap)
{
    struct fv_error error = {{0}};
    struct generation *fresh;
    begin_swap(slot, reply, swap);
    set_undecided(slot, true);
    int rc = load_file(slot, trial, 1, !reply.is_asked, &fresh, &error);
    if (rc == -EALREADY) {
        set_undecided(slot, false);
        snprintf(swap->error, sizeof swap->error, "%s", error.text);
        return rc; /* it has been said when it was refused */
    }
    if (rc) {
        char why[300];
        snprintf(why, sizeof why, "cannot load %s.so: %.230s", kind_name(slot->kind),
                 error.text);
        return refuse_swap(slot, swap, NULL, why);
    }
    stage(slot, fresh, reply, swap);
    return 0;
}

int slot_stage_previous(struct slot *slot, struct slot_reply reply, struct swap *swap)
{
    struct fv_error error = {{0}};
    struct generation *fresh = NULL;
    begin_swap(slot, reply, swap);
    pthread_mutex_lock(&slot->lock);
    struct generation *previous = generation_hold(slot->previous);
    pthread_mutex_unlock(&slot->lock);
    if (!previous) {
        snprintf(swap->error, sizeof swap->error, "there is no previous %s",
                 kind_name(slot->kind));
        return -ENOENT;
    }
    int rc = generation_open(previous->path, slot->kind, &fresh, &error);
    generation_drop(previous);
    if (rc)
        return refuse_swap(slot, swap, NULL, error.text);
    pthread_mutex_lock(&slot->lock);
    snprintf(slot->refused_hash, sizeof slot->refused_hash, "%s", slot->current->hash);
    snprintf(slot->refused_why, sizeof slot->refused_why,
             "it was rolled back: change the file or say reload");
    pthread_mutex_unlock(&slot->lock);
    fresh->number = take_number(slot);
    stage(slot, fresh, reply, swap);
    return 0;
}

/* ---- the border -----------------------------------------------------------------------
 */

bool slot_has_staged(struct slot *slot)
{
    pthread_mutex_lock(&slot->lock);
    bool has = slot->staged != NULL;
    pthread_mutex_unlock(&slot->lock);
    return has;
}

struct generation *slot_borrow(struct slot *slot)
{
    pthread_mutex_lock(&slot->lock);
    struct generation *current = generation_hold(slot->current);
    pthread_mutex_unlock(&slot->lock);
    return current;
}

static bool is_on_probation(const struct slot *slot)
{
    return slot->is_unproven || monotonic_ms() < slot->probation_until_ms;
}

bool slot_is_on_probation(struct slot *slot)
{
    pthread_mutex_lock(&slot->lock);
    bool is_on = is_on_probation(slot);
    pthread_mutex_unlock(&slot->lock);
    return is_on;
}

void slot_prove(struct slot *slot)
{
    pthread_mutex_lock(&slot->lock);
    slot->is_unproven = false;
    pthread_mutex_unlock(&slot->lock);
}

void slot_acquit(struct slot *slot)
{
    pthread_mutex_lock(&slot->lock);
    slot->is_unproven = false;
    slot->probation_until_ms = 0;
    pthread_mutex_unlock(&slot->lock);
}

bool slot_notice_pass(struct slot *slot)
{
    pthread_mutex_lock(&slot->lock);
    bool has_passed = slot->has_news && !is_on_probation(slot);
    slot->has_news = slot->has_news && !has_passed;
    pthread_mutex_unlock(&slot->lock);
    return has_passed;
}

struct generation *slot_prepare(struct slot *slot, struct swap *swap)
{
    pthread_mutex_lock(&slot->lock);
    struct generation *fresh = slot->staged;
    struct slot_reply reply = slot->waiting;
    int64_t staged_ms = slot->staged_ms;
    slot->staged = NULL;
    slot->waiting = (struct slot_reply){0};
    pthread_mutex_unlock(&slot->lock);
    if (!fresh)
        return NULL;
    begin_swap(slot, reply, swap);
    swap->staged_ms = staged_ms;
    note_trying(slot, fresh->hash);
    struct fv_error error = {{0}};
    json_t *state = generation_save(slot->current);
    int rc = generation_create(fresh, slot->services, state, &error);
    json_decref(state);
    if (rc == 0)
        return fresh;
    slot_settle(slot, fresh, error.text, swap);
    return NULL;
}

/* The way back is the last build that has passed: one that was on probation may be the
 * very fault that `fresh` mends. The lock is held. returns the build that is kept no more
 */
static struct generation *take_place(struct slot *slot, struct generation *fresh)
{
    bool is_kept = !slot->previous || !is_on_probation(slot);
    struct generation *gone = is_kept ? slot->previous : slot->current;
    if (is_kept)
        slot->previous = slot->current;
    slot->current = fresh;
    return gone;
}

void slot_settle(struct slot *slot, struct generation *fresh, const char *error,
                 struct swap *swap)
{
    version_text(fresh, swap->new_version, sizeof swap->new_version);
    swap->generation = fresh->number;
    snprintf(swap->abi, sizeof swap->abi, "%u.%u", fresh->abi_major, fresh->abi_minor);
    swap->ms = monotonic_ms() - swap->staged_ms;
    pthread_mutex_lock(&slot->lock);
    slot->trying[0] = 0;
    pthread_mutex_unlock(&slot->lock);
    if (error) {
        char why[300];
        snprintf(why, sizeof why, "commit: %.240s", error);
        refuse_swap(slot, swap, fresh->hash, why);
        generation_drop(fresh);
        return;
    }
    int64_t probation_ms = (int64_t)(limit_s(slot, "engine.probation_s", 30) * 1000);
    pthread_mutex_lock(&slot->lock);
    struct generation *gone = take_place(slot, fresh);
    slot->loaded++;
    slot->probation_until_ms = monotonic_ms() + probation_ms;
    slot->is_unproven = slot->kind == KIND_MIXER;
    slot->has_news = true;
    slot->is_undecided = false;
    if (swap->is_asked || strcmp(slot->refused_hash, fresh->hash) == 0)
        slot->refused_hash[0] = slot->refused_why[0] = 0;
    pthread_mutex_unlock(&slot->lock);
    generation_drop(gone);
    swap->is_done = true;
    log_info("engine", "%s: %s is on air in place of %s (generation %u, %lld ms)",
             kind_name(slot->kind), swap->new_version, swap->old_version,
             swap->generation, (long long)swap->ms);
}

/* ---- the start ------------------------------------------------------------------------
 */

static void recall_text(const json_t *past, const char *name, char *out, size_t cap)
{
    const char *text = json_string_value(json_object_get(past, name));
    snprintf(out, cap, "%s", text ? text : "");
}

/* Open the build that an engine before this one had, if its private copy is still there.
 */
static struct generation *reopen(struct slot *slot, const json_t *build, json_t *state)
{
    const char *path = json_string_value(json_object_get(build, "path"));
    struct fv_error error;
    struct generation *g;
    if (!path || access(path, R_OK) != 0 || generation_open(path, slot->kind, &g, &error))
        return NULL;
    g->number = (unsigned)json_integer_value(json_object_get(build, "generation"));
    if (generation_create(g, slot->services, state, &error) == 0)
        return g;
    generation_drop(g);
    return NULL;
}

/* An engine before this one has died of a build. */
static void refuse_dead(struct slot *slot, const char *hash, const char *when)
{
    slot->has_culprit = true;
    snprintf(slot->refused_hash, sizeof slot->refused_hash, "%s", hash);
    snprintf(slot->refused_why, sizeof slot->refused_why,
             "the engine died with it: change the file or say reload");
    log_error("engine", "the %s is taken back: the engine died %s", kind_name(slot->kind),
              when);
}

static void recall(struct slot *slot, json_t *state, const json_t *past, bool is_back)
{
    const json_t *current = json_object_get(past, "current");
    const json_t *previous = json_object_get(past, "previous");
    recall_text(past, "stat", slot->stat_loaded, sizeof slot->stat_loaded);
    recall_text(past, "refused_hash", slot->refused_hash, sizeof slot->refused_hash);
    recall_text(past, "refused", slot->refused_why, sizeof slot->refused_why);
    slot->next_number = (unsigned)json_integer_value(json_object_get(past, "next"));
    const char *tried = json_string_value(json_object_get(past, "trying"));
    if (is_back && tried && *tried)
        refuse_dead(slot, tried, "while it tried a new one");
    bool is_suspect = is_back && json_is_true(json_object_get(past, "on_probation"));
    if (is_suspect && previous) {
        const char *hash = json_string_value(json_object_get(current, "hash"));
        refuse_dead(slot, hash ? hash : "", "while it was on probation");
        slot->current = reopen(slot, previous, state);
        return;
    }
    slot->current = reopen(slot, current, state);
    slot->previous = previous ? reopen(slot, previous, NULL) : NULL;
}

static bool is_copy_of(const struct generation *g, const char *path)
{
    return g && strcmp(g->path, path) == 0;
}

/* Remove the copies that only engines before this one have mapped. */
static void sweep_copies(const struct slot *slot)
{
    for (unsigned number = 1; number < slot->next_number; number++) {
        char path[600];
        name_copy(slot, number, path, sizeof path);
        if (!is_copy_of(slot->current, path) && !is_copy_of(slot->previous, path))
            unlink(path);
    }
}

int slot_start(struct slot *slot, json_t *state, const json_t *past, bool is_back,
               struct fv_error *error)
{
    if (past)
        recall(slot, state, past, is_back);
    sweep_copies(slot);
    if (slot->current)
        return 0;
    if (slot->next_number == 0)
        slot->next_number = 1;
    struct generation *fresh;
    json_t *trial = json_pack("{s:O?, s:O?}", "state", state, "config",
                              slot->services->settings->config.tree);
    int rc = load_file(slot, trial, FIRST_PATIENCE, false, &fresh, error);
    json_decref(trial);
    if (rc == 0) {
        rc = generation_create(fresh, slot->services, state, error);
        if (rc)
            generation_drop(fresh);
        else
            slot->current = fresh;
    }
    if (rc) {
        char text[sizeof error->text];
        snprintf(text, sizeof text, "cannot load %.120s: %.110s", slot->source,
                 error->text);
        memcpy(error->text, text, sizeof text);
    }
    return rc;
}
