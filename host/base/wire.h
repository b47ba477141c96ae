/* wire.h - the messages between front and engine, on one stream socket.
 *
 * A message is a head (length, type) and a body of that length; numbers are in the
 * machine's own order, both ends are the same binary. Frames are counted from 0 for ever
 * as the engine makes them. An "epoch" counts rewinds: frames of an older epoch than the
 * front's are thrown away.
 */
#ifndef WIRE_H
#define WIRE_H

#include "bytes.h"

#include <stddef.h>
#include <stdint.h>

#define WIRE_VERSION 1u
#define WIRE_MAX (64u << 20) /* bytes of a body */

enum wire_type {
    /* front to engine */
    WIRE_HELLO = 1, /* JSON: what to go on from, see docs/protocol-wire.md */
    WIRE_CREDIT,    /* u64: make frames up to this one, not included */
    WIRE_COMMAND,   /* u64 id, text: an admin command */
    WIRE_CONFIG,    /* JSON: the configuration has changed */
    WIRE_REWIND,    /* u64 epoch, u64 frame: go on from there */
    /* engine to front */
    WIRE_READY = 64, /* JSON: plugins */
    WIRE_FRAMES,     /* u64 epoch, u64 frame, u64 mount, one MP3 frame */
    WIRE_SEGMENT,    /* JSON: a segment of the plan, see docs/protocol-wire.md */
    WIRE_WAVE,       /* text: id of a track that comes in, a blank, JSON: its peaks */
    WIRE_REVOKE,     /* u64 sample: segments from there on are no longer the plan */
    WIRE_CHECKPOINT, /* JSON, kept by the front as it is */
    WIRE_QUEUE,      /* JSON: what comes next */
    WIRE_PLUGINS,    /* JSON: the slots */
    WIRE_REPLY,      /* u64 id, JSON: the answer to a command */
    WIRE_ALIVE,      /* u64: nothing; once a second while nobody is stuck */
    WIRE_EVENT,      /* JSON: something for /events */
    WIRE_ASK_REWIND, /* nothing: make what is not yet sent anew */
    WIRE_FATAL,      /* text: there is no point in going on */
    WIRE_RETIRE,     /* nothing: the last message, a fresh engine shall go on */
};

struct wire_head {
    uint32_t length; /* of the body */
    uint32_t type;
};

/* Append a message of up to three u64 and a tail. */
void wire_put(struct bytes *to, enum wire_type type, const uint64_t *numbers,
              size_t number_count, const void *tail, size_t tail_length);

/* A message inside a buffer of received bytes. */
struct wire_message {
    enum wire_type type;
    const uint8_t *body;
    size_t length;
};

/* Look at the first message in `from`.
 * returns  bytes it takes, head included; 0: not whole yet; -EPROTO: not our protocol */
int64_t wire_peek(const uint8_t *from, size_t available, struct wire_message *message);

/* Take a u64 off the front of the body. returns 0 or -EPROTO */
int wire_take(struct wire_message *message, uint64_t *number);

#endif
