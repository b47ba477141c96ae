/* piece.h - sound in memory that the ears are given to hear. */
#ifndef PIECE_H
#define PIECE_H

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct piece {
    float *samples; /* stereo */
    int64_t frames;
    int64_t reads, fail_at; /* the read that fails; 0: none */
    int64_t cancel_at;      /* the read after which work is cancelled; 0: never */
};

static inline int read_piece(void *ctx, int64_t pos, float *out, int frames)
{
    struct piece *piece = ctx;
    piece->reads++;
    if (piece->fail_at && piece->reads >= piece->fail_at)
        return -EIO;
    int64_t left = piece->frames - pos, got = left < frames ? left : frames;
    memset(out, 0, (size_t)frames * 2 * sizeof *out);
    if (got > 0)
        memcpy(out, piece->samples + 2 * pos, (size_t)got * 2 * sizeof *out);
    return got > 0 ? (int)got : 0;
}

static inline bool is_cancelled(void *ctx)
{
    const struct piece *piece = ctx;
    return piece->cancel_at && piece->reads >= piece->cancel_at;
}

static inline void note_progress(void *ctx, double share)
{
    (void)ctx;
    assert_true(share >= 0.0 && share <= 1.0);
}

static inline struct piece silence_of(double seconds)
{
    struct piece piece = {.frames = (int64_t)(seconds * 44100.0)};
    piece.samples = calloc((size_t)piece.frames * 2 + 2, sizeof *piece.samples);
    assert_non_null(piece.samples);
    return piece;
}

static inline float hiss(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return (float)(*state >> 8) / 8388608.0f - 1.0f;
}

#endif
