/* byte_span.c - see byte_span.h. */
#include "byte_span.h"

#include <errno.h>
#include <unistd.h>

ssize_t span_read(struct byte_span *span, void *out, size_t bytes)
{
    int64_t left = span->end - span->start - span->at;
    if (left <= 0)
        return 0;
    if ((int64_t)bytes > left)
        bytes = (size_t)left;
    ssize_t got;
    do
        got = pread(span->file, out, bytes, span->start + span->at);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return -errno;
    span->at += got;
    return got;
}

int64_t span_seek(struct byte_span *span, int64_t offset, int whence)
{
    int64_t base = whence == SEEK_SET   ? 0
                   : whence == SEEK_CUR ? span->at
                                        : span->end - span->start;
    if (base + offset < 0)
        return -EINVAL;
    return span->at = base + offset;
}
