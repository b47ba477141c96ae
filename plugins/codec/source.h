/* source.h - an audio file as it is: its own sample rate, made stereo, made finite.
 *
 * A kind of file is one set of functions. Openers never see a name, so that it can't
 * decide what a file is.
 */
#ifndef CODEC_SOURCE_H
#define CODEC_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include <forever/audio.h>
#include <forever/codec.h>

#include "byte_span.h"
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

    /* A read gives fewer frames where the file was cut while it is open; other kinds may
     * give silence for what is missing. */
    bool is_short_when_cut;
};

/* Open a file as Ogg Vorbis (libvorbisfile), Opus (libopusfile), WAV, AIFF, FLAC and the
 * like (libsndfile), AAC and ALAC in MP4 (libavformat), or MPEG-1/2/2.5 audio
 * (libmpg123).
 *
 * span     copied: the file without tags in front; its descriptor is kept until close
 * source   given; source->kind->close frees it
 * about    the tags are filled in
 * error    filled on failure, but left alone when it is another kind of file
 * returns  0; -EINVAL when it is another kind of file or damaged; or -errno
 */
int source_open_vorbis(const struct byte_span *span, struct source **source,
                       struct fv_media *about, struct fv_error *error);
int source_open_opus(const struct byte_span *span, struct source **source,
                     struct fv_media *about, struct fv_error *error);
int source_open_sndfile(const struct byte_span *span, struct source **source,
                        struct fv_media *about, struct fv_error *error);
int source_open_mp4(const struct byte_span *span, struct source **source,
                    struct fv_media *about, struct fv_error *error);
int source_open_mpeg(const struct byte_span *span, struct source **source,
                     struct fv_media *about, struct fv_error *error);

/* Read the ID3 tags that stand before and behind the audio, if any, between two offsets.
 * What they say replaces what was in `about`; the rest stays. */
void source_read_id3(int file, int64_t start, int64_t end, struct fv_media *about);

/* Read from a source to the last frame asked for, through short reads.
 * returns  frames written; fewer only at the end; or -errno */
int source_read(struct source *source, float *out, int frames);

/* Read frames and drop them. returns 0, also when there are not so many; or -errno */
int source_skip(struct source *source, int64_t frames);

#endif
