/* routes.c - the stream, the page, playlists, JSON. */
#include "routes.h"

#include "bytes.h"
#include "log.h"
#include "page.h"
#include "utf8.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/time.h>
#include <uv.h>

#define WAVEFORM "/waveform/"

static const char draining[] = "no new listeners: this station ends with its last";
static const char all_taken[] = "all seats are taken: try again later";

static struct air *air_of(const struct connection *connection)
{
    return connection->server->ctx;
}

/* The value of a query parameter, "" when it has none; NULL when it is not there. */
static const char *query_value(const struct request *request, const char *name, char *out,
                               size_t cap)
{
    const char *at = strchr(request->path, '?');
    size_t length = strlen(name);
    for (; at; at = strchr(at, '&')) {
        at++;
        if (strncmp(at, name, length) != 0 || !strchr("=&", at[length]))
            continue;
        const char *value = at + length + (at[length] == '=');
        snprintf(out, cap, "%.*s", (int)strcspn(value, "&"), value);
        return out;
    }
    return NULL;
}

static bool path_is(const struct request *request, const char *path)
{
    size_t length = strcspn(request->path, "?");
    return strlen(path) == length && strncmp(request->path, path, length) == 0;
}

/* ---- the stream -----------------------------------------------------------------------
 */

/* A configured text as a header's value: no line may end in it. */
static const char *header_value(const struct air *air, const char *name, char out[256])
{
    utf8_clean(config_text(&air->config, name), out, 256);
    return out;
}

static void stream_head(struct connection *connection, const struct mount *mount,
                        struct bytes *head)
{
    const struct air *air = air_of(connection);
    char value[256];
    bytes_printf(
        head, "HTTP/1.1 200 OK\r\nServer: forever\r\nContent-Type: audio/mpeg\r\n"
              "Connection: close\r\nCache-Control: no-cache, no-store\r\n"
              "Accept-Ranges: none\r\nX-Accel-Buffering: no\r\n"
              "Access-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: *\r\n");
    bytes_printf(head, "icy-name: %s\r\n", header_value(air, "station.name", value));
    bytes_printf(head, "icy-description: %s\r\n",
                 header_value(air, "station.description", value));
    bytes_printf(head, "icy-genre: %s\r\n", header_value(air, "station.genre", value));
    if (*header_value(air, "station.url", value))
        bytes_printf(head, "icy-url: %s\r\n", value);
    bytes_printf(head, "icy-pub: 0\r\nicy-br: %u\r\nicy-sr: 44100\r\n", mount->kbps);
    if (connection->request.wants_metadata)
        bytes_printf(head, "icy-metaint: %d\r\n", ICY_INTERVAL);
    bytes_printf(head, "\r\n");
}

static bool is_address(const char *text)
{
    unsigned char parsed[16];
    bool is_plain = text[strspn(text, "0123456789abcdefABCDEF:.")] == 0; /* no "%zone" */
    return is_plain && (uv_inet_pton(AF_INET, text, parsed) == 0 ||
                        uv_inet_pton(AF_INET6, text, parsed) == 0);
}

/* A socket of IPv6 names who comes by IPv4 "::ffff:192.0.2.1". */
static const char *short_name(const char *name)
{
    static const char mapped[] = "::ffff:";
    bool is_v4 = strncmp(name, mapped, strlen(mapped)) == 0 && strchr(name, '.');
    return is_v4 ? name + strlen(mapped) : name;
}

/* For whom a proxy on this machine asks; NULL: who connects is no proxy of ours. */
static const char *asked_for(const char *name, const char *forwarded)
{
    bool is_here = strncmp(name, "127.", 4) == 0 || strcmp(name, "::1") == 0;
    forwarded += strspn(forwarded, " ");
    return is_here && is_address(forwarded) ? forwarded : NULL;
}

static void name_peer(struct connection *connection)
{
    struct sockaddr_storage address;
    int length = sizeof address;
    struct listener *listener = &connection->listener;
    if (uv_tcp_getpeername(&connection->tcp, (struct sockaddr *)&address, &length) != 0)
        return;
    bool is_v6 = address.ss_family == AF_INET6;
    char all[48] = "";
    uv_ip_name((struct sockaddr *)&address, all, sizeof all);
    const char *name = short_name(all);
    const char *other = asked_for(name, connection->request.forwarded);
    if (other)
        snprintf(listener->peer, sizeof listener->peer, "%s", other);
    else
        snprintf(listener->peer, sizeof listener->peer,
                 strchr(name, ':') ? "[%s]:%d" : "%s:%d", name,
                 ntohs(is_v6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                             : ((struct sockaddr_in *)&address)->sin_port));
}

/* Players such as iOS ask for two bytes first, to learn what kind of server this is. */
static bool is_probe(const struct request *request)
{
    return strcmp(request->range, "bytes=0-1") == 0;
}

static void answer_stream(struct connection *connection, const struct mount *mount)
{
    struct air *air = air_of(connection);
    struct bytes head = {0};
    if (air->is_draining) {
        connection_reply_text(connection, 503, draining);
        return;
    }
    if (air->wheel.count >= (size_t)config_number(&air->config, "http.max_listeners")) {
        connection_reply_text(connection, 503, all_taken);
        return;
    }
    if (is_probe(&connection->request)) {
        connection_reply(
            connection, 206, "audio/mpeg",
            "Content-Range: bytes 0-1/1000000000\r\nAccept-Ranges: bytes\r\n",
            mount->silent, 2);
        return;
    }
    stream_head(connection, mount, &head);
    if (connection->request.is_head) {
        connection_send_last(connection, head.at, head.length);
        bytes_release(&head);
        return;
    }
    connection_send(connection, head.at, head.length);
    bytes_release(&head);
    connection->kind = CONNECTION_LISTENER;
    struct listener *listener = &connection->listener;
    listener->socket = (uv_stream_t *)&connection->tcp;
    listener->mount = mount;
    listener->wants_metadata = connection->request.wants_metadata;
    listener->connected_ms = uv_now(connection->tcp.loop);
    utf8_clean(connection->request.agent, listener->agent, sizeof listener->agent);
    name_peer(connection);
    char value[8];
    const char *burst = query_value(&connection->request, "burst", value, sizeof value);
    struct listener_view view = air_view(air);
    listener_start(listener, &view, !burst || strcmp(burst, "0") != 0);
    wheel_add(&air->wheel, listener);
    air->has_listener_news = true;
    log_debug("front", "listener %llu from %s: %s", (unsigned long long)listener->id,
              listener->peer, listener->agent);
    if (listener_serve(listener, &view))
        connection_close(connection);
}

/* ---- pages and playlists --------------------------------------------------------------
 */

/* The name the client knows us by, unless it is no name. */
static const char *own_host(const struct connection *connection)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789.-_:[]";
    const char *host = connection->request.host;
    bool is_name = *host && host[strspn(host, letters)] == 0;
    return is_name ? host : connection->server->address;
}

static void answer_playlist(struct connection *connection, bool is_pls)
{
    struct air *air = air_of(connection);
    const char *host = own_host(connection);
    bool is_tls = strcasecmp(connection->request.scheme, "https") == 0;
    const char *scheme = is_tls ? "https" : "http";
    char name[256];
    struct bytes body = {0};
    utf8_clean(config_text(&air->config, "station.name"), name, sizeof name);
    size_t count = air->stream.mount_count;
    bytes_printf(&body, is_pls ? "[playlist]\n" : "#EXTM3U\n");
    for (size_t i = 0; i < count; i++) {
        const char *path = air->stream.mounts[i].path;
        if (is_pls)
            bytes_printf(&body, "File%zu=%s://%s%s\nTitle%zu=%s\nLength%zu=-1\n", i + 1,
                         scheme, host, path, i + 1, name, i + 1);
        else
            bytes_printf(&body, "#EXTINF:-1,%s\n%s://%s%s\n", name, scheme, host, path);
    }
    if (is_pls)
        bytes_printf(&body, "NumberOfEntries=%zu\nVersion=2\n", count);
    connection_reply(connection, 200, is_pls ? "audio/x-scpls" : "audio/x-mpegurl", "",
                     body.at, body.length);
    bytes_release(&body);
}

static void answer_m3u(struct connection *connection)
{
    answer_playlist(connection, false);
}

static void answer_pls(struct connection *connection)
{
    answer_playlist(connection, true);
}

static void answer_page(struct connection *connection)
{
    connection_reply(connection, 200, "text/html; charset=utf-8", "", page_html,
                     page_html_length);
}

static void answer_monitor(struct connection *connection)
{
    connection_reply(connection, 200, "text/html; charset=utf-8", "", monitor_html,
                     monitor_html_length);
}

/* ---- JSON -----------------------------------------------------------------------------
 */

static void answer_timeline(struct connection *connection)
{
    struct air *air = air_of(connection);
    char value[8];
    const char *now = query_value(&connection->request, "now", value, sizeof value);
    connection_reply_json(connection, now && strcmp(now, "0") != 0 ? air_now(air)
                                                                   : air_timeline(air));
}

static void answer_queue(struct connection *connection)
{
    connection_reply_json(connection, air_queue(air_of(connection)));
}

static void answer_timing(struct connection *connection)
{
    struct timeval now;
    gettimeofday(&now, NULL);
    connection_reply_json(
        connection,
        json_pack("{s:I}", "time", (json_int_t)now.tv_sec * 1000 + now.tv_usec / 1000));
}

static void answer_health(struct connection *connection)
{
    const struct air *air = air_of(connection);
    const char *fault = air->is_draining ? draining : air_fault(air);
    connection_reply_text(connection, fault ? 503 : 200, fault ? fault : "ok");
}

static void add_event(struct bytes *events, const char *name, json_t *given)
{
    if (given)
        server_event_text(name, given, events);
    json_decref(given);
}

/* Who begins to read is told how things are; the others know. */
static void answer_events(struct connection *connection)
{
    static const char head[] =
        "HTTP/1.1 200 OK\r\nServer: forever\r\nContent-Type: text/event-stream\r\n"
        "Cache-Control: no-cache\r\nX-Accel-Buffering: no\r\n"
        "Access-Control-Allow-Origin: *\r\nConnection: close\r\n\r\n";
    if (connection->request.is_head) {
        connection_send_last(connection, head, sizeof head - 1);
        return;
    }
    struct server *server = connection->server;
    if (server->readers >= server->most / 2) {
        connection_reply_text(connection, 503, all_taken);
        return;
    }
    struct bytes greeting = {0};
    const struct air *air = air_of(connection);
    bytes_printf(&greeting, "%sretry: 2000\n\n", head);
    add_event(&greeting, "segment", air_segment(air));
    add_event(&greeting, "title", air_title(air));
    add_event(&greeting, "listeners", air_listeners(air));
    connection->kind = CONNECTION_EVENTS;
    server->readers++;
    connection_send(connection, greeting.at, greeting.length);
    bytes_release(&greeting);
}

static void answer_metrics(struct connection *connection)
{
    struct bytes text = {0};
    air_metrics(air_of(connection), &text);
    connection_reply(connection, 200, "text/plain; version=0.0.4; charset=utf-8", "",
                     text.at, text.length);
    bytes_release(&text);
}

static void answer_waveform(struct connection *connection)
{
    char id[128] = "";
    const uint8_t *json;
    const char *name = connection->request.path + strlen(WAVEFORM);
    const char *end = strstr(name, ".json");
    if (end && (end[5] == 0 || end[5] == '?') && end - name < (int)sizeof id)
        memcpy(id, name, (size_t)(end - name));
    size_t found = waves_find(&air_of(connection)->waves, id, &json);
    if (found)
        connection_reply(connection, 200, "application/json", "", json, found);
    else
        connection_reply_text(connection, 404,
                              "no such track is on the timeline: /all.json has the ids");
}

static const struct route {
    const char *path;
    void (*answer)(struct connection *connection);
} routes[] = {
    {"/", answer_page},
    {"/monitor", answer_monitor},
    {"/listen.m3u", answer_m3u},
    {"/listen.pls", answer_pls},
    {"/all.json", answer_timeline},
    {"/queue.json", answer_queue},
    {"/timing.json", answer_timing},
    {"/healthz", answer_health},
    {"/events", answer_events},
    {"/metrics", answer_metrics},
};

/* /all.mp3, which the page plays, is always there. NULL = the path is no stream's */
static const struct mount *mount_of(const struct air *air, const struct request *request)
{
    for (size_t i = 0; i < air->stream.mount_count; i++)
        if (path_is(request, air->stream.mounts[i].path))
            return &air->stream.mounts[i];
    return path_is(request, "/all.mp3") ? &air->stream.mounts[0] : NULL;
}

static void answer(void *ctx, struct connection *connection)
{
    const struct air *air = ctx;
    const struct request *request = &connection->request;
    const struct mount *mount = mount_of(air, request);
    if (mount) {
        answer_stream(connection, mount);
        return;
    }
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
        if (path_is(request, routes[i].path)) {
            routes[i].answer(connection);
            return;
        }
    }
    if (strncmp(request->path, WAVEFORM, strlen(WAVEFORM)) == 0)
        answer_waveform(connection);
    else
        connection_reply_text(connection, 404, "nothing here: the stream is at /all.mp3");
}

static void leave(void *ctx, struct listener *listener)
{
    struct air *air = ctx;
    if (!listener->link) /* the wheel has let it go */
        return;
    wheel_remove(&air->wheel, listener);
    air->has_listener_news = true;
}

void routes_drop(struct listener *listener, int error)
{
    struct connection *connection = listener->socket->data;
    log_debug("front", "listener %llu is gone: %s", (unsigned long long)listener->id,
              uv_strerror(error));
    air_of(connection)->has_listener_news = true;
    connection_close(connection);
}

const struct server_methods routes_methods = {answer, leave};
