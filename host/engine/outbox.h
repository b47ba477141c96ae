/* outbox.h - the engine's end of the wire for sending; any thread, whole messages. */
#ifndef OUTBOX_H
#define OUTBOX_H

#include "wire.h"

#include <jansson.h>
#include <pthread.h>
#include <stdbool.h>

struct outbox {
    int fd;
    pthread_mutex_t lock;
    struct bytes buffer;
    bool is_broken; /* the front is gone: nothing is sent any more */
};

void outbox_init(struct outbox *outbox, int fd);
void outbox_release(struct outbox *outbox);

/* Blocks until the front has taken it. returns 0 or -EPIPE */
int outbox_send(struct outbox *outbox, enum wire_type type, const uint64_t *numbers,
                size_t count, const void *tail, size_t length);

/* `value` is given. */
int outbox_send_json(struct outbox *outbox, enum wire_type type, json_t *value);

/* The answer to a command; `value` is given. */
int outbox_reply(struct outbox *outbox, uint64_t id, json_t *value);

#endif
