/* source.h - an audio file as it is: its own sample rate, made stereo, made finite.
 *
 * A kind of file is one set of functions. Each opener takes a file descriptor, so a
 * file's name can never decide what it is.
 */
#ifndef CODEC_SOURCE_H
#define CODEC_SOURCE_H

#include <stdint.h>

#include <forever/audio.h>
#include <forever/codec.h>

#include "fail.h"

struct source;

struct source_kind {
    /* The next frames at the source's rate, interleaved stereo, finite numbers only.
     * returns  frames written; fewer only at the end; or -errno */
    int (*read)(struct source *source, float *out, int frames);

    /* Go to a frame in [0, length]; what is read there equals what reading from the
     * start gives there. returns 0 or -errno */
    int (*seek)(struct source *source, int64_t frame);

    void (*close)(struct source *source);
};

struct source {
    const struct source_kind *kind;
    int64_t length; /* frames at `rate` */
    uint32_t rate, channels;
};

/* Open a file as MPEG-1/2/2.5 audio (mpg123) or as anything libsndfile reads.
 *
 * file     given; on failure it stays the caller's
 * source   given; source->kind->close frees it
 * about    the tags are filled in
 * returns  0; -EINVAL when it is another kind of file; or -errno
 */
int source_open_mpeg(int file, struct source **source, struct fv_media *about,
                     struct fv_error *error);
int source_open_sndfile(int file, struct source **source, struct fv_media *about,
                        struct fv_error *error);

/* Read from a source to the last frame asked for, through short reads.
 * returns  frames written; fewer only at the end; or -errno */
int source_read(struct source *source, float *out, int frames);

#endif
