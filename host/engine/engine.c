/* engine.c - its own thread reads the wire and says that it is alive for as long as the mix
 * and scout threads are; it never runs a plugin's code. A second one, the keeper, watches
 * the plugins' files and waits for trials, so that the wire is never kept waiting. */
#include "engine.h"

#include "log.h"
#include "mix.h"
#include "outbox.h"
#include "scout.h"
#include "slot.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define TICK_MS 100
#define ALIVE_MS 250 /* a quarter of the shortest engine.stall_s */
#define SCOUT_STALL 4 /* times engine.stall_s: decoding and listening take longer */
#define LOADED_MAX 64 /* parked builds after which the process is replaced */
#define DEATHS_CLEAN 4 /* in a minute: go on without the plan that keeps killing engines */

/* A command that the keeper has to do. */
struct chore {
    uint64_t id;
    char *line;
    struct chore *next;
};

struct engine {
    struct outbox outbox;
    struct settings settings;
    struct services services;
    struct library *library;
    struct slot slots[KINDS];
    struct scout scout;
    struct mix mix;
    char state_dir[512];
    pthread_mutex_t lock; /* one checkpoint at a time */
    struct bytes received;
    int64_t alive_ms;
    bool is_front_gone, is_retiring;
    pthread_t keeper;
    bool has_keeper;
    pthread_cond_t chores_come;
    pthread_mutex_t chores_lock; /* guards what follows */
    struct chore *chores;
    bool is_keeper_done;
};

/* ---- to the front --------------------------------------------------------------------- */

static void send_slots(struct engine *engine)
{
    json_t *slots = json_object();
    for (int i = 0; i < KINDS; i++)
        json_object_set_new(slots, kind_name((enum kind)i), slot_json(&engine->slots[i]));
    outbox_send_json(&engine->outbox, WIRE_PLUGINS, slots);
}

static void send_checkpoint(struct engine *engine)
{
    pthread_mutex_lock(&engine->lock);
    json_t *slots = json_object();
    for (int i = 0; i < KINDS; i++)
        json_object_set_new(slots, kind_name((enum kind)i), slot_json(&engine->slots[i]));
    json_t *json = json_pack("{s:o?, s:o, s:o}", "plan", mix_plan_json(&engine->mix),
                             "scout", scout_json(&engine->scout), "slots", slots);
    outbox_send_json(&engine->outbox, WIRE_CHECKPOINT, json);
    pthread_mutex_unlock(&engine->lock);
}

static void mark_settled(json_t *to, const json_t *list, bool is_settled)
{
    size_t i;
    json_t *track;
    json_array_foreach(list, i, track)
    {
        json_t *shown = json_copy(track);
        json_object_set_new(shown, "settled", json_boolean(is_settled));
        json_array_append_new(to, shown);
    }
}

static void send_queue(struct engine *engine)
{
    json_t *planned = mix_planned_json(&engine->mix), *queue = json_array();
    json_t *scout = scout_json(&engine->scout), *aside = json_array();
    const char *uri;
    json_t *why;
    mark_settled(queue, planned, true);
    mark_settled(queue, json_object_get(scout, "ready"), true);
    mark_settled(queue, json_object_get(scout, "upcoming"), false);
    json_object_foreach(json_object_get(scout, "set_aside"), uri, why)
    {
        json_array_append_new(aside, json_pack("{s:s, s:O}", "uri", uri, "reason", why));
    }
    json_decref(planned);
    json_decref(scout);
    outbox_send_json(&engine->outbox, WIRE_QUEUE,
                     json_pack("{s:o, s:o}", "queue", queue, "set_aside", aside));
}

/* What a next start of the whole program takes up: the brain's memory. */
static void save_show(struct engine *engine)
{
    char path[600], fresh[600];
    json_t *scout = scout_json(&engine->scout);
    json_t *show = json_pack("{s:O?, s:O}", "brain", json_object_get(scout, "brain"), "plays",
                             json_object_get(scout, "plays"));
    snprintf(path, sizeof path, "%s/show.json", engine->state_dir);
    snprintf(fresh, sizeof fresh, "%s/show.json.new", engine->state_dir);
    if (json_dump_file(show, fresh, JSON_INDENT(1) | JSON_REAL_PRECISION(17)) != 0 ||
        rename(fresh, path) != 0)
        log_warning("engine", "cannot write %s: %s", path, strerror(errno));
    json_decref(show);
    json_decref(scout);
}

static void on_ready(void *ctx)
{
    struct engine *engine = ctx;
    mix_wake(&engine->mix);
}

static void on_change(void *ctx)
{
    struct engine *engine = ctx;
    send_checkpoint(engine);
    send_queue(engine);
    save_show(engine);
}

static void on_plan(void *ctx)
{
    struct engine *engine = ctx;
    send_checkpoint(engine);
    send_queue(engine);
}

static void on_hopeless(void *ctx, const char *why)
{
    struct engine *engine = ctx;
    outbox_send(&engine->outbox, WIRE_FATAL, NULL, 0, why, strlen(why));
    atomic_store(&engine->scout.is_cancelled, true);
}

static void on_reply(void *ctx, uint64_t id, json_t *given)
{
    struct engine *engine = ctx;
    if (id)
        outbox_reply(&engine->outbox, id, given);
    else
        json_decref(given);
}

static int on_frame(void *ctx, uint64_t epoch, uint64_t frame, size_t mount,
                    const uint8_t *bytes, size_t length)
{
    struct engine *engine = ctx;
    uint64_t numbers[3] = {epoch, frame, mount};
    return outbox_send(&engine->outbox, WIRE_FRAMES, numbers, 3, bytes, length);
}

static void on_segment(void *ctx, json_t *given)
{
    struct engine *engine = ctx;
    outbox_send_json(&engine->outbox, WIRE_SEGMENT, given);
}

static void on_revoke(void *ctx, int64_t sample)
{
    struct engine *engine = ctx;
    uint64_t number = (uint64_t)sample;
    outbox_send(&engine->outbox, WIRE_REVOKE, &number, 1, NULL, 0);
}

static void on_ask_rewind(void *ctx)
{
    struct engine *engine = ctx;
    outbox_send(&engine->outbox, WIRE_ASK_REWIND, NULL, 0, NULL, 0);
}

/* A swap is over, well or not: tell whoever asked, the page, the next engine. */
static void tell_swap(struct engine *engine, enum kind kind, const struct swap *swap,
                      int64_t frame)
{
    json_t *json = swap_json(swap, kind);
    if (swap->is_done && frame >= 0)
        json_object_set_new(json, "frame_made", json_integer(frame));
    json_t *event = json_copy(json);
    json_object_set_new(event, "event", json_string("swap"));
    send_checkpoint(engine);
    send_slots(engine);
    outbox_send_json(&engine->outbox, WIRE_EVENT, event);
    on_reply(engine, swap->id, json);
}

static void on_swap(void *ctx, enum kind kind, const struct swap *swap, uint64_t frame)
{
    tell_swap(ctx, kind, swap, (int64_t)frame);
}

/* A new brain is heard from the first choice it makes, behind what is settled. */
static void on_brain_swap(void *ctx, const struct swap *swap)
{
    struct engine *engine = ctx;
    json_t *plan = mix_plan_json(&engine->mix);
    int64_t end = json_integer_value(json_object_get(plan, "end"));
    json_decref(plan);
    tell_swap(engine, KIND_BRAIN, swap, end / FV_BLOCK);
}

/* ---- plugins -------------------------------------------------------------------------- */

static json_t *trial_of(struct engine *engine, enum kind kind)
{
    json_t *state = NULL;
    if (kind == KIND_BRAIN) {
        json_t *scout = scout_json(&engine->scout);
        state = json_incref(json_object_get(scout, "brain"));
        json_decref(scout);
    }
    pthread_mutex_lock(&engine->settings.lock);
    json_t *trial = json_pack("{s:o?, s:O}", "state", state, "config",
                              engine->settings.config.tree);
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

static void stage(struct engine *engine, enum kind kind, struct slot_reply reply)
{
    struct swap swap;
    json_t *trial = trial_of(engine, kind);
    int rc = slot_stage(&engine->slots[kind], trial, reply, &swap);
    json_decref(trial);
    if (rc == 0)
        wake_owner(engine, kind);
    else if (rc != -EALREADY)
        tell_swap(engine, kind, &swap, -1);
}

static void watch_plugins(struct engine *engine)
{
    for (int i = 0; i < KINDS; i++)
        if (slot_notice(&engine->slots[i], monotonic_ms()))
            stage(engine, (enum kind)i, (struct slot_reply){0});
}

static unsigned builds_loaded(struct engine *engine)
{
    unsigned loaded = 0;
    for (int i = 0; i < KINDS; i++)
        loaded += engine->slots[i].loaded;
    return loaded;
}

/* ---- commands ------------------------------------------------------------------------- */

static void refuse(struct engine *engine, uint64_t id, const char *format, const char *what)
{
    char text[300];
    snprintf(text, sizeof text, format, what);
    on_reply(engine, id, json_pack("{s:b, s:s}", "ok", 0, "error", text));
}

static void do_reload(struct engine *engine, uint64_t id, char *argument)
{
    char *second = argument + strcspn(argument, " \t");
    if (*second)
        *second++ = 0;
    bool now = strstr(second, "now") != NULL;
    enum kind kind;
    if (strcmp(argument, "all") == 0) { /* the last one answers */
        for (int i = 0; i < KINDS; i++)
            stage(engine, (enum kind)i,
                  (struct slot_reply){.id = i == KINDS - 1 ? id : 0, .now = now});
    } else if (kind_parse(argument, &kind) == 0) {
        stage(engine, kind, (struct slot_reply){.id = id, .now = now});
    } else {
        refuse(engine, id, "no plugin \"%.60s\": brain, mixer, codec or all", argument);
    }
}

static void do_rollback(struct engine *engine, uint64_t id, char *argument)
{
    enum kind kind;
    struct swap swap;
    if (kind_parse(argument, &kind)) {
        refuse(engine, id, "no plugin \"%.60s\": brain, mixer or codec", argument);
        return;
    }
    if (slot_stage_previous(&engine->slots[kind], (struct slot_reply){.id = id}, &swap))
        tell_swap(engine, kind, &swap, -1);
    else
        wake_owner(engine, kind);
}

static void do_state(struct engine *engine, uint64_t id, char *argument)
{
    enum kind kind;
    if (kind_parse(argument, &kind)) {
        refuse(engine, id, "no plugin \"%.60s\": brain, mixer or codec", argument);
        return;
    }
    json_t *state;
    if (kind == KIND_BRAIN) { /* its thread may be busy: what it last said */
        json_t *scout = scout_json(&engine->scout);
        state = json_incref(json_object_get(scout, "brain"));
        json_decref(scout);
    } else {
        struct generation *g = slot_borrow(&engine->slots[kind]);
        state = generation_save(g);
        generation_drop(g);
    }
    on_reply(engine, id, json_pack("{s:b, s:s, s:o?}", "ok", 1, "plugin", kind_name(kind),
                                   "state", state));
}

static void do_skip(struct engine *engine, uint64_t id, char *argument)
{
    mix_skip(&engine->mix,
             (struct slot_reply){.id = id, .now = strcmp(argument, "now") == 0});
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

static void run_command(struct engine *engine, uint64_t id, const char *line, bool is_keeper)
{
    static const struct {
        const char *name;
        void (*run)(struct engine *engine, uint64_t id, char *argument);
        bool is_chore; /* may take as long as a trial: for the keeper */
    } commands[] = {{"reload", do_reload, true},
                    {"rollback", do_rollback, true},
                    {"state", do_state, false},
                    {"skip", do_skip, false}};
    size_t word = strcspn(line, " \t");
    char argument[8192];
    snprintf(argument, sizeof argument, "%s", line + word + strspn(line + word, " \t"));
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strlen(commands[i].name) == word && strncmp(line, commands[i].name, word) == 0) {
            if (commands[i].is_chore && !is_keeper)
                leave_to_keeper(engine, id, line);
            else
                commands[i].run(engine, id, argument);
            return;
        }
    }
    scout_wish(&engine->scout, id, line);
}

/* ---- the keeper ----------------------------------------------------------------------- */

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
           pthread_cond_clockwait(&engine->chores_come, &engine->chores_lock, CLOCK_MONOTONIC,
                                  &until) == 0)
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
            run_command(engine, chore->id, chore->line, true);
        else if (!is_done)
            watch_plugins(engine);
        if (chore)
            free_chore(chore);
    }
    return NULL;
}

static void keeper_stop(struct engine *engine)
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

/* ---- the wire ------------------------------------------------------------------------- */

static int take_message(struct engine *engine, struct wire_message *message)
{
    uint64_t a = 0, b = 0;
    switch (message->type) {
    case WIRE_CREDIT:
        if (wire_take(message, &a))
            return -EPROTO;
        mix_credit(&engine->mix, a);
        return 0;
    case WIRE_REWIND:
        if (wire_take(message, &a) || wire_take(message, &b))
            return -EPROTO;
        mix_rewind(&engine->mix, a, b);
        return 0;
    case WIRE_COMMAND: {
        char line[8200];
        if (wire_take(message, &a))
            return -EPROTO;
        snprintf(line, sizeof line, "%.*s", (int)message->length,
                 (const char *)message->body);
        run_command(engine, a, line, false);
        return 0;
    }
    case WIRE_CONFIG: {
        json_t *tree = json_loadb((const char *)message->body, message->length, 0, NULL);
        enum log_level level;
        if (!tree)
            return -EPROTO;
        settings_replace(&engine->settings, tree);
        if (log_level_parse(config_text(&engine->settings.config, "log"), &level) == 0)
            log_set_level(level);
        scout_wake(&engine->scout, true);
        return 0;
    }
    default:
        return -EPROTO;
    }
}

/* Read what is there. returns 0; or -errno when the front is gone */
static int read_wire(struct engine *engine)
{
    uint8_t *room = bytes_reserve(&engine->received, 65536);
    ssize_t count = read(engine->outbox.fd, room, 65536);
    if (count <= 0)
        return count < 0 && errno == EINTR ? 0 : -EPIPE;
    engine->received.length += (size_t)count;
    struct wire_message message;
    size_t used = 0;
    int64_t took;
    int rc = 0;
    while (rc == 0 && (took = wire_peek(engine->received.at + used,
                                        engine->received.length - used, &message)) > 0) {
        used += (size_t)took;
        rc = take_message(engine, &message);
    }
    bytes_consume(&engine->received, used);
    return rc;
}

/* The first message, whole. returns a new reference, or NULL */
static json_t *read_hello(int fd)
{
    struct wire_head head;
    json_t *hello = NULL;
    if (recv(fd, &head, sizeof head, MSG_WAITALL) != sizeof head ||
        head.type != WIRE_HELLO || head.length > WIRE_MAX)
        return NULL;
    char *text = must_alloc(head.length);
    if (recv(fd, text, head.length, MSG_WAITALL) == (ssize_t)head.length)
        hello = json_loadb(text, head.length, 0, NULL);
    free(text);
    return hello;
}

static bool is_stalled(struct engine *engine)
{
    double stall_ms = settings_number(&engine->settings, "engine.stall_s", 8) * 1000;
    int64_t now = monotonic_ms();
    bool is_mix_stalled =
        atomic_load(&engine->mix.is_busy) &&
        (double)(now - atomic_load(&engine->mix.life_ms)) > stall_ms;
    bool is_scout_stalled =
        atomic_load(&engine->scout.is_busy) &&
        (double)(now - atomic_load(&engine->scout.life_ms)) > stall_ms * SCOUT_STALL;
    return is_mix_stalled || is_scout_stalled;
}

static void say_alive(struct engine *engine)
{
    int64_t now = monotonic_ms();
    if (now - engine->alive_ms < ALIVE_MS || is_stalled(engine))
        return;
    engine->alive_ms = now;
    uint64_t none = 0;
    outbox_send(&engine->outbox, WIRE_ALIVE, &none, 1, NULL, 0);
}

static void serve(struct engine *engine)
{
    while (!engine->is_front_gone && !engine->is_retiring) {
        struct pollfd poll_fd = {.fd = engine->outbox.fd, .events = POLLIN};
        if (poll(&poll_fd, 1, TICK_MS) > 0 && read_wire(engine))
            engine->is_front_gone = true;
        say_alive(engine);
        engine->is_retiring = builds_loaded(engine) >= LOADED_MAX;
    }
}

/* ---- the start ------------------------------------------------------------------------ */

/* A track of a checkpoint, found again in the library. */
static struct track *find_track(void *ctx, const json_t *json)
{
    struct engine *engine = ctx;
    const char *id = json_string_value(json_object_get(json, "id"));
    const char *hash = json_string_value(json_object_get(json, "hash"));
    const char *why = json_string_value(json_object_get(json, "why"));
    char path[4096];
    struct track *known = NULL;
    struct fv_error fault;
    if (!id || !hash || library_path_of(engine->library, hash, path, sizeof path))
        return NULL;
    library_find(engine->library, path, path, engine->slots[KIND_BRAIN].current->brain.analysis_version,
                 &known, &fault);
    if (!known || !known->finding) {
        track_drop(known);
        return NULL;
    }
    struct track *play = track_play(known, id, why ? why : "");
    track_drop(known);
    return play;
}

static int fatal(struct engine *engine, const struct fv_error *error)
{
    outbox_send(&engine->outbox, WIRE_FATAL, NULL, 0, error->text, strlen(error->text));
    return 1;
}

static void copy_text(const json_t *from, const char *name, char *out, size_t cap)
{
    const char *text = json_string_value(json_object_get(from, name));
    snprintf(out, cap, "%s", text ? text : "");
}

static void wire_rooms(struct engine *engine)
{
    engine->scout = (struct scout){.brain = &engine->slots[KIND_BRAIN],
                                   .codec = &engine->slots[KIND_CODEC],
                                   .library = engine->library,
                                   .settings = &engine->settings,
                                   .ctx = engine,
                                   .on_ready = on_ready,
                                   .on_change = on_change,
                                   .on_hopeless = on_hopeless,
                                   .on_reply = on_reply,
                                   .on_swap = on_brain_swap};
    scout_init(&engine->scout);
    engine->mix = (struct mix){.mixer = &engine->slots[KIND_MIXER],
                               .codec = &engine->slots[KIND_CODEC],
                               .scout = &engine->scout,
                               .settings = &engine->settings,
                               .ctx = engine,
                               .on_frame = on_frame,
                               .on_segment = on_segment,
                               .on_revoke = on_revoke,
                               .on_plan = on_plan,
                               .on_ask_rewind = on_ask_rewind,
                               .on_reply = on_reply,
                               .on_swap = on_swap};
    const json_t *mounts = config_get(&engine->settings.config, "mounts");
    for (size_t i = 0; i < json_array_size(mounts) && i < ENCODERS_MAX; i++)
        engine->mix.kbps[engine->mix.mount_count++] = (uint32_t)json_number_value(
            json_object_get(json_array_get(mounts, i), "kbps"));
    mix_init(&engine->mix);
}

static int start_slots(struct engine *engine, const json_t *hello, json_t *brain_state,
                       struct fv_error *error)
{
    const json_t *past = json_object_get(json_object_get(hello, "checkpoint"), "slots");
    bool has_died = json_integer_value(json_object_get(hello, "deaths")) > 0;
    char plugins_dir[512], run_dir[512];
    copy_text(hello, "plugins_dir", plugins_dir, sizeof plugins_dir);
    copy_text(hello, "run_dir", run_dir, sizeof run_dir);
    int rc = 0;
    for (int i = 0; i < KINDS; i++)
        slot_init(&engine->slots[i], (enum kind)i, plugins_dir, run_dir, &engine->services);
    for (int i = 0; rc == 0 && i < KINDS; i++)
        rc = slot_start(&engine->slots[i], i == KIND_BRAIN ? brain_state : NULL,
                        json_object_get(past, kind_name((enum kind)i)), has_died, error);
    return rc;
}

/* The memory of the show before this start of the program. New reference, or NULL. */
static json_t *load_show(struct engine *engine)
{
    char path[600];
    snprintf(path, sizeof path, "%s/show.json", engine->state_dir);
    return json_load_file(path, 0, NULL);
}

static int start(struct engine *engine, const json_t *hello)
{
    struct fv_error error = {{0}};
    char path[600];
    copy_text(hello, "state_dir", engine->state_dir, sizeof engine->state_dir);
    snprintf(path, sizeof path, "%s/library.db", engine->state_dir);
    settings_init(&engine->settings, json_incref(json_object_get(hello, "config")));
    engine->services.settings = &engine->settings;
    snprintf(engine->services.cache_dir, sizeof engine->services.cache_dir, "%s/cache",
             engine->state_dir);
    mkdir(engine->services.cache_dir, 0700);
    if (library_open(&engine->library, path, &error))
        return fatal(engine, &error);
    engine->services.library = engine->library;

    const json_t *checkpoint = json_object_get(hello, "checkpoint");
    bool is_clean = json_integer_value(json_object_get(hello, "deaths")) >= DEATHS_CLEAN;
    json_t *show = checkpoint ? NULL : load_show(engine);
    const json_t *scout = checkpoint ? json_object_get(checkpoint, "scout") : show;
    json_t *brain_state = json_incref(json_object_get(scout, "brain"));
    int rc = start_slots(engine, hello, brain_state, &error);
    wire_rooms(engine);
    engine->scout.brain_state = brain_state;
    if (rc) {
        json_decref(show);
        return fatal(engine, &error);
    }
    engine->slots[KIND_BRAIN].current->services.life_ms = &engine->scout.life_ms;
    if (checkpoint)
        scout_restore(&engine->scout, scout, find_track, engine);
    else
        engine->scout.plays =
            (uint64_t)json_integer_value(json_object_get(show, "plays"));
    if (is_clean)
        log_error("engine", "engines keep dying: beginning afresh behind the old plan");
    mix_restore(&engine->mix, (uint64_t)json_integer_value(json_object_get(hello, "epoch")),
                (uint64_t)json_integer_value(json_object_get(hello, "frame")),
                is_clean ? NULL : json_object_get(checkpoint, "plan"), find_track, engine);
    json_decref(show);
    return 0;
}

static void stop(struct engine *engine)
{
    keeper_stop(engine);
    scout_stop(&engine->scout);
    mix_stop(&engine->mix);
    if (engine->is_retiring) {
        log_info("engine", "%d builds are parked: a fresh engine takes over", LOADED_MAX);
        send_checkpoint(engine);
    }
}

static void release(struct engine *engine)
{
    mix_release(&engine->mix);
    scout_release(&engine->scout);
    for (int i = 0; i < KINDS; i++)
        slot_release(&engine->slots[i]);
    library_close(engine->library);
    settings_release(&engine->settings);
    bytes_release(&engine->received);
    outbox_release(&engine->outbox);
    pthread_mutex_destroy(&engine->lock);
    pthread_mutex_destroy(&engine->chores_lock);
    pthread_cond_destroy(&engine->chores_come);
}

int engine_main(int fd)
{
    struct engine *engine = must_alloc(sizeof *engine);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    outbox_init(&engine->outbox, fd);
    pthread_mutex_init(&engine->lock, NULL);
    pthread_mutex_init(&engine->chores_lock, NULL);
    pthread_cond_init(&engine->chores_come, NULL);
    json_t *hello = read_hello(fd);
    int status = 1;
    if (json_integer_value(json_object_get(hello, "wire")) == WIRE_VERSION) {
        enum log_level level;
        const char *name = json_string_value(
            json_object_get(json_object_get(hello, "config"), "log"));
        if (name && log_level_parse(name, &level) == 0)
            log_set_level(level);
        status = start(engine, hello);
        if (status == 0) {
            send_slots(engine);
            scout_start(&engine->scout);
            mix_start(&engine->mix);
            engine->has_keeper =
                pthread_create(&engine->keeper, NULL, keeper_thread, engine) == 0;
            serve(engine);
            stop(engine);
        } else {
            read_wire(engine); /* the front hangs up when it has read why */
        }
        release(engine);
    }
    json_decref(hello);
    close(fd);
    free(engine);
    return status;
}
