/* front.c - puts the rooms together and turns the clock. */
#include "front.h"

#include "admin.h"
#include "air.h"
#include "engine_link.h"
#include "heir.h"
#include "log.h"
#include "room.h"
#include "routes.h"
#include "run_dir.h"
#include "server.h"
#include "upgrade.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TICK_MS 25           /* shortest time between two turns of the wheel */
#define SLOW_MS 1000         /* between two looks at slow things */
#define START_BUFFER_S 2.0   /* frames that the clock waits for at the start */
#define START_PATIENCE_S 5.0 /* but no longer than this */
#define TIMELINE_PAST_S 600

struct front {
    uv_loop_t loop;
    const struct front_options *options;
    struct air air;
    struct server server;
    struct admin admin;
    struct engine_link link;
    uv_timer_t tick;
    uv_signal_t signals[3];
    char run_dir[512];
    int run_fd;       /* holds the lock on it; -1: none */
    struct heir heir; /* while it starts in another's place */
    int heir_fd;
    uint64_t swept_ms;          /* when slow things were last looked at */
    char title[TIMELINE_TITLE]; /* last said on /events and in the log */
    int64_t on_air;             /* start of the segment last said on /events */
    bool wants_stop;
    int upgrade_in; /* ticks; 0 = it is not wanted */
    int status;     /* exit status */
};

/* ---- what is on air -------------------------------------------------------------------
 */

static void say(struct front *front, const char *name, json_t *given)
{
    server_event(&front->server, name, given);
    json_decref(given);
}

/* Tell /events and the log when what is on air changes. */
static void announce(struct front *front)
{
    struct air *air = &front->air;
    uint64_t made = air_made_edge(air);
    const struct timeline_segment *segment = timeline_at(&air->timeline, made);
    if (segment && segment->start != front->on_air) {
        front->on_air = segment->start;
        say(front, "segment", timeline_segment_json(segment, &air->stream));
    }
    const char *title = timeline_title(&air->timeline, made);
    if (title && strcmp(title, front->title) != 0) {
        log_info("front", "on air: %s", title);
        snprintf(front->title, sizeof front->title, "%s", title);
        say(front, "title", air_title(air));
    }
}

/* ---- the clock ------------------------------------------------------------------------
 */

static void start_clock(struct air *air)
{
    struct stream *stream = &air->stream;
    uint64_t now = uv_hrtime();
    bool is_filled = stream->mounts[0].log.next >= pacer_frames(START_BUFFER_S);
    bool is_late = now - air->opened_ns > (uint64_t)(START_PATIENCE_S * 1e9);
    if (!is_filled && !is_late)
        return;
    struct timespec wall;
    clock_gettime(CLOCK_REALTIME, &wall);
    air->started = (double)wall.tv_sec + (double)wall.tv_nsec / 1e9;
    pacer_start(&stream->pacer, now, 0);
    air->wheel.turned_ns = now;
}

static void note_silence(struct air *air, uint64_t silent_before)
{
    bool is_dry = air->stream.silent_total > silent_before;
    if (is_dry && !air->is_dry)
        log_error("front", "no frames are ready: sending silence");
    if (!is_dry && air->is_dry && air_buffered_s(air) > 0)
        log_info("front", "audio flows again");
    air->is_dry = is_dry || (air->is_dry && air_buffered_s(air) <= 0);
}

static void look_at_slow_things(struct front *front)
{
    uint64_t now_ms = uv_now(&front->loop);
    if (now_ms - front->swept_ms < SLOW_MS)
        return;
    front->swept_ms = now_ms;
    server_sweep(&front->server, now_ms);
    struct air *air = &front->air;
    int64_t made = (int64_t)(air_made_edge(air) * MP3_SAMPLES);
    timeline_trim(&air->timeline, made - TIMELINE_PAST_S * MP3_RATE);
    if (air->has_listener_news)
        say(front, "listeners", air_listeners(air));
    air->has_listener_news = false;
    say(front, "status", air_status(air));
    front->wants_stop |= air->is_draining && air->wheel.count == 0;
}

static void stop(struct front *front);
static void upgrade(struct front *front);

static void on_tick(uv_timer_t *timer)
{
    struct front *front = timer->data;
    struct air *air = &front->air;
    uint64_t now = uv_hrtime(), silent_before = air->stream.silent_total;
    if (front->wants_stop) {
        log_info("front", "stopping");
        stop(front);
        return;
    }
    if (front->upgrade_in > 0 && --front->upgrade_in == 0)
        upgrade(front);
    if (!air->stream.pacer.is_running)
        start_clock(air);
    stream_advance(&air->stream, now);
    note_silence(air, silent_before);
    struct listener_view view = air_view(air);
    if (air->stream.pacer.is_running)
        wheel_turn(&air->wheel, &view, now, routes_drop);
    engine_link_tick(&front->link);
    announce(front);
    look_at_slow_things(front);
    uint64_t slot_ms = wheel_tick_ms(air->wheel.count) / WHEEL_SLOTS;
    uv_timer_start(timer, on_tick, slot_ms < TICK_MS ? TICK_MS : slot_ms, 0);
}

/* ---- configuration --------------------------------------------------------------------
 */

/* The file's, with the command line's values in place. */
static int load_config(const struct front_options *options, struct config *config,
                       struct config_error *error)
{
    int rc = config_load(config, options->config_path, error);
    const char *name;
    json_t *value;
    if (rc)
        return rc;
    json_object_foreach(options->overrides, name, value)
        config_set(config, name, json_incref(value));
    return 0;
}

static void apply_config(const struct config *config)
{
    enum log_level level;
    if (log_level_parse(config_text(config, "log"), &level) == 0)
        log_set_level(level);
}

static void make_room(struct front *front)
{
    double listeners = config_number(&front->air.config, "http.max_listeners");
    front->server.most = room_make((size_t)listeners);
}

/* These need new sockets or new memory; a running front keeps the old ones. */
static void keep_what_waits(const struct config *old, struct config *new)
{
    static const char *const fixed[] = {"http.listen", "mounts", "stream.buffer_s",
                                        "stream.history_s", "stream.burst_s"};
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        const json_t *kept = config_get(old, fixed[i]);
        if (json_equal(kept, config_get(new, fixed[i])))
            continue;
        log_warning("front", "\"%s\" has changed: it takes effect at the next start",
                    fixed[i]);
        config_set(new, fixed[i], json_deep_copy(kept)); /* for the next engine, too */
    }
}

/* returns 0 or -errno with error filled */
static int reload_config(void *ctx, struct config_error *error)
{
    struct front *front = ctx;
    struct config *config = &front->air.config, fresh;
    int rc = load_config(front->options, &fresh, error);
    if (rc) {
        log_error("front", "keeping the old configuration: %s", error->text);
        return rc;
    }
    keep_what_waits(config, &fresh);
    config_release(config);
    *config = fresh;
    apply_config(config);
    make_room(front);
    engine_link_configure(&front->link);
    log_info("front", "the configuration was read again");
    return 0;
}

/* ---- start and stop -------------------------------------------------------------------
 */

/* On the next tick: answers are out by then. */
static void stop_soon(void *ctx)
{
    struct front *front = ctx;
    front->wants_stop = true;
}

static int save_heir(const struct front *front)
{
    const struct heir mine = {.run_dir = front->run_dir,
                              .run_fd = front->run_fd,
                              .engine_pid = front->air.engine.pid};
    json_t *checkpoint = engine_link_checkpoint(&front->link);
    int fd = heir_save(&front->air, &front->server, checkpoint, &mine);
    json_decref(checkpoint);
    return fd;
}

/* returns 0: on the tick after the next it is, for signals that came while the program
 * was tried are heard before that; or -errno with error filled */
static int upgrade_soon(void *ctx, struct config_error *error)
{
    struct front *front = ctx;
    const struct front_options *options = front->options;
    if (options->engine_main) {
        snprintf(error->text, sizeof error->text,
                 "one process can't be upgraded: its engine is in it");
        return -ENOTSUP;
    }
    int heir = save_heir(front);
    int rc =
        heir < 0 ? heir : upgrade_try(options->program, options->arguments, heir, error);
    if (heir >= 0)
        close(heir);
    else
        snprintf(error->text, sizeof error->text, "cannot write down what is on air: %s",
                 strerror(-rc));
    front->upgrade_in = rc == 0 ? 2 : 0;
    return rc;
}

/* The frames that are ready last while the next engine starts. */
static void upgrade(struct front *front)
{
    int heir = save_heir(front);
    if (heir < 0) {
        log_error("front", "cannot write down what is on air: %s", strerror(-heir));
        return;
    }
    log_info("front", "%s goes on", front->options->program);
    engine_link_kill(&front->link);
    heir_keep_open(&front->server, front->run_fd, true);
    int rc = upgrade_exec(front->options->program, front->options->arguments, heir);
    heir_keep_open(&front->server, front->run_fd, false);
    close(heir);
    log_error("front", "cannot become %s: %s", front->options->program, strerror(-rc));
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct front *front = handle->data;
    struct config_error error;
    if (number == SIGHUP)
        reload_config(front, &error);
    else
        stop_soon(front);
}

static void open_signals(struct front *front)
{
    static const int numbers[] = {SIGHUP, SIGINT, SIGTERM};
    signal(SIGPIPE, SIG_IGN);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        uv_signal_init(&front->loop, &front->signals[i]);
        front->signals[i].data = front;
        uv_signal_start(&front->signals[i], on_signal, numbers[i]);
    }
}

/* ---- what the rooms ask of each other
 * --------------------------------------------------
 */

static void on_answer(void *ctx, uint64_t id, json_t *given)
{
    struct front *front = ctx;
    admin_answer(&front->admin, id, given);
}

static void on_event(void *ctx, const char *name, json_t *event)
{
    struct front *front = ctx;
    server_event(&front->server, name, event);
}

static void on_dead_engine(void *ctx)
{
    struct front *front = ctx;
    admin_answer_all(&front->admin,
                     front->link.is_excused
                         ? "a fresh engine takes over: try again"
                         : "the engine has died meanwhile and was started again");
}

static void on_fatal(void *ctx)
{
    struct front *front = ctx;
    front->status = 1;
    stop_soon(front);
}

static int start_link(struct front *front)
{
    static const struct engine_link_methods methods = {on_answer, on_event,
                                                       on_dead_engine, on_fatal};
    const struct engine_link_settings settings = {
        .run_dir = front->run_dir,
        .state_dir = front->options->state_dir,
        .plugins_dir = front->options->plugins_dir,
        .engine_main = front->options->engine_main,
        .methods = &methods,
        .ctx = front,
    };
    return engine_link_start(&front->link, &front->loop, &front->air, &settings);
}

static int open_admin(struct front *front)
{
    const struct admin_rooms rooms = {&front->air, &front->link, reload_config,
                                      stop_soon,   upgrade_soon, front};
    return admin_open(&front->admin, &front->loop, front->options->admin_path, &rooms);
}

/* What is no address is bad usage. */
static int open_server(struct front *front, int fd)
{
    const char *listen = config_text(&front->air.config, "http.listen");
    int rc = server_open(&front->server, &front->loop, listen, fd, &routes_methods,
                         &front->air);
    if (rc == -EINVAL) {
        log_error("front",
                  "cannot listen on \"%s\": name it like 127.0.0.1:8192 or [::1]:8192",
                  listen);
        front->status = 2;
    } else if (rc) {
        log_error("front", "cannot listen on %s: %s%s", listen, uv_strerror(rc),
                  rc == -EADDRINUSE ? ": choose another with --http HOST:PORT" : "");
    }
    return rc;
}

/* ---- all of it ------------------------------------------------------------------------
 */

/* Go on where the program before this one was. returns 0 or -errno */
static int take_over(struct front *front)
{
    const struct heir *heir = &front->heir;
    int rc = heir_load(heir, front->heir_fd, &front->air);
    engine_link_recall(&front->link, json_object_get(heir->given, "checkpoint"));
    snprintf(front->run_dir, sizeof front->run_dir, "%s", heir->run_dir);
    front->run_fd = heir->run_fd;
    if (heir->engine_pid > 0)
        waitpid(heir->engine_pid, NULL, 0);
    if (rc)
        log_error("front", "what the program before this one has left can't be read");
    return rc;
}

static void welcome_back(struct front *front)
{
    size_t count = heir_adopt(&front->heir, &front->air, &front->server, &front->loop);
    heir_keep_open(&front->server, front->run_fd, false);
    log_info("front", "this program goes on with %zu listeners", count);
}

static int open_all(struct front *front)
{
    const struct front_options *options = front->options;
    struct air *air = &front->air;
    const struct config *config = &air->config;
    struct stream_settings settings = {
        .mounts = config_get(config, "mounts"),
        .buffer_s = config_number(config, "stream.buffer_s"),
        .history_s = config_number(config, "stream.history_s"),
        .burst_s = config_number(config, "stream.burst_s"),
    };
    const struct heir *heir = &front->heir;
    int rc = stream_init(&air->stream, &settings);
    if (rc == 0 && heir->given)
        rc = take_over(front);
    else if (rc == 0 && (rc = run_dir_make(options->state_dir, front->run_dir,
                                           sizeof front->run_dir, &front->run_fd)) != 0)
        log_error("front", "cannot make a folder in %s: %s", options->state_dir,
                  strerror(-rc));
    if (rc == 0 && (rc = open_admin(front)) != 0)
        log_error("front", "cannot open the admin socket %s: %s%s", options->admin_path,
                  uv_strerror(rc),
                  rc == -EADDRINUSE ? ": another forever uses it (--state DIR)" : "");
    if (rc == 0)
        run_dir_sweep(options->state_dir);
    if (rc == 0)
        rc = open_server(front, heir->given ? heir->server_fd : -1);
    if (rc == 0 && heir->given)
        welcome_back(front);
    if (rc == 0)
        rc = start_link(front);
    return rc;
}

/* Close everything; front_run returns when that is done. */
static void stop(struct front *front)
{
    if (uv_is_closing((uv_handle_t *)&front->tick))
        return;
    uv_close((uv_handle_t *)&front->tick, NULL);
    for (size_t i = 0; i < 3; i++)
        uv_close((uv_handle_t *)&front->signals[i], NULL);
    engine_link_stop(&front->link);
    server_close(&front->server);
    admin_close(&front->admin);
}

static void release_all(struct front *front)
{
    run_dir_remove(front->run_dir, front->run_fd);
    air_release(&front->air);
}

/* What a program before this one has left. returns 0 or -errno */
static int inherit(struct front *front)
{
    int rc = heir_open(&front->heir, front->heir_fd);
    if (rc == 0)
        keep_what_waits(&(struct config){.tree = front->heir.config}, &front->air.config);
    return rc;
}

int front_run(const struct front_options *options)
{
    static struct front front; /* large; there is one */
    struct config_error error;
    memset(&front, 0, sizeof front);
    front.options = options;
    front.on_air = front.run_fd = -1;
    if (load_config(options, &front.air.config, &error)) {
        log_error("front", "%s", error.text);
        return 1;
    }
    bool is_trial;
    front.heir_fd = upgrade_inherited(&is_trial);
    if (is_trial)
        return upgrade_answer(front.heir_fd);
    if (front.heir_fd >= 0 && inherit(&front)) {
        log_error("front", "what the program before this one has left can't be read");
        return 1;
    }
    apply_config(&front.air.config);
    make_room(&front);
    uv_loop_init(&front.loop);
    front.air.opened_ns = uv_hrtime();
    front.air.address = front.server.address;
    open_signals(&front);
    uv_timer_init(&front.loop, &front.tick);
    front.tick.data = &front;
    int rc = open_all(&front);
    heir_release(&front.heir);
    if (front.heir_fd >= 0)
        close(front.heir_fd);
    if (rc == 0) {
        log_info("front", "listen at http://%s%s, look at http://%s/",
                 front.server.address, front.air.stream.mounts[0].path,
                 front.server.address);
        uv_timer_start(&front.tick, on_tick, 0, 0);
    } else {
        stop(&front);
    }
    uv_run(&front.loop, UV_RUN_DEFAULT);
    uv_loop_close(&front.loop);
    release_all(&front);
    return rc && !front.status ? 1 : front.status;
}
