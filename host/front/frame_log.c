/* frame_log.c - positions are absolute and only wrapped when memory is touched. */
#include "frame_log.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int frame_log_init(struct frame_log *log, size_t frames, size_t frame_bytes)
{
    *log = (struct frame_log){.ring_size = frames * frame_bytes, .starts_size = frames};
    log->ring = malloc(log->ring_size);
    log->starts = calloc(log->starts_size, sizeof *log->starts);
    if (!log->ring || !log->starts) {
        frame_log_release(log);
        return -ENOMEM;
    }
    return 0;
}

void frame_log_release(struct frame_log *log)
{
    free(log->ring);
    free(log->starts);
    *log = (struct frame_log){0};
}

uint64_t frame_log_byte(const struct frame_log *log, uint64_t n)
{
    assert(n >= log->oldest && n <= log->next);
    return n == log->next ? log->end : log->starts[n % log->starts_size];
}

int frame_log_pieces(const struct frame_log *log, uint64_t from, uint64_t to,
                     struct iovec pieces[2])
{
    assert(from <= to && to <= log->end && to - from <= log->ring_size);
    size_t length = (size_t)(to - from), at = (size_t)(from % log->ring_size);
    size_t first = log->ring_size - at < length ? log->ring_size - at : length;
    pieces[0] = (struct iovec){.iov_base = log->ring + at, .iov_len = first};
    pieces[1] = (struct iovec){.iov_base = log->ring, .iov_len = length - first};
    return length == 0 ? 0 : length == first ? 1 : 2;
}

void frame_log_push(struct frame_log *log, const uint8_t *frame, size_t length)
{
    assert(length > 0 && length <= log->ring_size);
    while (log->next > log->oldest &&
           (log->next - log->oldest == log->starts_size ||
            log->end + length - frame_log_byte(log, log->oldest) > log->ring_size))
        log->oldest++;
    log->starts[log->next % log->starts_size] = log->end;
    log->next++;
    log->end += length;

    struct iovec pieces[2];
    int count = frame_log_pieces(log, log->end - length, log->end, pieces);
    for (int i = 0; i < count; i++) {
        memcpy(pieces[i].iov_base, frame, pieces[i].iov_len);
        frame += pieces[i].iov_len;
    }
}

void frame_log_truncate(struct frame_log *log, uint64_t from)
{
    assert(from >= log->oldest);
    if (from >= log->next)
        return;
    log->end = frame_log_byte(log, from);
    log->next = from;
}
