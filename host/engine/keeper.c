/* keeper.c - reload, rollback and the watch over the plugins' files, on a thread of their
 * own: a trial takes as long as it takes, and the wire is never kept waiting. */
#include "rooms.h"

#include "refusal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TICK_MS 100

/* ---- plugins --------------------------------------------------------------------------
 */

static json_t *trial_of(struct engine *engine, enum kind kind)
{
    json_t *state = NULL;
    if (kind == KIND_BRAIN) {
        json_t *scout = scout_json(&engine->scout);
        state = json_incref(json_object_get(scout, "brain"));
        json_decref(scout);
    }
    pthread_mutex_lock(&engine->settings.lock);
    json_t *trial =
        json_pack("{s:o?, s:O}", "state", state, "config", engine->settings.config.tree);
    pthread_mutex_unlock(&engine->settings.lock);
    return trial;
}

static void wake_owner(struct engine *engine, enum kind kind)
{
    if (kind == KIND_BRAIN)
        scout_wake(&engine->scout, false);
    else
        mix_wake(&engine->mix);
}

static void handle_staged(struct engine *engine, enum kind kind, int rc,
                          const struct swap *swap)
{
    if (rc == 0)
        wake_owner(engine, kind);
    if (rc != -EALREADY && (rc != 0 || swap->id))
        herald_swap(engine, kind, swap, -1);
}

/* returns 0; or -errno with swap->error: it is refused */
static int stage(struct engine *engine, enum kind kind, struct slot_reply reply,
                 struct swap *swap)
{
    json_t *trial = trial_of(engine, kind);
    int rc = slot_stage(&engine->slots[kind], trial, reply, swap);
    json_decref(trial);
    handle_staged(engine, kind, rc, swap);
    return rc;
}

static void watch_plugins(struct engine *engine)
{
    struct swap swap;
    for (int i = 0; i < KINDS; i++)
        if (slot_notice(&engine->slots[i], monotonic_ms()))
            stage(engine, (enum kind)i, (struct slot_reply){0}, &swap);
}

/* People see which builds have passed, and the next engine takes none of those back. */
static void watch_probation(struct engine *engine)
{
    bool has_passed = false;
    for (int i = 0; i < KINDS; i++)
        has_passed |= slot_notice_pass(&engine->slots[i]);
    if (!has_passed)
        return;
    herald_checkpoint(engine);
    herald_slots(engine);
}

unsigned keeper_loaded(struct engine *engine)
{
    unsigned loaded = 0;
    for (int i = 0; i < KINDS; i++)
        loaded += slot_loaded(&engine->slots[i]);
    return loaded;
}

/* ---- commands -------------------------------------------------------------------------
 */

static void refuse(struct engine *engine, uint64_t id, const char *format,
                   const char *what)
{
    char text[300];
    snprintf(text, sizeof text, format, what);
    herald_reply(engine, id, refusal_json(text));
}

/* Whether the word, if there is one, is "now". Another is refused. */
static bool may_run(struct engine *engine, uint64_t id, const char *word)
{
    if (!*word || strcmp(word, "now") == 0)
        return true;
    refuse(engine, id, "\"%.60s\" is not understood here, only: now", word);
    return false;
}

/* The first that is refused answers, else the last one. */
static void reload_all(struct engine *engine, struct slot_reply reply)
{
    struct swap swap;
    uint64_t id = reply.id;
    for (int i = 0; i < KINDS; i++) {
        reply.id = i == KINDS - 1 ? id : 0;
        if (stage(engine, (enum kind)i, reply, &swap) && reply.id == 0) {
            herald_reply(engine, id, swap_json(&swap, (enum kind)i));
            id = 0;
        }
    }
}

static void do_reload(struct engine *engine, uint64_t id, char *argument)
{
    char *second = argument + strcspn(argument, " \t");
    if (*second)
        *second++ = 0;
    second += strspn(second, " \t");
    if (!may_run(engine, id, second))
        return;
    struct slot_reply reply = {.id = id, .now = *second, .is_asked = true};
    struct swap swap;
    enum kind kind;
    if (strcmp(argument, "all") == 0)
        reload_all(engine, reply);
    else if (kind_parse(argument, &kind) == 0)
        stage(engine, kind, reply, &swap);
    else
        refuse(engine, id, "no plugin \"%.60s\": brain, mixer, codec or all", argument);
}

static void do_rollback(struct engine *engine, uint64_t id, char *argument)
{
    enum kind kind;
    struct swap swap;
    if (kind_parse(argument, &kind)) {
        refuse(engine, id, "no plugin \"%.60s\": brain, mixer or codec", argument);
        return;
    }
    int rc =
        slot_stage_previous(&engine->slots[kind], (struct slot_reply){.id = id}, &swap);
    handle_staged(engine, kind, rc, &swap);
}

static void do_state(struct engine *engine, uint64_t id, char *argument)
{
    enum kind kind;
    if (kind_parse(argument, &kind)) {
        refuse(engine, id, "no plugin \"%.60s\": brain, mixer or codec", argument);
        return;
    }
    json_t *state; /* what their threads, which may be busy, have last said */
    if (kind == KIND_MIXER) {
        state = mix_memory_json(&engine->mix);
    } else if (kind == KIND_BRAIN) {
        json_t *scout = scout_json(&engine->scout);
        state = json_incref(json_object_get(scout, "brain"));
        json_decref(scout);
    } else { /* nobody writes to a codec */
        struct generation *g = slot_borrow(&engine->slots[kind]);
        state = generation_save(g);
        generation_drop(g);
    }
    herald_reply(engine, id,
                 json_pack("{s:b, s:s, s:o?}", "ok", 1, "plugin", kind_name(kind),
                           "state", state));
}

static void do_skip(struct engine *engine, uint64_t id, char *argument)
{
    struct slot_reply reply = {.id = id, .now = *argument};
    if (!may_run(engine, id, argument))
        return;
    if (mix_skip(&engine->mix, reply))
        refuse(engine, id, "%s", "a skip is under way: try again in a moment");
}

static void leave_to_keeper(struct engine *engine, uint64_t id, const char *line)
{
    struct chore *chore = must_alloc(sizeof *chore);
    *chore = (struct chore){.id = id, .line = must_strdup(line)};
    pthread_mutex_lock(&engine->chores_lock);
    struct chore **end = &engine->chores;
    while (*end)
        end = &(*end)->next;
    *end = chore;
    pthread_cond_signal(&engine->chores_come);
    pthread_mutex_unlock(&engine->chores_lock);
}

static void run(struct engine *engine, uint64_t id, const char *line, bool is_keeper)
{
    static const struct {
        const char *name;
        void (*run)(struct engine *engine, uint64_t id, char *argument);
        bool is_chore; /* tries or calls a plugin, which may take long: for the keeper */
    } commands[] = {{"reload", do_reload, true},
                    {"rollback", do_rollback, true},
                    {"state", do_state, true},
                    {"skip", do_skip, false}};
    size_t word = strcspn(line, " \t");
    char argument[8192];
    snprintf(argument, sizeof argument, "%s", line + word + strspn(line + word, " \t"));
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strlen(commands[i].name) == word &&
            strncmp(line, commands[i].name, word) == 0) {
            if (commands[i].is_chore && !is_keeper)
                leave_to_keeper(engine, id, line);
            else
                commands[i].run(engine, id, argument);
            return;
        }
    }
    scout_wish(&engine->scout, id, line);
}

void keeper_command(struct engine *engine, uint64_t id, const char *line)
{
    run(engine, id, line, false);
}

/* ---- the keeper -----------------------------------------------------------------------
 */

/* The next chore, given; NULL when none has come within a tick. */
static struct chore *take_chore(struct engine *engine, bool *is_done)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += TICK_MS * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&engine->chores_lock);
    while (!engine->chores && !engine->is_keeper_done &&
           pthread_cond_clockwait(&engine->chores_come, &engine->chores_lock,
                                  CLOCK_MONOTONIC, &until) == 0)
        ;
    struct chore *chore = engine->chores;
    if (chore)
        engine->chores = chore->next;
    *is_done = engine->is_keeper_done;
    pthread_mutex_unlock(&engine->chores_lock);
    return chore;
}

static void free_chore(struct chore *chore)
{
    free(chore->line);
    free(chore);
}

static void *keeper_thread(void *given)
{
    struct engine *engine = given;
    for (bool is_done = false; !is_done;) {
        struct chore *chore = take_chore(engine, &is_done);
        if (chore && !is_done)
            run(engine, chore->id, chore->line, true);
        else if (!is_done)
            watch_plugins(engine);
        watch_probation(engine);
        if (chore)
            free_chore(chore);
    }
    return NULL;
}

void keeper_start(struct engine *engine)
{
    engine->has_keeper =
        pthread_create(&engine->keeper, NULL, keeper_thread, engine) == 0;
}

void keeper_stop(struct engine *engine)
{
    pthread_mutex_lock(&engine->chores_lock);
    engine->is_keeper_done = true;
    pthread_cond_signal(&engine->chores_come);
    pthread_mutex_unlock(&engine->chores_lock);
    if (engine->has_keeper)
        pthread_join(engine->keeper, NULL);
    while (engine->chores) {
        struct chore *chore = engine->chores;
        engine->chores = chore->next;
        free_chore(chore);
    }
}
