/* encoders.h - one encoder a mount, all fed the same PCM, all on the same frame clock. */
#ifndef ENCODERS_H
#define ENCODERS_H

#include "generation.h"

#define ENCODERS_MAX 8

struct frame_sink {
    void *ctx;
    /* One whole MP3 frame, in order of `number`. returns 0 or -errno */
    int (*frame)(void *ctx, size_t mount, uint64_t number, const uint8_t *frame,
                 size_t length);
};

struct encoders {
    struct generation *codec; /* held; NULL: none are open */
    size_t count;
    struct fv_encoder *encoders[ENCODERS_MAX];
    uint32_t kbps[ENCODERS_MAX];
    uint64_t next[ENCODERS_MAX]; /* number of the frame that each gives next */
    uint64_t first, fed;         /* the first of those, and blocks fed since */
    uint64_t wanted;             /* frames before it are dropped */
};

/* The block from which PCM has to be fed for frame `frame` to come out right. */
uint64_t encoders_first_block(const struct generation *codec, uint64_t frame);

/* Open encoders that are fed from encoders_first_block(frame) on and give frames from
 * `frame` on. What was open is closed. returns 0 or -errno with error filled */
int encoders_open(struct encoders *encoders, struct generation *codec,
                  const uint32_t *kbps, size_t count, uint64_t frame,
                  struct fv_error *error);
void encoders_close(struct encoders *encoders);

/* Feed one block of FV_BLOCK frames. returns 0; -EPROTO: an encoder has not given one
 * whole MP3 frame as asked for, or none at the beginning; or -errno */
int encoders_feed(struct encoders *encoders, const float *pcm,
                  const struct frame_sink *sink);

#endif
