/* listener.c - gathers what is due into a few pieces, writes once, moves the cursor. */
#include "listener.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PIECES 4 /* block, rest, two of the ring */

void listener_start(struct listener *listener, const struct listener_view *view,
                    bool has_burst)
{
    const struct frame_log *log = &listener->mount->log;
    uint64_t burst = has_burst ? view->stream->burst_frames : 0;
    uint64_t from = view->edge > burst ? view->edge - burst : 0;
    listener->frame = from < log->oldest ? log->oldest : from;
    listener->offset = 0;
    listener->until_block = ICY_INTERVAL;
}

void listener_stop(struct listener *listener)
{
    free(listener->rest);
    listener->rest = NULL;
}

static size_t frame_length(const struct listener *listener)
{
    const struct frame_log *log = &listener->mount->log;
    return (size_t)(frame_log_byte(log, listener->frame + 1) -
                    frame_log_byte(log, listener->frame));
}

/* Keep the unsent part of the frame under the cursor, so that what is sent stays whole.
 */
static int keep_rest(struct listener *listener)
{
    if (listener->offset == 0)
        return 0;
    if (!listener->rest && !(listener->rest = malloc(MP3_MAX)))
        return -ENOMEM;
    const struct frame_log *log = &listener->mount->log;
    listener->rest_length = listener->rest_sent = 0;
    if (listener->frame < log->oldest) { /* the whole process has slept: it is gone */
        size_t longest = listener->mount->silent_length + 1; /* with its padding */
        listener->rest_length =
            longest > listener->offset ? longest - listener->offset : 0;
        memset(listener->rest, 0, listener->rest_length);
        return 0;
    }
    uint64_t from = frame_log_byte(log, listener->frame) + listener->offset;
    struct iovec pieces[2];
    int count =
        frame_log_pieces(log, from, frame_log_byte(log, listener->frame + 1), pieces);
    for (int i = 0; i < count; i++) {
        memcpy(listener->rest + listener->rest_length, pieces[i].iov_base,
               pieces[i].iov_len);
        listener->rest_length += pieces[i].iov_len;
    }
    return 0;
}

/* A listener that has fallen out of the history goes on at the burst point. */
static int catch_up(struct listener *listener, const struct listener_view *view)
{
    if (view->edge - listener->frame <= view->stream->history_frames ||
        view->edge < listener->frame)
        return 0;
    if (view->drops_slow)
        return -ETIMEDOUT;
    if (listener->rest_length == listener->rest_sent) {
        int rc = keep_rest(listener);
        if (rc)
            return rc;
    } else if (listener->offset != 0) {
        return -ETIMEDOUT; /* cannot be: the rest goes out before the cursor moves */
    }
    listener->frame = view->edge - view->stream->burst_frames;
    listener->offset = 0;
    listener->jumps++;
    return 0;
}

static uint32_t hash_text(const char *text)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619u;
    return hash;
}

static void begin_block(struct listener *listener, const struct listener_view *view)
{
    const char *title =
        timeline_title(view->timeline, stream_made_of(view->stream, listener->frame));
    uint32_t hash = title ? hash_text(title) : listener->title_hash;
    listener->block_length =
        icy_block(hash == listener->title_hash ? NULL : title, listener->block);
    listener->block_sent = 0;
    listener->title_hash = hash;
    listener->until_block = ICY_INTERVAL;
}

static size_t add_piece(uv_buf_t *pieces, unsigned *count, void *at, size_t length,
                        size_t room)
{
    size_t taken = length < room ? length : room;
    if (taken > 0)
        pieces[(*count)++] = uv_buf_init(at, (unsigned)taken);
    return taken;
}

/* What is due now, in order, up to the next metadata block. returns its bytes */
static size_t gather(struct listener *listener, const struct listener_view *view,
                     uv_buf_t pieces[PIECES], unsigned *count)
{
    *count = 0;
    if (listener->wants_metadata && listener->until_block == 0)
        begin_block(listener, view);
    size_t block = add_piece(pieces, count, listener->block + listener->block_sent,
                             listener->block_length - listener->block_sent, SIZE_MAX);
    size_t room = listener->wants_metadata ? listener->until_block : SIZE_MAX;
    size_t due = add_piece(pieces, count, listener->rest + listener->rest_sent,
                           listener->rest_length - listener->rest_sent, room);
    if (listener->frame >= view->edge)
        return block + due;
    const struct frame_log *log = &listener->mount->log;
    struct iovec spans[2];
    int span_count =
        frame_log_pieces(log, frame_log_byte(log, listener->frame) + listener->offset,
                         frame_log_byte(log, view->edge), spans);
    for (int i = 0; i < span_count; i++)
        due += add_piece(pieces, count, spans[i].iov_base, spans[i].iov_len, room - due);
    return block + due;
}

static size_t part_of(size_t *sent, size_t length, size_t written)
{
    size_t part = length - *sent < written ? length - *sent : written;
    *sent += part;
    return part;
}

static void advance(struct listener *listener, size_t written)
{
    listener->bytes_sent += written;
    written -= part_of(&listener->block_sent, listener->block_length, written);
    listener->until_block -= listener->wants_metadata ? written : 0;
    written -= part_of(&listener->rest_sent, listener->rest_length, written);
    listener->offset += written;
    while (listener->offset > 0 && listener->offset >= frame_length(listener)) {
        listener->offset -= frame_length(listener);
        listener->frame++;
    }
}

int listener_serve(struct listener *listener, const struct listener_view *view)
{
    int rc = catch_up(listener, view);
    while (rc == 0) {
        uv_buf_t pieces[PIECES];
        unsigned count;
        size_t due = gather(listener, view, pieces, &count);
        if (due == 0)
            return 0;
        int written = uv_try_write(listener->socket, pieces, count);
        if (written == UV_EAGAIN)
            return 0;
        if (written < 0)
            return written;
        advance(listener, (size_t)written);
        if ((size_t)written < due)
            return 0;
    }
    return rc;
}
