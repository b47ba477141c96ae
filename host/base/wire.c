/* wire.c - lays messages out and finds them again. */
#include "wire.h"

#include <errno.h>
#include <string.h>

void wire_put(struct bytes *to, enum wire_type type, const uint64_t *numbers,
              size_t number_count, const void *tail, size_t tail_length)
{
    size_t length = number_count * sizeof *numbers + tail_length;
    struct wire_head head = {.length = (uint32_t)length, .type = (uint32_t)type};
    bytes_reserve(to, sizeof head + length);
    bytes_append(to, &head, sizeof head);
    bytes_append(to, numbers, number_count * sizeof *numbers);
    bytes_append(to, tail, tail_length);
}

int64_t wire_peek(const uint8_t *from, size_t available, struct wire_message *message)
{
    struct wire_head head;
    if (available < sizeof head)
        return 0;
    memcpy(&head, from, sizeof head);
    if (head.length > WIRE_MAX)
        return -EPROTO;
    if (available < sizeof head + head.length)
        return 0;
    message->type = (enum wire_type)head.type;
    message->body = from + sizeof head;
    message->length = head.length;
    return (int64_t)(sizeof head + head.length);
}

int wire_take(struct wire_message *message, uint64_t *number)
{
    if (message->length < sizeof *number)
        return -EPROTO;
    memcpy(number, message->body, sizeof *number);
    message->body += sizeof *number;
    message->length -= sizeof *number;
    return 0;
}
