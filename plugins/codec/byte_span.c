/* byte_span.c - see byte_span.h. */
#include "byte_span.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Read from the file at span->at, to the next gap. returns bytes, 0 at the end; or
 * -errno */
static ssize_t read_file(const struct byte_span *span, void *out, int64_t bytes)
{
    int64_t offset = span->start + span->at;
    size_t i = 0;
    for (; i < span->gap_count && span->gaps[i].at <= span->at; i++)
        offset += span->gaps[i].bytes;
    int64_t left = i < span->gap_count ? span->gaps[i].at - span->at : span->end - offset;
    ssize_t got;
    if (left <= 0)
        return 0;
    do
        got = pread(span->file, out, (size_t)(bytes < left ? bytes : left), offset);
    while (got < 0 && errno == EINTR);
    return got < 0 ? -errno : got;
}

/* As much as one read gives. returns bytes, 0 at the end; or -errno */
static ssize_t read_some(struct byte_span *span, void *out, size_t bytes)
{
    int64_t into = span->at - span->ahead_at;
    ssize_t got;
    if (into < 0 || into >= span->ahead_count) {
        if (bytes >= SPAN_AHEAD)
            return read_file(span, out, (int64_t)bytes);
        got = read_file(span, span->ahead, SPAN_AHEAD);
        if (got <= 0)
            return got;
        span->ahead_at = span->at;
        span->ahead_count = got;
        into = 0;
    }
    got = span->ahead_count - into;
    got = got < (ssize_t)bytes ? got : (ssize_t)bytes;
    memcpy(out, span->ahead + into, (size_t)got);
    return got;
}

ssize_t span_read(struct byte_span *span, void *out, size_t bytes)
{
    size_t done = 0;
    while (done < bytes) {
        ssize_t got = read_some(span, (char *)out + done, bytes - done);
        if (got < 0 && done == 0)
            return got;
        if (got <= 0)
            break;
        span->at += got;
        done += (size_t)got;
    }
    return (ssize_t)done;
}

static int64_t length(const struct byte_span *span)
{
    int64_t bytes = span->end - span->start;
    for (size_t i = 0; i < span->gap_count; i++)
        bytes -= span->gaps[i].bytes;
    return bytes;
}

int64_t span_seek(struct byte_span *span, int64_t offset, int whence)
{
    int64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? span->at : length(span);
    if (base + offset < 0)
        return -EINVAL;
    return span->at = base + offset;
}
