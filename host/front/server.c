/* server.c - connections own their socket; closing is the one way out for all of them. */
#include "server.h"

#include "log.h"
#include "utf8.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define REQUEST_TIMEOUT_MS 15000 /* for a request, and for a part of its answer */
#define EVENTS_BACKLOG 262144 /* unsent bytes at which a reader of /events is dropped */
#define SEND_BUFFER 65536     /* asked of the kernel for a listener; it doubles it */
#define ALLOW "Allow: GET, HEAD, OPTIONS\r\n"

/* ---- closing --------------------------------------------------------------------------
 */

static void on_closed(uv_handle_t *handle)
{
    struct connection *connection = handle->data;
    listener_stop(&connection->listener);
    *connection->link = connection->next;
    if (connection->next)
        connection->next->link = connection->link;
    connection->server->count--;
    free(connection);
}

void connection_close(struct connection *connection)
{
    if (connection->is_closing)
        return;
    connection->is_closing = true;
    struct server *server = connection->server;
    if (connection->kind == CONNECTION_LISTENER)
        server->methods->leave(server->ctx, &connection->listener);
    server->readers -= connection->kind == CONNECTION_EVENTS;
    uv_close((uv_handle_t *)&connection->tcp, on_closed);
}

/* ---- sending --------------------------------------------------------------------------
 */

struct outgoing {
    uv_write_t request;
    struct connection *connection;
    bool is_last;
    char bytes[];
};

static void on_shut(uv_shutdown_t *request, int status)
{
    (void)request;
    (void)status; /* the client's end of file, or the sweep, closes the connection */
}

/* Closing at once would reset the connection under a client that is still sending, and
 * with it lose the answer: end our side, read on until it ends its own. */
static void on_sent(uv_write_t *request, int status)
{
    struct outgoing *outgoing = (struct outgoing *)request;
    struct connection *connection = outgoing->connection;
    bool is_last = outgoing->is_last;
    free(outgoing);
    if (status < 0 ||
        (is_last &&
         (connection->is_ended ||
          uv_shutdown(&connection->shut, (uv_stream_t *)&connection->tcp, on_shut))))
        connection_close(connection);
}

static void send_bytes(struct connection *connection, struct bytes *given, bool is_last)
{
    struct outgoing *outgoing = must_alloc(sizeof *outgoing + given->length);
    outgoing->connection = connection;
    outgoing->is_last = is_last;
    memcpy(outgoing->bytes, given->at, given->length);
    uv_buf_t buffer = uv_buf_init(outgoing->bytes, (unsigned)given->length);
    bytes_release(given);
    if (uv_write(&outgoing->request, (uv_stream_t *)&connection->tcp, &buffer, 1,
                 on_sent)) {
        free(outgoing);
        connection_close(connection);
    }
}

void connection_send(struct connection *connection, const void *body, size_t length)
{
    struct bytes all = {0};
    bytes_append(&all, body, length);
    send_bytes(connection, &all, false);
}

void connection_send_last(struct connection *connection, const void *body, size_t length)
{
    struct bytes all = {0};
    bytes_append(&all, body, length);
    send_bytes(connection, &all, true);
}

void connection_reply(struct connection *connection, int status, const char *type,
                      const char *headers, const void *body, size_t length)
{
    struct bytes all = {0};
    bytes_printf(&all,
                 "HTTP/1.1 %d %s\r\nServer: forever\r\nContent-Type: %s\r\n"
                 "Content-Length: %zu\r\nCache-Control: no-cache\r\n"
                 "Access-Control-Allow-Origin: *\r\n%sConnection: close\r\n\r\n",
                 status, http_status_str((enum http_status)status), type, length,
                 headers);
    if (!connection->request.is_head)
        bytes_append(&all, body, length);
    send_bytes(connection, &all, true);
}

void connection_reply_text(struct connection *connection, int status, const char *text)
{
    char line[512];
    int n = snprintf(line, sizeof line, "%s\n", text);
    connection_reply(connection, status, "text/plain; charset=utf-8", "", line,
                     (size_t)n);
}

void connection_reply_json(struct connection *connection, json_t *given)
{
    char *text = json_dumps(given, JSON_COMPACT | JSON_REAL_PRECISION(15));
    json_decref(given);
    connection_reply(connection, 200, "application/json", "", text, strlen(text));
    free(text);
}

void server_event_text(const char *name, const json_t *value, struct bytes *out)
{
    char *text =
        json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    bytes_printf(out, "event: %s\ndata: %s\n\n", name, text);
    free(text);
}

void server_event(struct server *server, const char *name, const json_t *value)
{
    struct bytes event = {0};
    struct connection *connection = server->connections, *next;
    for (; connection; connection = next) {
        next = connection->next;
        if (connection->kind != CONNECTION_EVENTS || connection->is_closing)
            continue;
        if (event.length == 0)
            server_event_text(name, value, &event);
        if (uv_stream_get_write_queue_size((uv_stream_t *)&connection->tcp) >
            EVENTS_BACKLOG)
            connection_close(connection);
        else
            connection_send(connection, event.at, event.length);
    }
    bytes_release(&event);
}

/* ---- receiving ------------------------------------------------------------------------
 */

static void append_text(char *to, size_t cap, const char *at, size_t length)
{
    size_t used = strlen(to);
    if (length > cap - 1 - used)
        length = cap - 1 - used;
    memcpy(to + used, at, length);
    to[used + length] = 0;
}

static int on_url(http_parser *parser, const char *at, size_t length)
{
    struct connection *connection = parser->data;
    if (strlen(connection->request.path) + length >= SERVER_PATH)
        return 1;
    append_text(connection->request.path, SERVER_PATH, at, length);
    return 0;
}

static int on_header_field(http_parser *parser, const char *at, size_t length)
{
    struct connection *connection = parser->data;
    if (strchr(connection->field, ':')) /* a value came since: a new name begins */
        connection->field[0] = 0;
    append_text(connection->field, sizeof connection->field - 1, at, length);
    return 0;
}

/* Each proxy adds the address that it was asked from: the last is what ours knows. */
static void note_forwarded(struct request *request, const char *at, size_t length)
{
    const char *comma = memrchr(at, ',', length);
    if (comma) {
        request->forwarded[0] = 0;
        length -= (size_t)(comma + 1 - at);
        at = comma + 1;
    }
    append_text(request->forwarded, sizeof request->forwarded, at, length);
}

static int on_header_value(http_parser *parser, const char *at, size_t length)
{
    struct connection *connection = parser->data;
    struct request *request = &connection->request;
    if (!strchr(connection->field, ':')) {
        append_text(connection->field, sizeof connection->field, ":", 1);
        if (strcasecmp(connection->field, "x-forwarded-for:") == 0)
            request->forwarded[0] = 0;
    }
    if (strcasecmp(connection->field, "user-agent:") == 0)
        append_text(request->agent, sizeof request->agent, at, length);
    else if (strcasecmp(connection->field, "host:") == 0)
        append_text(request->host, sizeof request->host, at, length);
    else if (strcasecmp(connection->field, "x-forwarded-proto:") == 0)
        append_text(request->scheme, sizeof request->scheme, at, length);
    else if (strcasecmp(connection->field, "range:") == 0)
        append_text(request->range, sizeof request->range, at, length);
    else if (strcasecmp(connection->field, "x-forwarded-for:") == 0)
        note_forwarded(request, at, length);
    else if (strcasecmp(connection->field, "icy-metadata:") == 0)
        request->wants_metadata |= memchr(at, '1', length) != NULL; /* comes in pieces */
    return 0;
}

/* A target may name scheme and host, too: "http://host/all.mp3" is "/all.mp3". */
static void keep_path(struct request *request)
{
    struct http_parser_url url;
    http_parser_url_init(&url);
    if (request->path[0] == '/' ||
        http_parser_parse_url(request->path, strlen(request->path), 0, &url))
        return;
    if (url.field_set & 1u << UF_PATH)
        memmove(request->path, request->path + url.field_data[UF_PATH].off,
                strlen(request->path + url.field_data[UF_PATH].off) + 1);
    else
        snprintf(request->path, sizeof request->path, "/");
}

/* A browser asks first whether a page of another origin may send what it wants to. */
static void answer_options(struct connection *connection)
{
    connection_reply(connection, 200, "text/plain",
                     ALLOW "Access-Control-Allow-Methods: GET, HEAD\r\n"
                           "Access-Control-Allow-Headers: Icy-MetaData, Range\r\n"
                           "Access-Control-Max-Age: 86400\r\n",
                     "", 0);
}

static int on_headers_complete(http_parser *parser)
{
    static const char refusal[] = "only GET and HEAD are spoken here\n";
    struct connection *connection = parser->data;
    http_parser_pause(parser, 1); /* one request a connection: what follows is not read */
    connection->is_answered = true;
    connection->request.is_head = parser->method == HTTP_HEAD;
    keep_path(&connection->request);
    if (parser->method == HTTP_OPTIONS)
        answer_options(connection);
    else if (parser->method != HTTP_GET && parser->method != HTTP_HEAD)
        connection_reply(connection, 405, "text/plain; charset=utf-8", ALLOW, refusal,
                         sizeof refusal - 1);
    else
        connection->server->methods->answer(connection->server->ctx, connection);
    return 1; /* no body is read */
}

static const http_parser_settings parser_settings = {
    .on_url = on_url,
    .on_header_field = on_header_field,
    .on_header_value = on_header_value,
    .on_headers_complete = on_headers_complete,
};

static void on_alloc(uv_handle_t *handle, size_t hint, uv_buf_t *buffer)
{
    static char shared[4096]; /* one loop, one reader at a time */
    (void)handle;
    (void)hint;
    *buffer = uv_buf_init(shared, sizeof shared);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    struct connection *connection = stream->data;
    if (count < 0) {
        size_t unsent = uv_stream_get_write_queue_size(stream);
        connection->is_ended = true;
        if (count != UV_EOF || connection->kind != CONNECTION_REQUEST || unsent == 0)
            connection_close(connection);
        return; /* half closed: the answer still goes out */
    }
    if (connection->is_answered || connection->is_closing || count == 0)
        return;
    connection->head_bytes += (size_t)count;
    bool is_too_long = connection->head_bytes > SERVER_HEAD_MAX;
    if (!is_too_long)
        http_parser_execute(&connection->parser, &parser_settings, buffer->base,
                            (size_t)count);
    enum http_errno error = HTTP_PARSER_ERRNO(&connection->parser);
    if (connection->is_answered || (error == HPE_OK && !is_too_long))
        return;
    connection->is_answered = true;
    if (is_too_long || error == HPE_HEADER_OVERFLOW || error == HPE_CB_url)
        connection_reply_text(connection, 431, "the request's head is too long");
    else
        connection_reply_text(connection, 400, "this is not HTTP");
}

/* ---- accepting ------------------------------------------------------------------------
 */

static struct connection *add_connection(struct server *server, uv_loop_t *loop)
{
    struct connection *connection = calloc(1, sizeof *connection);
    if (!connection)
        return NULL;
    connection->server = server;
    connection->moved_ms = uv_now(loop);
    uv_tcp_init(loop, &connection->tcp);
    connection->tcp.data = connection;
    connection->next = server->connections;
    connection->link = &server->connections;
    if (connection->next)
        connection->next->link = &connection->next;
    server->connections = connection;
    server->count++;
    http_parser_init(&connection->parser, HTTP_REQUEST);
    connection->parser.data = connection;
    return connection;
}

static void on_connection(uv_stream_t *stream, int status)
{
    struct server *server = stream->data;
    uv_loop_t *loop = uv_handle_get_loop((uv_handle_t *)stream);
    struct connection *connection = status < 0 ? NULL : add_connection(server, loop);
    if (!connection)
        return;
    if (uv_accept(stream, (uv_stream_t *)&connection->tcp) != 0 ||
        server->count > server->most ||
        uv_read_start((uv_stream_t *)&connection->tcp, on_alloc, on_read) != 0) {
        connection_close(connection);
        return;
    }
    int size = SEND_BUFFER;
    uv_send_buffer_size((uv_handle_t *)&connection->tcp, &size);
    uv_tcp_nodelay(&connection->tcp, 1);
}

struct connection *server_adopt(struct server *server, uv_loop_t *loop, int fd)
{
    struct connection *connection = add_connection(server, loop);
    if (!connection)
        return NULL;
    connection->kind = CONNECTION_LISTENER;
    connection->is_answered = true;
    if (uv_tcp_open(&connection->tcp, fd) == 0 &&
        uv_read_start((uv_stream_t *)&connection->tcp, on_alloc, on_read) == 0)
        return connection;
    connection->kind = CONNECTION_REQUEST; /* nobody hears it yet */
    connection_close(connection);
    return NULL;
}

/* "HOST:PORT", "[V6]:PORT" or ":PORT" to an address. */
static int parse_listen(const char *listen, struct sockaddr_storage *address)
{
    const char *colon = strrchr(listen, ':');
    char host[64], *end;
    if (!colon || (size_t)(colon - listen) >= sizeof host)
        return -EINVAL;
    snprintf(host, sizeof host, "%.*s", (int)(colon - listen), listen);
    long port = strtol(colon + 1, &end, 10);
    if (end == colon + 1 || *end || port < 0 || port > 65535)
        return -EINVAL;
    size_t length = strlen(host);
    if (length > 2 && host[0] == '[' && host[length - 1] == ']') {
        host[length - 1] = 0;
        return uv_ip6_addr(host + 1, (int)port, (struct sockaddr_in6 *)address);
    }
    const char *name = length == 0                      ? "0.0.0.0"
                       : strcmp(host, "localhost") == 0 ? "127.0.0.1"
                                                        : host;
    return uv_ip4_addr(name, (int)port, (struct sockaddr_in *)address);
}

int server_open(struct server *server, uv_loop_t *loop, const char *listen, int fd,
                const struct server_methods *methods, void *ctx)
{
    struct sockaddr_storage address;
    int rc = parse_listen(listen, &address);
    if (rc)
        return rc;
    rc = uv_tcp_init(loop, &server->tcp);
    if (rc)
        return rc;
    server->methods = methods;
    server->ctx = ctx;
    server->is_open = true;
    server->tcp.data = server;
    rc = fd >= 0 ? uv_tcp_open(&server->tcp, fd)
                 : uv_tcp_bind(&server->tcp, (const struct sockaddr *)&address, 0);
    if (rc == 0)
        rc = uv_listen((uv_stream_t *)&server->tcp, 1024, on_connection);
    if (rc) {
        server_close(server);
        return rc;
    }
    int length = sizeof address;
    char name[64] = "";
    uv_tcp_getsockname(&server->tcp, (struct sockaddr *)&address, &length);
    uv_ip_name((struct sockaddr *)&address, name, sizeof name);
    bool is_v6 = address.ss_family == AF_INET6;
    in_port_t port = is_v6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                           : ((struct sockaddr_in *)&address)->sin_port;
    snprintf(server->address, sizeof server->address, is_v6 ? "[%s]:%d" : "%s:%d", name,
             ntohs(port));
    return 0;
}

void server_close(struct server *server)
{
    if (server->is_open)
        uv_close((uv_handle_t *)&server->tcp, NULL);
    server->is_open = false;
    for (struct connection *c = server->connections; c; c = c->next)
        connection_close(c);
}

void server_sweep(struct server *server, uint64_t now_ms)
{
    for (struct connection *c = server->connections; c; c = c->next) {
        size_t unsent = uv_stream_get_write_queue_size((uv_stream_t *)&c->tcp);
        if (unsent != c->unsent)
            c->moved_ms = now_ms;
        c->unsent = unsent;
        if (c->kind == CONNECTION_REQUEST && now_ms - c->moved_ms > REQUEST_TIMEOUT_MS)
            connection_close(c);
    }
}
