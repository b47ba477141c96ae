/* engine_link.c - an engine's death is an ordinary event: close, count, start again from
 * the checkpoint at the first frame that is missing. */
#include "engine_link.h"

#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DEATH_WINDOW_MS 60000
#define REWIND_LEAD_S 2.0   /* frames so close to the edge are never taken back */
#define SLEPT_MS 1000       /* between two ticks: this process has slept */
#define RETRY_MS 5000       /* after an engine that could not begin ... */
#define START_RETRY_MS 1000 /* ... and after none could be started */
#define START_STALL 8       /* times engine.stall_s: opening the library may take long */
#define LATE_S 2.0          /* beyond engine.stall_s, by which an engine ends itself */

static void start_engine(struct engine_link *link);

/* ---- sending --------------------------------------------------------------------------
 */

struct sending {
    uv_write_t request;
    struct bytes bytes;
};

static void on_written(uv_write_t *request, int status)
{
    struct sending *sending = (struct sending *)request;
    (void)status; /* a broken wire is noticed by the reader */
    bytes_release(&sending->bytes);
    free(sending);
}

static void send_message(struct engine_link *link, enum wire_type type,
                         const uint64_t *numbers, size_t count, const char *tail)
{
    if (!link->is_connected)
        return;
    struct sending *sending = must_alloc(sizeof *sending);
    wire_put(&sending->bytes, type, numbers, count, tail, tail ? strlen(tail) : 0);
    uv_buf_t buffer =
        uv_buf_init((char *)sending->bytes.at, (unsigned)sending->bytes.length);
    if (uv_write(&sending->request, (uv_stream_t *)&link->pipe, &buffer, 1, on_written) !=
        0)
        on_written(&sending->request, 0);
}

static void send_json(struct engine_link *link, enum wire_type type, json_t *given)
{
    char *text = json_dumps(given, JSON_COMPACT | JSON_REAL_PRECISION(17));
    json_decref(given);
    send_message(link, type, NULL, 0, text);
    free(text);
}

static json_int_t recent_deaths(const struct engine_link *link)
{
    uint64_t now = uv_now(link->loop);
    json_int_t count = 0;
    for (size_t i = 0; i < LINK_DEATHS; i++)
        count += link->deaths_ms[i] != 0 && now - link->deaths_ms[i] < DEATH_WINDOW_MS;
    return count;
}

static void send_hello(struct engine_link *link)
{
    const struct air *air = link->air;
    const struct engine_link_settings *settings = &link->settings;
    json_t *hello = json_pack(
        "{s:i, s:O, s:s, s:s, s:s, s:I, s:I, s:I}", "wire", WIRE_VERSION, "config",
        air->config.tree, "run_dir", settings->run_dir, "state_dir", settings->state_dir,
        "plugins_dir", settings->plugins_dir, "frame", (json_int_t)air->stream.made,
        "epoch", (json_int_t)air->stream.epoch, "deaths", recent_deaths(link));
    if (link->checkpoint.length > 0)
        json_object_set_new(hello, "checkpoint",
                            json_loadb((const char *)link->checkpoint.at,
                                       link->checkpoint.length, 0, NULL));
    send_json(link, WIRE_HELLO, hello);
}

void engine_link_configure(struct engine_link *link)
{
    send_json(link, WIRE_CONFIG, json_incref(link->air->config.tree));
}

int engine_link_command(struct engine_link *link, uint64_t id, const char *line)
{
    if (!link->is_connected)
        return -ENOTCONN;
    send_message(link, WIRE_COMMAND, &id, 1, line);
    return 0;
}

/* ---- receiving ------------------------------------------------------------------------
 */

static json_t *parse_body(const struct wire_message *message)
{
    return json_loadb((const char *)message->body, message->length, 0, NULL);
}

static void keep_json(json_t **place, const struct wire_message *message)
{
    json_t *value = parse_body(message);
    if (!value)
        return;
    json_decref(*place);
    *place = value;
}

static int take_frames(struct engine_link *link, struct wire_message *message)
{
    uint64_t epoch, made, mount;
    if (wire_take(message, &epoch) || wire_take(message, &made) ||
        wire_take(message, &mount))
        return -EPROTO;
    int rc = stream_push(&link->air->stream, epoch, made, mount, message->body,
                         message->length);
    return rc < 0 ? rc : 0;
}

static void rewind_engine(struct engine_link *link)
{
    struct stream *stream = &link->air->stream;
    uint64_t made = stream_rewind(stream, uv_hrtime(), pacer_frames(REWIND_LEAD_S));
    send_message(link, WIRE_REWIND, (uint64_t[]){stream->epoch, made}, 2, NULL);
    link->credit = 0;
}

static void on_plugins(struct air *air, const struct wire_message *message)
{
    keep_json(&air->plugins, message);
    air->engine.is_ready = true;
}

/* Frames in answers and events are counted as made; people and programs count as sent. */
static json_t *counted_as_sent(const struct air *air, const struct wire_message *message)
{
    json_t *answer = parse_body(message);
    const json_t *made = json_object_get(answer, "frame_made");
    if (made) {
        uint64_t sent = stream_sent_of(&air->stream, (uint64_t)json_integer_value(made));
        json_object_set_new(answer, "frame", json_integer((json_int_t)sent));
        json_object_del(answer, "frame_made");
    }
    return answer;
}

/* End it, if it runs: that is no death for which a build is to blame. */
static void excuse(struct engine_link *link, uint64_t pause_ms)
{
    link->is_excused = true;
    link->pause_ms = pause_ms;
    if (link->is_process_alive)
        uv_process_kill(&link->process, SIGKILL);
}

/* At the start that is the end. Later there are listeners, and what is missing may come
 * back. */
static void give_up(struct engine_link *link)
{
    link->is_hopeless = link->air->stream.made == 0;
    if (link->is_hopeless)
        link->settings.methods->fatal(link->settings.ctx);
    excuse(link, RETRY_MS);
}

static int take_message(struct engine_link *link, struct wire_message *message)
{
    struct air *air = link->air;
    const struct engine_link_settings *settings = &link->settings;
    uint64_t number = 0;
    int rc = 0;
    switch (message->type) {
    case WIRE_FRAMES:
        return take_frames(link, message);
    case WIRE_ALIVE:
        break;
    case WIRE_READY:
    case WIRE_PLUGINS:
        on_plugins(air, message);
        break;
    case WIRE_SEGMENT:
        return timeline_add(&air->timeline, parse_body(message));
    case WIRE_WAVE:
        waves_put(&air->waves, message->body, message->length);
        break;
    case WIRE_REVOKE:
        rc = wire_take(message, &number);
        if (rc == 0)
            timeline_revoke(&air->timeline, (int64_t)number);
        break;
    case WIRE_CHECKPOINT:
        link->checkpoint.length = 0;
        bytes_append(&link->checkpoint, message->body, message->length);
        break;
    case WIRE_QUEUE:
        keep_json(&air->queue, message);
        break;
    case WIRE_REPLY:
        rc = wire_take(message, &number);
        if (rc == 0)
            settings->methods->answer(settings->ctx, number,
                                      counted_as_sent(air, message));
        break;
    case WIRE_EVENT: {
        json_t *event = counted_as_sent(air, message);
        const char *name = json_string_value(json_object_get(event, "event"));
        if (name)
            settings->methods->event(settings->ctx, name, event);
        json_decref(event);
        break;
    }
    case WIRE_ASK_REWIND:
        rewind_engine(link);
        break;
    case WIRE_RETIRE:
        excuse(link, 0);
        break;
    case WIRE_FATAL:
        log_error("front", "%.*s", (int)message->length, (const char *)message->body);
        give_up(link);
        break;
    default:
        return -EPROTO;
    }
    return rc;
}

/* ---- life and death -------------------------------------------------------------------
 */

static void on_restart(uv_timer_t *timer)
{
    start_engine(timer->data);
}

/* Both the wire and the process are gone: start the next engine, later each time. */
static void after_death(struct engine_link *link)
{
    if (link->is_stopping || link->is_hopeless)
        return;
    if (link->is_excused) {
        uv_timer_start(&link->restart, on_restart, link->pause_ms, 0);
        return;
    }
    uint64_t now = uv_now(link->loop);
    json_int_t before = recent_deaths(link);
    link->deaths_ms[link->air->engine.restarts++ % LINK_DEATHS] = now;
    uint64_t delay = before == 0 ? 0 : before < 6 ? 100u << before : 5000;
    log_warning("front", "the engine is gone; starting it again at frame %llu in %llu ms",
                (unsigned long long)link->air->stream.made, (unsigned long long)delay);
    uv_timer_start(&link->restart, on_restart, delay, 0);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct engine_link *link = handle->data;
    if (--link->open_handles == 0)
        after_death(link);
}

static void disconnect(struct engine_link *link)
{
    if (link->is_connected) {
        link->is_connected = link->air->engine.is_ready = false;
        bytes_release(&link->received);
        uv_close((uv_handle_t *)&link->pipe, on_handle_closed);
        link->settings.methods->dead(link->settings.ctx);
    }
    if (link->is_process_alive)
        uv_process_kill(&link->process, SIGKILL);
}

static void on_exit_of_engine(uv_process_t *process, int64_t status, int signal)
{
    struct engine_link *link = process->data;
    if (!link->is_stopping && !link->is_excused)
        log_error("front", "the engine (pid %d) ended with %s %d", process->pid,
                  signal ? "signal" : "status", signal ? signal : (int)status);
    link->is_process_alive = false;
    link->air->engine.pid = (int)getpid();
    if (link->is_stopping)
        uv_close((uv_handle_t *)&link->restart, NULL);
    uv_close((uv_handle_t *)process, on_handle_closed);
    disconnect(link);
}

static void on_wire_alloc(uv_handle_t *handle, size_t hint, uv_buf_t *buffer)
{
    struct engine_link *link = handle->data;
    uint8_t *room = bytes_reserve(&link->received, hint);
    *buffer = uv_buf_init((char *)room, (unsigned)hint);
}

static void on_wire_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    struct engine_link *link = stream->data;
    (void)buffer;
    if (count < 0) {
        disconnect(link);
        return;
    }
    link->received.length += (size_t)count;
    link->alive_ms = uv_now(link->loop);
    size_t used = 0;
    struct wire_message message;
    int64_t took;
    while ((took = wire_peek(link->received.at + used, link->received.length - used,
                             &message)) > 0) {
        used += (size_t)took;
        int rc = take_message(link, &message);
        if (rc < 0) {
            log_error("front", "the engine sent nonsense (message %d): ending it",
                      (int)message.type);
            disconnect(link);
            return;
        }
    }
    bytes_consume(&link->received, used);
    if (took < 0) {
        log_error("front", "the engine sent more than %u MB at once: ending it",
                  WIRE_MAX >> 20);
        disconnect(link);
    }
}

struct thread_start {
    int (*engine_main)(int fd);
    int fd;
};

static void *engine_thread(void *given)
{
    struct thread_start start = *(struct thread_start *)given;
    free(given);
    start.engine_main(start.fd);
    return NULL;
}

static int start_thread(struct engine_link *link, int fd)
{
    struct thread_start *start = must_alloc(sizeof *start);
    *start = (struct thread_start){link->settings.engine_main, fd};
    link->has_thread = true;
    return -pthread_create(&link->thread, NULL, engine_thread, start);
}

static int start_process(struct engine_link *link, int fd)
{
    char *args[] = {"forever", "--engine", NULL};
    uv_stdio_container_t stdio[4] = {
        {.flags = UV_IGNORE},
        {.flags = UV_INHERIT_FD, .data.fd = 1},
        {.flags = UV_INHERIT_FD, .data.fd = 2},
        {.flags = UV_INHERIT_FD, .data.fd = fd},
    };
    uv_process_options_t options = {
        .exit_cb = on_exit_of_engine,
        .file = "/proc/self/exe",
        .args = args,
        .stdio = stdio,
        .stdio_count = 4,
    };
    link->process.data = link;
    int rc = uv_spawn(link->loop, &link->process, &options);
    link->open_handles++; /* even a failed spawn leaves a handle to close */
    if (rc)
        uv_close((uv_handle_t *)&link->process, on_handle_closed);
    link->is_process_alive = rc == 0;
    if (rc == 0)
        link->air->engine.pid = link->process.pid;
    close(fd);
    return rc;
}

static void start_engine(struct engine_link *link)
{
    struct stream *stream = &link->air->stream;
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        log_error("front", "cannot make a socket pair for the engine: %s",
                  strerror(errno));
        uv_timer_start(&link->restart, on_restart, START_RETRY_MS, 0);
        return;
    }
    link->pipe.data = link;
    uv_pipe_init(link->loop, &link->pipe, 0);
    uv_pipe_open(&link->pipe, ends[0]);
    link->open_handles = 1;
    link->is_connected = true;
    link->is_excused = false;
    link->credit = 0;
    link->alive_ms = link->started_ms = uv_now(link->loop);
    for (size_t i = 0; i < stream->mount_count; i++)
        stream->mounts[i].arriving_length = 0;
    uv_read_start((uv_stream_t *)&link->pipe, on_wire_alloc, on_wire_read);
    int rc = link->settings.engine_main ? start_thread(link, ends[1])
                                        : start_process(link, ends[1]);
    if (rc) {
        log_error("front", "cannot start the engine: %s", uv_strerror(rc));
        excuse(link, START_RETRY_MS);
        disconnect(link);
        return;
    }
    send_hello(link);
}

int engine_link_start(struct engine_link *link, uv_loop_t *loop, struct air *air,
                      const struct engine_link_settings *settings)
{
    link->loop = loop;
    link->air = air;
    link->settings = *settings;
    air->engine.pid = (int)getpid(); /* but for an engine that has a process */
    link->restart.data = link;
    int rc = uv_timer_init(link->loop, &link->restart);
    if (rc == 0)
        start_engine(link);
    return rc;
}

void engine_link_tick(struct engine_link *link)
{
    const struct air *air = link->air;
    uint64_t now_ms = uv_now(link->loop);
    if (now_ms - link->ticked_ms > SLEPT_MS)
        link->alive_ms = now_ms; /* signs of life may wait to be read */
    link->ticked_ms = now_ms;
    if (!link->is_connected)
        return;
    uint64_t credit = stream_credit(&air->stream, uv_hrtime());
    if (credit > link->credit) {
        link->credit = credit;
        send_message(link, WIRE_CREDIT, &credit, 1, NULL);
    }
    double silent_s = (double)(now_ms - link->alive_ms) / 1000;
    double allowed_s = config_number(&air->config, "engine.stall_s") *
                       (air->engine.is_ready ? 1.0 : START_STALL);
    if (link->is_process_alive && silent_s > allowed_s) {
        log_error("front", "the engine (pid %d) has hung for %.0f s: ending it",
                  link->process.pid, silent_s);
        link->alive_ms = now_ms;
        uv_process_kill(&link->process, SIGKILL);
    }
}

/* Nobody could say whose fault it were if the next engine failed: what is on probation
 * has passed. */
json_t *engine_link_checkpoint(const struct engine_link *link)
{
    json_t *checkpoint =
        json_loadb((const char *)link->checkpoint.at, link->checkpoint.length, 0, NULL);
    json_t *slot;
    const char *kind;
    json_object_foreach(json_object_get(checkpoint, "slots"), kind, slot)
    {
        json_object_set_new(slot, "on_probation", json_false());
        json_object_set_new(slot, "trying", json_string(""));
    }
    return checkpoint;
}

void engine_link_recall(struct engine_link *link, const json_t *checkpoint)
{
    char *text = json_dumps(checkpoint, JSON_COMPACT | JSON_REAL_PRECISION(17));
    if (text)
        bytes_append(&link->checkpoint, text, strlen(text));
    free(text);
}

void engine_link_kill(struct engine_link *link)
{
    excuse(link, 0); /* if the program can't be replaced, no build is to blame */
}

static void on_late_end(uv_timer_t *timer)
{
    engine_link_kill(timer->data);
}

void engine_link_stop(struct engine_link *link)
{
    if (link->is_stopping || !link->loop)
        return;
    link->is_stopping = true;
    double late_s = config_number(&link->air->config, "engine.stall_s") + LATE_S;
    if (link->is_process_alive)
        uv_timer_start(&link->restart, on_late_end, (uint64_t)(late_s * 1000), 0);
    else
        uv_close((uv_handle_t *)&link->restart, NULL);
    if (link->is_connected) {
        link->is_connected = false;
        uv_close((uv_handle_t *)&link->pipe,
                 on_handle_closed); /* EOF: it saves and ends */
    }
    if (link->has_thread)
        pthread_join(link->thread, NULL);
    bytes_release(&link->checkpoint);
    bytes_release(&link->received);
}
