/* listener.h - one listener: a socket and a cursor into the frame log.
 *
 * No queue, no copy, no allocation on the way: the backlog goes out of the ring with
 * uv_try_write, and what the kernel does not take stays behind the cursor.
 */
#ifndef LISTENER_H
#define LISTENER_H

#include "icy.h"
#include "stream.h"
#include "timeline.h"

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct listener {
    uint64_t id;
    uv_stream_t *socket; /* borrowed from the connection until listener_stop */
    const struct mount *mount;
    uint64_t frame; /* cursor: the frame, as sent ... */
    size_t offset;  /* ... and the bytes of it that are gone already */

    /* The rest of a frame that was begun before a jump. */
    uint8_t *rest;
    size_t rest_length, rest_sent;

    bool wants_metadata;
    size_t until_block; /* bytes of MP3 to the next metadata block */
    char block[ICY_MAX];
    size_t block_length, block_sent;
    uint32_t title_hash; /* of the title last sent */

    uint64_t bytes_sent, jumps, connected_ms;
    char peer[64], agent[128];
    struct listener *next, **link; /* in a slot of the wheel */
};

/* Where a listener reads. */
struct listener_view {
    const struct stream *stream;
    const struct timeline *timeline;
    uint64_t edge;
    bool drops_slow; /* else a slow listener is moved forward */
};

void listener_start(struct listener *listener, const struct listener_view *view,
                    bool has_burst);
void listener_stop(struct listener *listener);

/* Send what is due. returns 0; or -errno: the listener is gone and has to be closed */
int listener_serve(struct listener *listener, const struct listener_view *view);

#endif
