/* byte_span.h - part of a file, as the decoding libraries want to read it.
 *
 * Reads never touch the descriptor's own position, and no library gets to close it.
 */
#ifndef CODEC_BYTE_SPAN_H
#define CODEC_BYTE_SPAN_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define SPAN_AHEAD 16384 /* bytes that are read at once when fewer are wanted */

/* Bytes of the file that are left out, before byte `at` of what is read. */
struct byte_gap {
    int64_t at, bytes;
};

struct byte_span {
    int file;                    /* borrowed */
    int64_t start, end;          /* offsets in the file */
    const struct byte_gap *gaps; /* borrowed; in their order, `at` grows */
    size_t gap_count;
    int64_t at;       /* the next byte, from start */
    int64_t ahead_at; /* from start, of what was read ahead */
    int64_t ahead_count;
    unsigned char ahead[SPAN_AHEAD];
};

/* Fewer than `bytes` only at the end. returns bytes read; or -errno */
ssize_t span_read(struct byte_span *span, void *out, size_t bytes);

/* lseek() within the span. returns the position from its start; or -EINVAL */
int64_t span_seek(struct byte_span *span, int64_t offset, int whence);

#endif
