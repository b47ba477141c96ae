/* bytes.h - a growable run of bytes. Out of memory ends the process. */
#ifndef BYTES_H
#define BYTES_H

#include <stddef.h>
#include <stdint.h>

struct bytes {
    uint8_t *at;
    size_t length, room;
};

void bytes_release(struct bytes *bytes);

/* Make room for `extra` more bytes behind the end. returns where they go */
uint8_t *bytes_reserve(struct bytes *bytes, size_t extra);
void bytes_append(struct bytes *bytes, const void *from, size_t length);
void bytes_printf(struct bytes *bytes, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Take `length` bytes away at the front. */
void bytes_consume(struct bytes *bytes, size_t length);

/* malloc, calloc and strdup that end the process when there is no memory. */
void *must_alloc(size_t size);
void *must_realloc(void *old, size_t size);
char *must_strdup(const char *text);

#endif
