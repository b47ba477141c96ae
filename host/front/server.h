/* server.h - HTTP connections: accept, parse, answer, and hand listeners to the wheel.
 *
 * Requests are parsed by http_parser. Every answer but a stream ends its connection.
 */
#ifndef SERVER_H
#define SERVER_H

#include "bytes.h"
#include "listener.h"

#include <http_parser.h>
#include <jansson.h>
#include <stdbool.h>
#include <uv.h>

#define SERVER_PATH 1024
#define SERVER_HEAD_MAX 16384 /* bytes of a request's head */

struct request {
    bool is_head;
    char path[SERVER_PATH]; /* as sent, with the query */
    char agent[128];
    char forwarded[64]; /* for whom a proxy asks, as the last proxy says */
    char host[128];
    char scheme[8]; /* that the client used, as a proxy says; "" = http */
    char range[64];
    bool wants_metadata;
};

enum connection_kind { CONNECTION_REQUEST, CONNECTION_LISTENER, CONNECTION_EVENTS };

struct connection {
    uv_tcp_t tcp;
    struct server *server;
    struct connection *next, **link;
    enum connection_kind kind;
    bool is_answered, is_ended, is_closing;
    uv_shutdown_t shut;
    uint64_t moved_ms; /* when it was opened, or last took some of its answer */
    size_t unsent;     /* of the answer, then */
    http_parser parser;
    size_t head_bytes;
    char field[32]; /* name of the header that is being read */
    struct request request;
    struct listener listener;
};

/* What a server does with its connections; `ctx` is the server's. */
struct server_methods {
    void (*answer)(void *ctx, struct connection *connection);
    void (*leave)(void *ctx, struct listener *listener); /* its connection closes */
};

struct server {
    uv_tcp_t tcp;
    const struct server_methods *methods;
    void *ctx;
    struct connection *connections;
    size_t count, most; /* beyond `most` they are closed at once */
    size_t readers;     /* of /events: half of them at most */
    bool is_open;
    char address[80]; /* HOST:PORT that it really listens on */
};

/* fd       a socket that listens there already; -1 = none
 * methods  borrowed, with `ctx`
 * returns  0 or -errno (a UV_ code) */
int server_open(struct server *server, uv_loop_t *loop, const char *listen, int fd,
                const struct server_methods *methods, void *ctx);
void server_close(struct server *server);

/* A connection of a listener that has been answered already. NULL = it can't be */
struct connection *server_adopt(struct server *server, uv_loop_t *loop, int fd);

/* End connections that sent no whole request, or took none of its answer, in time. */
void server_sweep(struct server *server, uint64_t now_ms);

void connection_close(struct connection *connection);

/* Answer and close when it is sent. `body` is copied; headers are whole lines or "". */
void connection_reply(struct connection *connection, int status, const char *type,
                      const char *headers, const void *body, size_t length);
void connection_reply_text(struct connection *connection, int status, const char *text);
void connection_reply_json(struct connection *connection, json_t *given);

/* Send bytes and stay open, or close behind them. `body` is copied. */
void connection_send(struct connection *connection, const void *body, size_t length);
void connection_send_last(struct connection *connection, const void *body, size_t length);

/* Add one server-sent event to `out`. */
void server_event_text(const char *name, const json_t *value, struct bytes *out);

/* Push one event to everyone on /events. */
void server_event(struct server *server, const char *name, const json_t *value);

#endif
