/* strip.h - arrays that grow: a strip of floats, bytes or doubles.
 *
 * A strip that is all zero is an empty one. The owner frees `at` with free().
 */
#ifndef STRIP_H
#define STRIP_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

struct strip_f {
    float *at;
    size_t count, room;
};

struct strip_b {
    uint8_t *at;
    size_t count, room;
};

struct strip_w {
    uint16_t *at;
    size_t count, room;
};

struct strip_d {
    double *at;
    size_t count, room;
};

/* Make room for `more` further members; 0 or -ENOMEM. Contents and count stay. */
static inline int strip_room(void **at, size_t *room, size_t count, size_t more,
                             size_t size)
{
    if (count + more <= *room)
        return 0;
    size_t want = *room + *room / 2 + 1024;
    if (want < count + more)
        want = count + more;
    void *grown = realloc(*at, want * size);
    if (!grown)
        return -ENOMEM;
    *at = grown;
    *room = want;
    return 0;
}

#define STRIP_RESERVE(strip, more)                                                       \
    strip_room((void **)&(strip)->at, &(strip)->room, (strip)->count, (more),            \
               sizeof *(strip)->at)

/* Append a value to a strip of its kind; 0 or -ENOMEM. The value is evaluated once. */
#define STRIP_PUSH(strip, value)                                                         \
    (STRIP_RESERVE(strip, 1) ? -ENOMEM : ((strip)->at[(strip)->count++] = (value), 0))

#endif
