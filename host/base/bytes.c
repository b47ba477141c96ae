/* bytes.c - doubling growth; memory is the one thing that nobody here can do without. */
#include "bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *memory)
{
    if (!memory) {
        fputs("out of memory\n", stderr);
        abort();
    }
    return memory;
}

void *must_alloc(size_t size)
{
    return checked(calloc(1, size ? size : 1));
}

void *must_realloc(void *old, size_t size)
{
    return checked(realloc(old, size ? size : 1));
}

char *must_strdup(const char *text)
{
    return checked(strdup(text));
}

void bytes_release(struct bytes *bytes)
{
    free(bytes->at);
    *bytes = (struct bytes){0};
}

uint8_t *bytes_reserve(struct bytes *bytes, size_t extra)
{
    size_t need = bytes->length + extra;
    if (need > bytes->room) {
        size_t room = bytes->room ? bytes->room : 256;
        while (room < need)
            room *= 2;
        bytes->at = must_realloc(bytes->at, room);
        bytes->room = room;
    }
    return bytes->at + bytes->length;
}

void bytes_append(struct bytes *bytes, const void *from, size_t length)
{
    if (length == 0)
        return;
    memcpy(bytes_reserve(bytes, length), from, length);
    bytes->length += length;
}

void bytes_printf(struct bytes *bytes, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n > 0) {
        size_t length = (size_t)n;
        vsnprintf((char *)bytes_reserve(bytes, length + 1), length + 1, format, again);
        bytes->length += length;
    }
    va_end(again);
}

void bytes_consume(struct bytes *bytes, size_t length)
{
    if (length == 0)
        return;
    memmove(bytes->at, bytes->at + length, bytes->length - length);
    bytes->length -= length;
}
