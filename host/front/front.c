/* front.c - puts the rooms together and turns the clock. */
#include "front.h"

#include "log.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define TICK_MS 25           /* shortest time between two turns of the wheel */
#define SLOW_MS 1000         /* between two looks at slow things */
#define START_BUFFER_S 2.0   /* frames that the clock waits for at the start */
#define START_PATIENCE_S 5.0 /* but no longer than this */
#define TIMELINE_PAST_S 600
#define EDGE_FILES 64 /* open files beside those of listeners */

/* ---- what is on air -------------------------------------------------------------------
 */

struct listener_view front_view(const struct front *front)
{
    return (struct listener_view){
        .stream = &front->stream,
        .timeline = &front->timeline,
        .edge = pacer_edge(&front->stream.pacer, uv_hrtime()),
        .drops_slow =
            strcmp(config_text(&front->config, "http.slow_listener"), "drop") == 0,
    };
}

static uint64_t made_edge(const struct front *front)
{
    uint64_t edge = pacer_edge(&front->stream.pacer, uv_hrtime());
    return stream_made_of(&front->stream, edge);
}

const char *front_fault(const struct front *front)
{
    if (!front->stream.pacer.is_running)
        return "starting: waiting for the first track";
    return front->is_dry ? "silence: the engine has no frames ready" : NULL;
}

json_t *front_now(const struct front *front)
{
    const struct timeline_segment *segment =
        timeline_at(&front->timeline, made_edge(front));
    uint64_t edge = pacer_edge(&front->stream.pacer, uv_hrtime());
    const char *title = timeline_title(&front->timeline, made_edge(front));
    return json_pack("{s:f, s:I, s:s?, s:o?}", "now",
                     (double)edge * MP3_SAMPLES / MP3_RATE, "frame", (json_int_t)edge,
                     "title", title, "segment",
                     segment ? timeline_segment_json(segment, &front->stream) : NULL);
}

json_t *front_queue(const struct front *front)
{
    json_t *queue = json_array(), *item;
    int64_t heard = (int64_t)made_edge(front) * MP3_SAMPLES;
    size_t i;
    json_array_foreach(json_object_get(front->queue, "queue"), i, item)
    {
        const json_t *at = json_object_get(item, "at");
        if (at && json_integer_value(at) <= heard)
            continue;
        json_t *shown = json_copy(item);
        json_object_del(shown, "at");
        if (at)
            json_object_set_new(
                shown, "start",
                json_real(timeline_seconds(&front->stream, json_integer_value(at))));
        json_array_append_new(queue, shown);
    }
    json_t *aside = json_object_get(front->queue, "set_aside");
    return json_pack("{s:o, s:o}", "queue", queue, "set_aside",
                     aside ? json_incref(aside) : json_array());
}

static double buffered_s(const struct front *front)
{
    uint64_t edge = pacer_edge(&front->stream.pacer, uv_hrtime());
    uint64_t next = front->stream.mounts[0].log.next;
    return next > edge ? (double)(next - edge) * MP3_SAMPLES / MP3_RATE : 0;
}

json_t *front_status(const struct front *front)
{
    const struct engine_link *link = &front->link;
    double up_s = (double)(uv_hrtime() - front->opened_ns) / 1e9;
    uint64_t edge = pacer_edge(&front->stream.pacer, uv_hrtime());
    const char *fault = front_fault(front);
    json_t *engine =
        json_pack("{s:i, s:b, s:I, s:I}", "pid",
                  link->is_process_alive ? link->process.pid : (int)getpid(), "ready",
                  link->is_ready, "restarts", (json_int_t)link->restarts, "frames",
                  (json_int_t)front->stream.made);
    return json_pack(
        "{s:s, s:s?, s:f, s:i, s:s, s:I, s:f, s:I, s:I, s:I, s:I, s:I, s:s?, s:o}",
        "state", fault ? "silent" : "on air", "fault", fault, "uptime_s", up_s, "pid",
        (int)getpid(), "http", front->server.address, "frame", (json_int_t)edge,
        "buffered_s", buffered_s(front), "silent_frames",
        (json_int_t)front->stream.silent_total, "listeners",
        (json_int_t)front->wheel.count, "listeners_total", (json_int_t)front->wheel.total,
        "jumps", (json_int_t)front->wheel.jumps, "rewinds",
        (json_int_t)front->stream.epoch, "title",
        timeline_title(&front->timeline, made_edge(front)), "engine", engine);
}

void front_metrics(const struct front *front, struct bytes *text)
{
    const struct {
        const char *name, *type, *help;
        double value;
    } metrics[] = {
        {"listeners", "gauge", "listeners connected", (double)front->wheel.count},
        {"listeners_total", "counter", "listeners that came", (double)front->wheel.total},
        {"jumps_total", "counter", "slow listeners moved forward",
         (double)front->wheel.jumps},
        {"frames_total", "counter", "MP3 frames made", (double)front->stream.made},
        {"silent_frames_total", "counter", "frames of silence sent for want of audio",
         (double)front->stream.silent_total},
        {"buffered_seconds", "gauge", "finished audio that is not sent yet",
         buffered_s(front)},
        {"engine_restarts_total", "counter", "engines that died",
         (double)front->link.restarts},
        {"up", "gauge", "1 while audio flows", front_fault(front) ? 0 : 1},
    };
    for (size_t i = 0; i < sizeof metrics / sizeof metrics[0]; i++)
        bytes_printf(text,
                     "# HELP forever_%s %s\n# TYPE forever_%s %s\nforever_%s %.10g\n",
                     metrics[i].name, metrics[i].help, metrics[i].name, metrics[i].type,
                     metrics[i].name, metrics[i].value);
}

void front_note_listeners(struct front *front)
{
    front->has_listener_news = true;
}

static void say_segment(struct front *front, const struct timeline_segment *segment)
{
    json_t *shown = timeline_segment_json(segment, &front->stream);
    server_event(&front->server, "segment", shown);
    json_decref(shown);
}

static void say_title(struct front *front, const char *title)
{
    json_t *shown = json_pack("{s:s, s:I}", "title", title, "frame",
                              (json_int_t)pacer_edge(&front->stream.pacer, uv_hrtime()));
    server_event(&front->server, "title", shown);
    json_decref(shown);
}

void front_greet(struct front *front)
{
    front->on_air = -1;
    front->title[0] = 0;
    front->has_listener_news = true;
}

/* Tell /events and the log when what is on air changes. */
static void announce(struct front *front)
{
    uint64_t made = made_edge(front);
    const struct timeline_segment *segment = timeline_at(&front->timeline, made);
    if (segment && segment->start != front->on_air) {
        front->on_air = segment->start;
        say_segment(front, segment);
    }
    const char *title = timeline_title(&front->timeline, made);
    if (title && strcmp(title, front->title) != 0) {
        if (strcmp(title, front->logged_title) != 0)
            log_info("front", "on air: %s", title);
        snprintf(front->title, sizeof front->title, "%s", title);
        snprintf(front->logged_title, sizeof front->logged_title, "%s", title);
        say_title(front, title);
    }
    if (front->has_listener_news) {
        json_t *count = json_pack("{s:I}", "listeners", (json_int_t)front->wheel.count);
        server_event(&front->server, "listeners", count);
        json_decref(count);
        front->has_listener_news = false;
    }
}

/* ---- the clock ------------------------------------------------------------------------
 */

static void start_clock(struct front *front)
{
    struct stream *stream = &front->stream;
    uint64_t now = uv_hrtime();
    bool is_filled = stream->mounts[0].log.next >= pacer_frames(START_BUFFER_S);
    bool is_late = now - front->opened_ns > (uint64_t)(START_PATIENCE_S * 1e9);
    if (!is_filled && !is_late)
        return;
    struct timespec wall;
    clock_gettime(CLOCK_REALTIME, &wall);
    front->started = (double)wall.tv_sec + (double)wall.tv_nsec / 1e9;
    pacer_start(&stream->pacer, now, 0);
    front->wheel.turned_ns = now;
}

static void note_silence(struct front *front, uint64_t silent_before)
{
    bool is_dry = front->stream.silent_total > silent_before;
    if (is_dry && !front->is_dry)
        log_error("front", "no frames are ready: sending silence");
    if (!is_dry && front->is_dry && buffered_s(front) > 0)
        log_info("front", "audio flows again");
    front->is_dry = is_dry || (front->is_dry && buffered_s(front) <= 0);
}

static void on_listener_gone(struct listener *listener, int error)
{
    struct connection *connection = listener->socket->data;
    log_debug("front", "listener %llu is gone: %s", (unsigned long long)listener->id,
              uv_strerror(error));
    front_note_listeners(connection->front);
    connection_close(connection);
}

static void look_at_slow_things(struct front *front)
{
    uint64_t now_ms = uv_now(&front->loop);
    if (now_ms - front->swept_ms < SLOW_MS)
        return;
    front->swept_ms = now_ms;
    server_sweep(&front->server, now_ms);
    int64_t past = (int64_t)(made_edge(front) * MP3_SAMPLES) - TIMELINE_PAST_S * MP3_RATE;
    timeline_trim(&front->timeline, past);
    json_t *status = front_status(front);
    server_event(&front->server, "status", status);
    json_decref(status);
}

static void on_tick(uv_timer_t *timer)
{
    struct front *front = timer->data;
    uint64_t now = uv_hrtime(), silent_before = front->stream.silent_total;
    if (front->wants_stop) {
        front_stop(front);
        return;
    }
    if (!front->stream.pacer.is_running)
        start_clock(front);
    stream_advance(&front->stream, now);
    note_silence(front, silent_before);
    struct listener_view view = front_view(front);
    if (front->stream.pacer.is_running)
        wheel_turn(&front->wheel, &view, now, on_listener_gone);
    engine_link_tick(&front->link);
    announce(front);
    look_at_slow_things(front);
    uint64_t slot_ms = wheel_tick_ms(front->wheel.count) / WHEEL_SLOTS;
    uv_timer_start(timer, on_tick, slot_ms < TICK_MS ? TICK_MS : slot_ms, 0);
}

/* ---- configuration --------------------------------------------------------------------
 */

int front_load_config(const struct front_options *options, struct config *config,
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

static void apply_config(struct front *front)
{
    enum log_level level;
    if (log_level_parse(config_text(&front->config, "log"), &level) == 0)
        log_set_level(level);
}

/* These need new sockets or new memory; a running front keeps the old ones. */
static void say_what_waits(const struct config *old, const struct config *new)
{
    static const char *const fixed[] = {"http.listen", "mounts", "stream.buffer_s",
                                        "stream.history_s", "stream.burst_s"};
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
        if (!json_equal(config_get(old, fixed[i]), config_get(new, fixed[i])))
            log_warning("front", "\"%s\" has changed: it takes effect at the next start",
                        fixed[i]);
}

int front_reload_config(struct front *front, struct config_error *error)
{
    struct config fresh;
    int rc = front_load_config(front->options, &fresh, error);
    if (rc) {
        log_error("front", "keeping the old configuration: %s", error->text);
        return rc;
    }
    say_what_waits(&front->config, &fresh);
    config_release(&front->config);
    front->config = fresh;
    apply_config(front);
    engine_link_configure(&front->link);
    log_info("front", "the configuration was read again");
    return 0;
}

/* ---- start and stop -------------------------------------------------------------------
 */

static void on_signal(uv_signal_t *handle, int number)
{
    struct front *front = handle->data;
    struct config_error error;
    if (number == SIGHUP)
        front_reload_config(front, &error);
    else
        front_stop(front);
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

static void raise_file_limit(const struct config *config)
{
    struct rlimit limit;
    rlim_t want = (rlim_t)config_number(config, "http.max_listeners") + EDGE_FILES;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= want)
        return;
    limit.rlim_cur = want;
    if (limit.rlim_max < want)
        limit.rlim_max = want;
    if (setrlimit(RLIMIT_NOFILE, &limit) == 0)
        return;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    log_warning("front",
                "only %llu open files are allowed: room for about %llu listeners",
                (unsigned long long)limit.rlim_cur,
                (unsigned long long)(limit.rlim_cur - EDGE_FILES));
}

static int make_run_dir(struct front *front)
{
    snprintf(front->run_dir, sizeof front->run_dir, "%s/run.XXXXXX",
             front->options->state_dir);
    return mkdtemp(front->run_dir) ? 0 : -errno;
}

static int remove_entry(const char *path, const struct stat *about, int kind,
                        struct FTW *at)
{
    (void)about;
    (void)kind;
    (void)at;
    remove(path);
    return 0;
}

static int open_all(struct front *front)
{
    const struct front_options *options = front->options;
    const struct config *config = &front->config;
    struct stream_settings settings = {
        .mounts = config_get(config, "mounts"),
        .buffer_s = config_number(config, "stream.buffer_s"),
        .history_s = config_number(config, "stream.history_s"),
        .burst_s = config_number(config, "stream.burst_s"),
    };
    const char *listen = config_text(config, "http.listen");
    int rc = stream_init(&front->stream, &settings);
    if (rc == 0 && (rc = make_run_dir(front)) != 0)
        log_error("front", "cannot make a folder in %s: %s", options->state_dir,
                  strerror(-rc));
    if (rc == 0 && (rc = admin_open(&front->admin, front, options->admin_path)) != 0)
        log_error("front", "cannot open the admin socket %s: %s%s", options->admin_path,
                  uv_strerror(rc),
                  rc == -EADDRINUSE ? ": another forever uses it (--state DIR)" : "");
    if (rc == 0 && (rc = server_open(&front->server, front, listen)) != 0)
        log_error("front", "cannot listen on %s: %s%s", listen, uv_strerror(rc),
                  rc == -EADDRINUSE ? ": choose another with --http HOST:PORT" : "");
    if (rc == 0)
        rc = engine_link_start(&front->link, front);
    return rc;
}

void front_stop(struct front *front)
{
    if (uv_is_closing((uv_handle_t *)&front->tick))
        return;
    log_info("front", "stopping");
    uv_close((uv_handle_t *)&front->tick, NULL);
    for (size_t i = 0; i < 3; i++)
        uv_close((uv_handle_t *)&front->signals[i], NULL);
    engine_link_stop(&front->link);
    server_close(&front->server);
    admin_close(&front->admin);
}

static void release_all(struct front *front)
{
    if (*front->run_dir)
        nftw(front->run_dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    timeline_release(&front->timeline);
    stream_release(&front->stream);
    config_release(&front->config);
    json_decref(front->queue);
    json_decref(front->plugins);
}

int front_run(const struct front_options *options)
{
    static struct front front; /* large; there is one */
    struct config_error error;
    memset(&front, 0, sizeof front);
    front.options = options;
    front.on_air = -1;
    if (front_load_config(options, &front.config, &error)) {
        log_error("front", "%s", error.text);
        return 1;
    }
    apply_config(&front);
    raise_file_limit(&front.config);
    uv_loop_init(&front.loop);
    front.loop.data = &front;
    front.opened_ns = uv_hrtime();
    open_signals(&front);
    uv_timer_init(&front.loop, &front.tick);
    front.tick.data = &front;
    int rc = open_all(&front);
    if (rc == 0) {
        log_info("front", "listen at http://%s%s, look at http://%s/",
                 front.server.address, front.stream.mounts[0].path, front.server.address);
        uv_timer_start(&front.tick, on_tick, 0, 0);
    } else {
        front_stop(&front);
    }
    uv_run(&front.loop, UV_RUN_DEFAULT);
    uv_loop_close(&front.loop);
    release_all(&front);
    return rc ? 1 : front.status;
}
