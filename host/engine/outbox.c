/* outbox.c - one buffer, one lock, one write. */
#include "outbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void outbox_init(struct outbox *outbox, int fd)
{
    *outbox = (struct outbox){.fd = fd};
    pthread_mutex_init(&outbox->lock, NULL);
}

void outbox_release(struct outbox *outbox)
{
    bytes_release(&outbox->buffer);
    pthread_mutex_destroy(&outbox->lock);
}

int outbox_send(struct outbox *outbox, enum wire_type type, const uint64_t *numbers,
                size_t count, const void *tail, size_t length)
{
    pthread_mutex_lock(&outbox->lock);
    outbox->buffer.length = 0;
    wire_put(&outbox->buffer, type, numbers, count, tail, length);
    size_t sent = 0;
    while (!outbox->is_broken && sent < outbox->buffer.length) {
        ssize_t n =
            write(outbox->fd, outbox->buffer.at + sent, outbox->buffer.length - sent);
        if (n >= 0)
            sent += (size_t)n;
        else if (errno != EINTR)
            outbox->is_broken = true;
    }
    int rc = outbox->is_broken ? -EPIPE : 0;
    pthread_mutex_unlock(&outbox->lock);
    return rc;
}

static int send_text(struct outbox *outbox, enum wire_type type, const uint64_t *numbers,
                     size_t count, json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_REAL_PRECISION(17));
    json_decref(value);
    if (!text)
        return -EINVAL;
    int rc = outbox_send(outbox, type, numbers, count, text, strlen(text));
    free(text);
    return rc;
}

int outbox_send_json(struct outbox *outbox, enum wire_type type, json_t *value)
{
    return send_text(outbox, type, NULL, 0, value);
}

int outbox_reply(struct outbox *outbox, uint64_t id, json_t *value)
{
    return send_text(outbox, WIRE_REPLY, &id, 1, value);
}
