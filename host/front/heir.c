/* heir.c - written by one program and read by the next, so everything is checked. */
#include "heir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define HEIR_VERSION 1
#define JSON_MOST (256u << 20)
#define HEX_MOST 4096

/* ---- bytes as text --------------------------------------------------------------------
 */

static json_t *hex_of(const void *bytes, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    char text[2 * HEX_MOST];
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = ((const unsigned char *)bytes)[i];
        text[2 * i] = digits[byte >> 4];
        text[2 * i + 1] = digits[byte & 15];
    }
    return json_stringn(text, 2 * length);
}

static int digit_of(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 0;
}

/* returns bytes, no more than `cap` */
static size_t bytes_of(const json_t *hex, void *out, size_t cap)
{
    const char *text = json_string_value(hex);
    size_t length = json_string_length(hex) / 2;
    length = length < cap ? length : cap;
    for (size_t i = 0; i < length; i++)
        ((unsigned char *)out)[i] =
            (unsigned char)(digit_of(text[2 * i]) << 4 | digit_of(text[2 * i + 1]));
    return length;
}

static uint64_t number(const json_t *object, const char *name)
{
    return (uint64_t)json_integer_value(json_object_get(object, name));
}

static void copy_text(const json_t *object, const char *name, char *out, size_t cap)
{
    const char *text = json_string_value(json_object_get(object, name));
    snprintf(out, cap, "%s", text ? text : "");
}

/* ---- descriptors ----------------------------------------------------------------------
 */

static int file_of(const void *handle)
{
    uv_os_fd_t fd = -1;
    return uv_fileno(handle, &fd) == 0 ? fd : -1;
}

static void keep_open(int fd, bool is_kept)
{
    fcntl(fd, F_SETFD, is_kept ? 0 : FD_CLOEXEC);
}

/* A listener whose head is out: all that is due comes from the log. */
static bool goes_on(const struct connection *connection)
{
    return connection->kind == CONNECTION_LISTENER && !connection->is_closing &&
           uv_stream_get_write_queue_size((const uv_stream_t *)&connection->tcp) == 0;
}

void heir_keep_open(const struct server *server, int run_fd, bool are_kept)
{
    keep_open(file_of(&server->tcp), are_kept);
    keep_open(run_fd, are_kept);
    for (const struct connection *c = server->connections; c; c = c->next)
        if (goes_on(c))
            keep_open(file_of(&c->tcp), are_kept);
}

/* ---- writing --------------------------------------------------------------------------
 */

static json_t *stream_json(const struct stream *stream)
{
    json_t *silences = json_array();
    for (size_t i = 0; i < stream->silence_count; i++)
        json_array_append_new(silences,
                              json_pack("[I, I]", (json_int_t)stream->silences[i].made,
                                        (json_int_t)stream->silences[i].count));
    return json_pack(
        "{s:I, s:I, s:I, s:o, s:b, s:I, s:I}", "made", (json_int_t)stream->made, "epoch",
        (json_int_t)stream->epoch, "silent_total", (json_int_t)stream->silent_total,
        "silences", silences, "is_running", stream->pacer.is_running, "start_ns",
        (json_int_t)stream->pacer.start_ns, "first", (json_int_t)stream->pacer.first);
}

static json_t *timeline_parts(const struct timeline *timeline)
{
    json_t *parts = json_array();
    for (size_t i = 0; i < timeline->count; i++)
        json_array_append_new(parts, json_pack("{s:I, s:O}", "end",
                                               (json_int_t)timeline->segments[i].end,
                                               "plan", timeline->segments[i].plan));
    return parts;
}

static json_t *waves_json(const struct waves *waves)
{
    json_t *texts = json_array();
    for (size_t i = 0; i < WAVES_KEPT; i++) { /* the oldest first */
        const struct bytes *text = &waves->texts[(waves->next + i) % WAVES_KEPT];
        if (text->length > 0)
            json_array_append_new(texts,
                                  json_stringn((const char *)text->at, text->length));
    }
    return texts;
}

static json_t *listener_json(const struct connection *connection,
                             const struct stream *stream)
{
    const struct listener *l = &connection->listener;
    json_t *json = json_pack(
        "{s:i, s:I, s:i, s:I, s:I, s:b, s:I, s:I, s:I, s:I, s:I, s:s, s:s}", "fd",
        file_of(&connection->tcp), "id", (json_int_t)l->id, "mount",
        (int)(l->mount - stream->mounts), "frame", (json_int_t)l->frame, "offset",
        (json_int_t)l->offset, "wants_metadata", l->wants_metadata, "until_block",
        (json_int_t)l->until_block, "title_hash", (json_int_t)l->title_hash, "bytes_sent",
        (json_int_t)l->bytes_sent, "jumps", (json_int_t)l->jumps, "connected_ms",
        (json_int_t)l->connected_ms, "peer", l->peer, "agent", l->agent);
    json_object_set_new(json, "rest",
                        hex_of(l->rest + l->rest_sent, l->rest_length - l->rest_sent));
    json_object_set_new(
        json, "block", hex_of(l->block + l->block_sent, l->block_length - l->block_sent));
    return json;
}

static json_t *listeners_json(const struct server *server, const struct stream *stream)
{
    json_t *listeners = json_array();
    for (const struct connection *c = server->connections; c; c = c->next)
        if (goes_on(c))
            json_array_append_new(listeners, listener_json(c, stream));
    return listeners;
}

static json_t *all_json(const struct air *air, const struct server *server,
                        json_t *checkpoint, const struct heir *mine)
{
    json_t *all = json_pack(
        "{s:i, s:O, s:s, s:i, s:i, s:i, s:O?, s:o, s:o, s:o, s:o, s:O?, s:O?, s:f, s:I, "
        "s:I, s:I, s:I, s:I, s:b}",
        "version", HEIR_VERSION, "config", air->config.tree, "run_dir", mine->run_dir,
        "run_fd", mine->run_fd, "server_fd", file_of(&server->tcp), "engine_pid",
        mine->engine_pid, "checkpoint", checkpoint, "stream", stream_json(&air->stream),
        "timeline", timeline_parts(&air->timeline), "waves", waves_json(&air->waves),
        "listeners", listeners_json(server, &air->stream), "queue", air->queue, "plugins",
        air->plugins, "started", air->started, "opened_ns", (json_int_t)air->opened_ns,
        "restarts", (json_int_t)air->engine.restarts, "next_id",
        (json_int_t)air->wheel.next_id, "listeners_total", (json_int_t)air->wheel.total,
        "jumps", (json_int_t)wheel_jumps(&air->wheel), "is_draining", air->is_draining);
    return all;
}

static void add_frames(struct bytes *out, const struct frame_log *log)
{
    uint64_t range[2] = {log->oldest, log->next};
    bytes_append(out, range, sizeof range);
    for (uint64_t n = log->oldest; n < log->next; n++) {
        struct iovec pieces[2];
        uint64_t from = frame_log_byte(log, n), to = frame_log_byte(log, n + 1);
        uint32_t length = (uint32_t)(to - from);
        int count = frame_log_pieces(log, from, to, pieces);
        bytes_append(out, &length, sizeof length);
        for (int i = 0; i < count; i++)
            bytes_append(out, pieces[i].iov_base, pieces[i].iov_len);
    }
}

static int write_all(int fd, const struct bytes *bytes)
{
    size_t done = 0;
    while (done < bytes->length) {
        ssize_t count = write(fd, bytes->at + done, bytes->length - done);
        if (count < 0)
            return -errno;
        done += (size_t)count;
    }
    return 0;
}

int heir_save(const struct air *air, const struct server *server, json_t *checkpoint,
              const struct heir *mine)
{
    json_t *all = all_json(air, server, checkpoint, mine);
    char *text = json_dumps(all, JSON_COMPACT | JSON_REAL_PRECISION(17));
    int fd = text ? memfd_create("heir", 0) : -1;
    int rc = text && fd < 0 ? -errno : text ? 0 : -ENOMEM;
    struct bytes out = {0};
    if (rc == 0) {
        uint64_t length = strlen(text);
        bytes_append(&out, &length, sizeof length);
        bytes_append(&out, text, length);
        for (size_t i = 0; i < air->stream.mount_count; i++)
            add_frames(&out, &air->stream.mounts[i].log);
        rc = write_all(fd, &out);
    }
    bytes_release(&out);
    json_decref(all);
    free(text);
    if (rc && fd >= 0)
        close(fd);
    return rc ? rc : fd;
}

/* ---- reading --------------------------------------------------------------------------
 */

/* returns 0; or -EPROTO: there are not so many bytes */
static int read_at(int fd, off_t *at, void *out, size_t length)
{
    ssize_t count = pread(fd, out, length, *at);
    if (count < 0 || (size_t)count != length)
        return -EPROTO;
    *at += count;
    return 0;
}

static json_t *read_json(int fd)
{
    uint64_t length;
    off_t at = 0;
    if (read_at(fd, &at, &length, sizeof length) || length > JSON_MOST)
        return NULL;
    char *text = must_alloc(length + 1);
    json_t *json = read_at(fd, &at, text, length) == 0
                       ? json_loadb(text, length, JSON_ALLOW_NUL, NULL)
                       : NULL;
    free(text);
    return json;
}

int heir_open(struct heir *heir, int fd)
{
    json_t *given = read_json(fd);
    *heir = (struct heir){
        .given = given,
        .config = json_object_get(given, "config"),
        .run_dir = json_string_value(json_object_get(given, "run_dir")),
        .server_fd = (int)number(given, "server_fd"),
        .run_fd = (int)number(given, "run_fd"),
        .engine_pid = (int)number(given, "engine_pid"),
    };
    if (number(given, "version") == HEIR_VERSION && heir->config && heir->run_dir)
        return 0;
    heir_release(heir);
    return -EPROTO;
}

void heir_release(struct heir *heir)
{
    json_decref(heir->given);
    *heir = (struct heir){0};
}

static int load_frames(int fd, off_t *at, struct frame_log *log)
{
    uint64_t range[2];
    uint8_t frame[MP3_MAX];
    uint32_t length;
    int rc = read_at(fd, at, range, sizeof range);
    log->oldest = log->next = range[0];
    for (uint64_t n = range[0]; rc == 0 && n < range[1]; n++) {
        rc = read_at(fd, at, &length, sizeof length);
        if (rc == 0 && (length == 0 || length > sizeof frame))
            rc = -EPROTO;
        if (rc == 0)
            rc = read_at(fd, at, frame, length);
        if (rc == 0)
            frame_log_push(log, frame, length);
    }
    return rc;
}

static int load_stream(const json_t *from, int fd, off_t at, struct stream *stream)
{
    const json_t *silences = json_object_get(from, "silences"), *one;
    size_t i;
    stream->made = number(from, "made");
    stream->epoch = number(from, "epoch");
    stream->silent_total = number(from, "silent_total");
    stream->pacer = (struct pacer){
        .is_running = json_is_true(json_object_get(from, "is_running")),
        .start_ns = number(from, "start_ns"),
        .first = number(from, "first"),
    };
    json_array_foreach(silences, i, one)
    {
        if (stream->silence_count == STREAM_SILENCES)
            return -EPROTO;
        stream->silences[stream->silence_count++] = (struct silence){
            .made = (uint64_t)json_integer_value(json_array_get(one, 0)),
            .count = (uint64_t)json_integer_value(json_array_get(one, 1)),
        };
    }
    int rc = 0;
    for (size_t m = 0; rc == 0 && m < stream->mount_count; m++)
        rc = load_frames(fd, &at, &stream->mounts[m].log);
    for (size_t m = 1; rc == 0 && m < stream->mount_count; m++)
        if (stream->mounts[m].log.next != stream->mounts[0].log.next)
            rc = -EPROTO;
    return rc;
}

int heir_load(const struct heir *heir, int fd, struct air *air)
{
    const json_t *given = heir->given, *one;
    uint64_t length;
    off_t at = 0;
    size_t i;
    int rc = read_at(fd, &at, &length, sizeof length);
    if (rc == 0)
        rc = load_stream(json_object_get(given, "stream"), fd, at + (off_t)length,
                         &air->stream);
    json_array_foreach(json_object_get(given, "timeline"), i, one)
    {
        if (rc == 0)
            rc = timeline_add(&air->timeline, json_incref(json_object_get(one, "plan")));
        if (rc == 0)
            air->timeline.segments[air->timeline.count - 1].end =
                (int64_t)number(one, "end");
    }
    json_array_foreach(json_object_get(given, "waves"), i, one) waves_put(
        &air->waves, (const uint8_t *)json_string_value(one), json_string_length(one));
    air->queue = json_incref(json_object_get(given, "queue"));
    air->plugins = json_incref(json_object_get(given, "plugins"));
    air->started = json_number_value(json_object_get(given, "started"));
    air->opened_ns = number(given, "opened_ns");
    air->engine.restarts = number(given, "restarts");
    air->is_draining = json_is_true(json_object_get(given, "is_draining"));
    return rc;
}

/* Is its cursor a place in the log? */
static bool is_in(const struct listener *l)
{
    const struct frame_log *log = &l->mount->log;
    return l->frame >= log->oldest && l->frame <= log->next &&
           (l->offset == 0 ||
            (l->frame < log->next && l->offset < frame_log_byte(log, l->frame + 1) -
                                                     frame_log_byte(log, l->frame)));
}

static bool fill_listener(struct listener *l, const json_t *from, struct air *air)
{
    size_t mount = number(from, "mount");
    if (mount >= air->stream.mount_count)
        return false;
    l->mount = &air->stream.mounts[mount];
    l->frame = number(from, "frame");
    l->offset = number(from, "offset");
    l->wants_metadata = json_is_true(json_object_get(from, "wants_metadata"));
    l->until_block = number(from, "until_block");
    l->title_hash = (uint32_t)number(from, "title_hash");
    l->bytes_sent = number(from, "bytes_sent");
    l->jumps = number(from, "jumps");
    l->connected_ms = number(from, "connected_ms");
    copy_text(from, "peer", l->peer, sizeof l->peer);
    copy_text(from, "agent", l->agent, sizeof l->agent);
    l->block_length = bytes_of(json_object_get(from, "block"), l->block, sizeof l->block);
    if (json_string_length(json_object_get(from, "rest")) > 0) {
        l->rest = must_alloc(MP3_MAX);
        l->rest_length = bytes_of(json_object_get(from, "rest"), l->rest, MP3_MAX);
    }
    return is_in(l);
}

size_t heir_adopt(const struct heir *heir, struct air *air, struct server *server,
                  uv_loop_t *loop)
{
    const json_t *given = heir->given, *one;
    size_t i, count = 0;
    uint64_t jumps = 0;
    json_array_foreach(json_object_get(given, "listeners"), i, one)
    {
        struct connection *c = server_adopt(server, loop, (int)number(one, "fd"));
        if (!c)
            continue;
        struct listener *l = &c->listener;
        l->socket = (uv_stream_t *)&c->tcp;
        bool is_whole = fill_listener(l, one, air);
        wheel_add(&air->wheel, l);
        l->id = number(one, "id");
        jumps += l->jumps;
        count += is_whole;
        if (!is_whole)
            connection_close(c);
    }
    air->wheel.next_id = number(given, "next_id");
    air->wheel.total = number(given, "listeners_total");
    air->wheel.jumps = number(given, "jumps") - jumps;
    return count;
}
