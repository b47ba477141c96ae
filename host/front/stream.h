/* stream.h - the frame clock and the mounts on it: finished frames in, frames by number
 * out.
 *
 * The engine counts the frames it makes; listeners are sent those and, when the log has
 * run dry, frames of silence in between. So a frame has two numbers, as made and as sent,
 * and the list of silences turns one into the other.
 */
#ifndef STREAM_H
#define STREAM_H

#include "frame_log.h"
#include "mp3_frame.h"
#include "pacer.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#define STREAM_MOUNTS 8
#define STREAM_SILENCES 64

struct mount {
    char path[64];
    uint32_t kbps;
    struct frame_log log;
    uint8_t silent[MP3_MAX];
    size_t silent_length;
    uint8_t arriving[MP3_MAX]; /* of the block whose other mounts are still to come */
    size_t arriving_length;
};

struct silence {
    uint64_t made;  /* before this frame of the engine's ... */
    uint64_t count; /* ... so many silent frames were sent */
};

struct stream {
    struct mount mounts[STREAM_MOUNTS];
    size_t mount_count;
    struct pacer pacer;
    uint64_t made;  /* next frame expected from the engine */
    uint64_t epoch; /* rewinds so far */
    struct silence silences[STREAM_SILENCES];
    size_t silence_count;
    uint64_t silent_total;
    uint64_t buffer_frames, history_frames, burst_frames;
};

struct stream_settings {
    const json_t *mounts; /* as in the configuration, checked */
    double buffer_s, history_s, burst_s;
};

int stream_init(struct stream *stream, const struct stream_settings *settings);
void stream_release(struct stream *stream);

/* A frame of the engine's. Ignored: an old epoch, a frame that is here already.
 * returns  1 when the block is whole and sendable; 0; -EPROTO */
int stream_push(struct stream *stream, uint64_t epoch, uint64_t made, uint64_t mount,
                const uint8_t *frame, size_t length);

/* Frames before the returned one are due. Fills up with silence when there are not
 * enough. returns the edge, as sent */
uint64_t stream_advance(struct stream *stream, uint64_t now_ns);

/* The live edge, as sent: frames before it are due, and there; what came due since the
 * last stream_advance() may be neither the engine's nor silence yet. */
uint64_t stream_edge(const struct stream *stream, uint64_t now_ns);

/* How far the engine may go, as made. */
uint64_t stream_credit(const struct stream *stream, uint64_t now_ns);

/* Forget what is `lead_frames` and more beyond the edge, begin a new epoch.
 * returns  the frame from which the engine has to go on, as made */
uint64_t stream_rewind(struct stream *stream, uint64_t now_ns, uint64_t lead_frames);

/* Number as sent of a frame as made, and back (a silent frame gives the one after). */
uint64_t stream_sent_of(const struct stream *stream, uint64_t made);
uint64_t stream_made_of(const struct stream *stream, uint64_t sent);

#endif
