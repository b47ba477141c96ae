/* admin.c - one command at a time and client; the next line waits for the answer. */
#include "admin.h"

#include "bytes.h"
#include "log.h"
#include "refusal.h"
#include "server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define LINE_MAX_BYTES 8192

struct admin_client {
    uv_pipe_t pipe;
    struct admin *admin;
    struct admin_client *next, **link;
    struct bytes received;
    uint64_t waiting; /* id of the command that the engine works on; 0 = none */
    bool is_ended;    /* it has sent all it will send */
    bool is_closing;
};

/* ---- answers --------------------------------------------------------------------------
 */

struct answer {
    uv_write_t request;
    struct admin_client *client;
    char *text;
};

static void take_lines(struct admin_client *client);
static void listen_on(struct admin_client *client);

static void on_client_closed(uv_handle_t *handle)
{
    struct admin_client *client = handle->data;
    *client->link = client->next;
    if (client->next)
        client->next->link = client->link;
    bytes_release(&client->received);
    free(client);
}

static void close_client(struct admin_client *client)
{
    if (!client->is_closing)
        uv_close((uv_handle_t *)&client->pipe, on_client_closed);
    client->is_closing = true;
}

static void on_answered(uv_write_t *request, int status)
{
    struct answer *answer = (struct answer *)request;
    struct admin_client *client = answer->client;
    free(answer->text);
    free(answer);
    if (status < 0)
        close_client(client);
    else
        take_lines(client);
}

static void answer_client(struct admin_client *client, json_t *given)
{
    struct answer *answer = must_alloc(sizeof *answer);
    char *text = json_dumps(given, JSON_COMPACT | JSON_REAL_PRECISION(15));
    json_decref(given);
    size_t length = strlen(text);
    answer->client = client;
    answer->text = must_realloc(text, length + 2);
    answer->text[length++] = '\n';
    client->waiting = UINT64_MAX; /* the next line waits until this is written */
    uv_buf_t buffer = uv_buf_init(answer->text, (unsigned)length);
    if (uv_write(&answer->request, (uv_stream_t *)&client->pipe, &buffer, 1, on_answered))
        on_answered(&answer->request, -EPIPE);
}

static json_t *refusal(const char *format, const char *what)
{
    char text[512];
    snprintf(text, sizeof text, format, what);
    return refusal_json(text);
}

void admin_answer(struct admin *admin, uint64_t id, json_t *given)
{
    for (struct admin_client *c = admin->clients; c; c = c->next) {
        if (c->waiting == id && !c->is_closing) {
            answer_client(c, given ? given : refusal("%s", "the engine gave no answer"));
            return;
        }
    }
    json_decref(given);
}

void admin_answer_all(struct admin *admin, const char *error)
{
    for (struct admin_client *c = admin->clients; c; c = c->next)
        if (c->waiting != 0 && c->waiting != UINT64_MAX && !c->is_closing)
            answer_client(c, refusal("%s", error));
}

/* ---- commands -------------------------------------------------------------------------
 */

static json_t *with_ok(json_t *given)
{
    json_object_set_new(given, "ok", json_true());
    return given;
}

static json_t *do_status(const struct admin_rooms *rooms, const char *argument)
{
    (void)argument;
    return with_ok(air_status(rooms->air));
}

static json_t *do_now(const struct admin_rooms *rooms, const char *argument)
{
    (void)argument;
    return with_ok(air_now(rooms->air));
}

static json_t *do_queue(const struct admin_rooms *rooms, const char *argument)
{
    (void)argument;
    return with_ok(air_queue(rooms->air));
}

static json_t *do_plugins(const struct admin_rooms *rooms, const char *argument)
{
    (void)argument;
    return with_ok(json_pack("{s:O}", "plugins",
                             rooms->air->plugins ? rooms->air->plugins : json_null()));
}

static json_t *do_timeline(const struct admin_rooms *rooms, const char *argument)
{
    (void)argument;
    return with_ok(air_timeline(rooms->air));
}

static json_t *do_listeners(const struct admin_rooms *rooms, const char *argument)
{
    (void)argument;
    json_t *list = json_array();
    const struct wheel *wheel = &rooms->air->wheel;
    uint64_t now = uv_now(rooms->link->loop);
    for (size_t i = 0; i < WHEEL_SLOTS; i++) {
        for (const struct listener *l = wheel->slots[i]; l; l = l->next)
            json_array_append_new(
                list,
                json_pack("{s:I, s:s, s:s, s:s, s:f, s:I, s:I}", "id", (json_int_t)l->id,
                          "peer", l->peer, "agent", l->agent, "mount", l->mount->path,
                          "seconds", (double)(now - l->connected_ms) / 1000, "bytes",
                          (json_int_t)l->bytes_sent, "jumps", (json_int_t)l->jumps));
    }
    return json_pack("{s:b, s:I, s:o}", "ok", 1, "count", (json_int_t)wheel->count,
                     "listeners", list);
}

static json_t *do_kick(const struct admin_rooms *rooms, const char *argument)
{
    char *end;
    uint64_t id = strtoull(argument, &end, 10);
    struct listener *listener = *end ? NULL : wheel_find(&rooms->air->wheel, id);
    if (!listener)
        return refusal("no listener \"%s\": `listeners` shows their ids", argument);
    connection_close(listener->socket->data);
    return json_pack("{s:b}", "ok", 1);
}

static json_t *do_log(const struct admin_rooms *rooms, const char *argument)
{
    enum log_level level;
    if (log_level_parse(argument, &level))
        return refusal("no log level \"%s\": debug, info, warning or error", argument);
    log_set_level(level);
    config_set(&rooms->air->config, "log", json_string(argument));
    engine_link_configure(rooms->link);
    return json_pack("{s:b, s:s}", "ok", 1, "log", argument);
}

static json_t *do_config(const struct admin_rooms *rooms, const char *argument)
{
    struct config_error error;
    if (strcmp(argument, "reload") != 0)
        return refusal("\"config %s\" is no command: config reload", argument);
    if (rooms->reload(rooms->ctx, &error))
        return refusal("%s", error.text);
    return json_pack("{s:b}", "ok", 1);
}

static json_t *do_shutdown(const struct admin_rooms *rooms, const char *argument)
{
    (void)argument;
    rooms->stop(rooms->ctx);
    return json_pack("{s:b}", "ok", 1);
}

static json_t *do_drain(const struct admin_rooms *rooms, const char *argument)
{
    (void)argument;
    rooms->air->is_draining = true;
    return json_pack("{s:b, s:I}", "ok", 1, "listeners",
                     (json_int_t)rooms->air->wheel.count);
}

static json_t *do_upgrade(const struct admin_rooms *rooms, const char *argument)
{
    struct config_error error;
    (void)argument;
    if (rooms->upgrade(rooms->ctx, &error))
        return refusal("%s", error.text);
    return json_pack("{s:b}", "ok", 1);
}

/* NULL = the engine's. */
static const struct command {
    const char *name;
    json_t *(*run)(const struct admin_rooms *rooms, const char *argument);
    bool is_alone; /* no word may follow */
} commands[] = {
    {"status", do_status, true},   {"now", do_now, true},
    {"queue", do_queue, true},     {"listeners", do_listeners, true},
    {"plugins", do_plugins, true}, {"timeline", do_timeline, true},
    {"kick", do_kick, false},      {"log", do_log, false},
    {"config", do_config, false},  {"shutdown", do_shutdown, true},
    {"upgrade", do_upgrade, true}, {"drain", do_drain, true},
    {"reload", NULL, false},       {"rollback", NULL, false},
    {"state", NULL, false},        {"skip", NULL, false},
    {"add", NULL, false},          {"remove", NULL, false},
    {"move", NULL, false},         {"ban", NULL, false},
    {"unban", NULL, false},        {"order", NULL, true},
    {"explain", NULL, false},      {NULL, NULL, false},
};

static void run_line(struct admin_client *client, char *line)
{
    const struct admin_rooms *rooms = &client->admin->rooms;
    line += strspn(line, " \t");
    size_t word = strcspn(line, " \t");
    const char *argument = line + word + strspn(line + word, " \t");
    const struct command *command = commands;
    while (command->name &&
           (strlen(command->name) != word || strncmp(command->name, line, word) != 0))
        command++;
    if (!command->name) {
        answer_client(
            client,
            refusal("no command \"%s\": docs/protocol-admin.md lists them", line));
    } else if (command->is_alone && *argument) {
        answer_client(client, refusal("\"%s\" is not understood here", argument));
    } else if (command->run) {
        answer_client(client, command->run(rooms, argument));
    } else {
        client->waiting = ++client->admin->next_id;
        if (engine_link_command(rooms->link, client->waiting, line))
            answer_client(client,
                          refusal("%s", "the engine is being started: try again"));
    }
}

/* What comes behind such a line is not read. */
static void refuse_long_line(struct admin_client *client)
{
    uv_read_stop((uv_stream_t *)&client->pipe);
    bytes_consume(&client->received, client->received.length);
    client->is_ended = true;
    answer_client(
        client,
        refusal("%s", "the line is too long: docs/protocol-admin.md has the limit"));
}

/* Without what a hand or a terminal leaves behind the last word. */
static void cut_end(char *line)
{
    size_t length = strlen(line);
    while (length > 0 && strchr(" \t\r", line[length - 1]))
        line[--length] = 0;
}

static void take_lines(struct admin_client *client)
{
    client->waiting = 0;
    while (client->waiting == 0 && !client->is_closing && client->received.length > 0) {
        uint8_t *end = memchr(client->received.at, '\n', client->received.length);
        size_t length =
            end ? (size_t)(end - client->received.at) : client->received.length;
        if (length > LINE_MAX_BYTES) {
            refuse_long_line(client);
            return;
        }
        if (!end && !client->is_ended)
            break;
        char line[LINE_MAX_BYTES + 1];
        memcpy(line, client->received.at, length);
        line[length] = 0;
        bytes_consume(&client->received, length + (end != NULL));
        cut_end(line);
        if (*line)
            run_line(client, line);
    }
    if (client->waiting == 0 && !client->is_closing)
        listen_on(client);
}

/* ---- clients --------------------------------------------------------------------------
 */

static void on_client_alloc(uv_handle_t *handle, size_t hint, uv_buf_t *buffer)
{
    struct admin_client *client = handle->data;
    (void)hint;
    *buffer = uv_buf_init((char *)bytes_reserve(&client->received, 1024), 1024);
}

static void on_client_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    struct admin_client *client = stream->data;
    (void)buffer;
    if (count < 0) {
        client->is_ended = true;
        if (count != UV_EOF)
            close_client(client);
        else if (client->waiting == 0)
            take_lines(client);
        return;
    }
    client->received.length += (size_t)count;
    if (client->waiting == 0)
        take_lines(client);
    else if (client->received.length > LINE_MAX_BYTES)
        uv_read_stop(stream); /* until what it waits for is answered */
}

/* Read on; or close, when the client has sent all. */
static void listen_on(struct admin_client *client)
{
    if (client->is_ended)
        close_client(client);
    else
        uv_read_start((uv_stream_t *)&client->pipe, on_client_alloc, on_client_read);
}

static void on_client(uv_stream_t *stream, int status)
{
    struct admin *admin = stream->data;
    if (status < 0)
        return;
    struct admin_client *client = must_alloc(sizeof *client);
    client->admin = admin;
    client->pipe.data = client;
    client->next = admin->clients;
    client->link = &admin->clients;
    if (client->next)
        client->next->link = &client->next;
    admin->clients = client;
    uv_pipe_init(stream->loop, &client->pipe, 0);
    if (uv_accept(stream, (uv_stream_t *)&client->pipe) ||
        uv_read_start((uv_stream_t *)&client->pipe, on_client_alloc, on_client_read))
        close_client(client);
}

/* Remove a socket file that nobody listens on. returns 0 or -EADDRINUSE */
static int clear_stale(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path)
        return -ENAMETOOLONG;
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    bool is_alive = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    bool is_stale = !is_alive && errno == ECONNREFUSED;
    close(fd);
    struct stat about; /* a file of another kind refuses connections, too */
    if (is_stale && lstat(path, &about) == 0 && S_ISSOCK(about.st_mode))
        unlink(path);
    return is_alive ? -EADDRINUSE : 0;
}

int admin_open(struct admin *admin, uv_loop_t *loop, const char *path,
               const struct admin_rooms *rooms)
{
    int rc = clear_stale(path);
    if (rc)
        return rc;
    admin->rooms = *rooms;
    admin->pipe.data = admin;
    rc = uv_pipe_init(loop, &admin->pipe, 0);
    if (rc)
        return rc;
    admin->is_open = true;
    mode_t mask = umask(0177);
    rc = uv_pipe_bind(&admin->pipe, path);
    umask(mask);
    if (rc == 0)
        rc = uv_listen((uv_stream_t *)&admin->pipe, 16, on_client);
    if (rc)
        admin_close(admin);
    return rc;
}

void admin_close(struct admin *admin)
{
    if (admin->is_open)
        uv_close((uv_handle_t *)&admin->pipe, NULL);
    admin->is_open = false;
    for (struct admin_client *c = admin->clients; c; c = c->next)
        close_client(c);
}
