/* engine.c - starts the rooms, reads the wire, and says that it is alive for as long as
 * the mix and scout threads are. Its thread never runs a plugin's code. */
#include "engine.h"

#include "log.h"
#include "rooms.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define TICK_MS 100
#define ALIVE_MS 250  /* a quarter of the shortest engine.stall_s */
#define SCOUT_STALL 4 /* times engine.stall_s: decoding and listening take longer */
#define LOADED_MAX 64 /* parked builds after which the process is replaced */
#define DEATHS_CLEAN                                                                     \
    4 /* in a minute: go on without the plan that keeps killing engines */

/* ---- the wire -------------------------------------------------------------------------
 */

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
        keeper_command(engine, a, line);
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
    bool is_mix_stalled = atomic_load(&engine->mix.is_busy) &&
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
        engine->is_retiring = keeper_loaded(engine) >= LOADED_MAX;
    }
}

/* ---- the start ------------------------------------------------------------------------
 */

static const char *text_of(const json_t *json, const char *name)
{
    const char *text = json_string_value(json_object_get(json, name));
    return text ? text : "";
}

/* What the library knows of a file, if it is these bytes and was analysed; or NULL. */
static struct track *known_at(struct engine *engine, const char *uri, const char *path,
                              const char *hash)
{
    uint32_t version = engine->slots[KIND_BRAIN].current->brain.analysis_version;
    struct track *known = NULL;
    struct fv_error fault;
    library_recall(engine->library, uri, path, version, &known, &fault);
    if (known && known->finding && strcmp(known->hash, hash) == 0)
        return known;
    track_drop(known);
    return NULL;
}

/* A track of a checkpoint, found again in the library: where it was, or else by its
 * bytes.
 */
static struct track *find_track(void *ctx, const json_t *json)
{
    struct engine *engine = ctx;
    const char *id = text_of(json, "id"), *hash = text_of(json, "hash");
    const char *uri = text_of(json, "uri"), *was = text_of(json, "path");
    bool is_far = *uri && *uri != '/';
    char path[4096];
    struct track *known = *was ? known_at(engine, is_far ? uri : was, was, hash) : NULL;
    if (!known && library_path_of(engine->library, hash, path, sizeof path) == 0)
        known = known_at(engine, is_far ? uri : path, path, hash);
    if (!known)
        return NULL;
    struct track *play = track_play(known, id, text_of(json, "why"));
    track_drop(known);
    if (is_far)
        track_call(play, text_of(json, "title"), text_of(json, "artist"),
                   text_of(json, "license"));
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
        slot_init(&engine->slots[i], (enum kind)i, plugins_dir, run_dir,
                  &engine->services);
    for (int i = 0; rc == 0 && i < KINDS; i++)
        rc = slot_start(&engine->slots[i], i == KIND_BRAIN ? brain_state : NULL,
                        json_object_get(past, kind_name((enum kind)i)), has_died, error);
    return rc;
}

/* Engines keep dying, and no new build is to blame: it may be the plan. */
static bool is_plan_suspect(const struct engine *engine, const json_t *hello)
{
    bool is_suspect =
        json_integer_value(json_object_get(hello, "deaths")) >= DEATHS_CLEAN;
    for (int i = 0; i < KINDS; i++)
        is_suspect = is_suspect && !engine->slots[i].has_culprit;
    return is_suspect;
}

/* The memory of the show before this start of the program. What can't be read is kept for
 * people: bans and requests may be in it. New reference, or NULL. */
static json_t *load_show(struct engine *engine)
{
    char path[600], bad[610];
    json_error_t fault = {.text = "no object"};
    snprintf(path, sizeof path, "%s/show.json", engine->state_dir);
    snprintf(bad, sizeof bad, "%s.bad", path);
    json_t *show = json_load_file(path, 0, &fault);
    if (json_is_object(show) || access(path, F_OK) != 0)
        return show;
    log_error("engine", "cannot read %s: %s: beginning anew; it is kept as %s", path,
              fault.text, bad);
    rename(path, bad);
    json_decref(show);
    return NULL;
}

/* What is on air goes on without what is known of the crate; at the start somebody can
 * mend it. */
static int open_library(struct engine *engine, const char *path, bool is_on_air,
                        struct fv_error *error)
{
    int rc = library_open(&engine->library, path, error);
    if (rc == 0 || !is_on_air)
        return rc;
    log_error("engine", "%s; until then each engine listens anew", error->text);
    return library_open(&engine->library, NULL, error);
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
    const json_t *checkpoint = json_object_get(hello, "checkpoint");
    if (open_library(engine, path, checkpoint != NULL, &error))
        return fatal(engine, &error);
    engine->services.library = engine->library;

    json_t *show = checkpoint ? NULL : load_show(engine);
    const json_t *scout = checkpoint ? json_object_get(checkpoint, "scout") : show;
    json_t *brain_state = json_incref(json_object_get(scout, "brain"));
    int rc = start_slots(engine, hello, brain_state, &error);
    herald_listen(engine);
    engine->scout.brain_state = brain_state;
    if (rc) {
        json_decref(show);
        return fatal(engine, &error);
    }
    engine->slots[KIND_BRAIN].current->services.life_ms = &engine->scout.life_ms;
    engine->scout.plays = (uint64_t)json_integer_value(json_object_get(scout, "plays"));
    engine->scout.is_on_air = checkpoint != NULL;
    bool is_clean = is_plan_suspect(engine, hello);
    if (checkpoint || json_equal(json_object_get(show, "crate"),
                                 config_get(&engine->settings.config, "crate")))
        scout_restore(&engine->scout, scout, is_clean, find_track, engine);
    if (is_clean)
        log_error("engine", "engines keep dying: beginning afresh behind the old plan");
    mix_restore(
        &engine->mix, (uint64_t)json_integer_value(json_object_get(hello, "epoch")),
        (uint64_t)json_integer_value(json_object_get(hello, "frame")),
        is_clean ? NULL : json_object_get(checkpoint, "plan"), find_track, engine);
    json_decref(show);
    return 0;
}

/* A plugin that hangs would keep a process that nobody watches: it ends by SIGALRM. */
static void limit_the_end(struct engine *engine)
{
    alarm((unsigned)ceil(settings_number(&engine->settings, "engine.stall_s", 8)));
}

/* The frame that is on air. */
static uint64_t frame_on_air(struct engine *engine)
{
    double buffer_s = settings_number(&engine->settings, "stream.buffer_s", 60);
    uint64_t limit = mix_limit(&engine->mix);
    uint64_t ahead = (uint64_t)(buffer_s * FV_RATE / FV_BLOCK);
    return limit > ahead ? limit - ahead : 0;
}

static void stop(struct engine *engine)
{
    limit_the_end(engine);
    keeper_stop(engine);
    scout_stop(&engine->scout);
    mix_stop(&engine->mix);
    if (engine->is_front_gone)
        herald_save(engine, frame_on_air(engine));
    if (engine->is_retiring) {
        log_info("engine", "%d builds are parked: a fresh engine takes over", LOADED_MAX);
        for (int i = 0; i < KINDS; i++)
            slot_acquit(&engine->slots[i]);
        herald_checkpoint(engine);
        outbox_send(&engine->outbox, WIRE_RETIRE, NULL, 0, NULL, 0);
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
    signal(SIGPIPE, SIG_IGN); /* what a library prints may have lost its reader */
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    outbox_init(&engine->outbox, fd);
    pthread_mutex_init(&engine->lock, NULL);
    pthread_mutex_init(&engine->chores_lock, NULL);
    pthread_cond_init(&engine->chores_come, NULL);
    json_t *hello = read_hello(fd);
    int status = 1;
    if (json_integer_value(json_object_get(hello, "wire")) == WIRE_VERSION) {
        enum log_level level;
        const char *name =
            json_string_value(json_object_get(json_object_get(hello, "config"), "log"));
        if (name && log_level_parse(name, &level) == 0)
            log_set_level(level);
        status = start(engine, hello);
        if (status == 0) {
            herald_slots(engine);
            scout_start(&engine->scout);
            mix_start(&engine->mix);
            keeper_start(engine);
            serve(engine);
            stop(engine);
        } else {
            read_wire(engine); /* the front hangs up when it has read why */
        }
        release(engine);
        alarm(0);
    }
    json_decref(hello);
    close(fd);
    free(engine);
    return status;
}
