/* decode_opus.c - Opus through libopusfile, at 48 kHz whatever was put in.
 *
 * Not through libsndfile: the 1.2.0 of Debian 12 loses samples when it decodes at other
 * rates, and seeks like its Vorbis (see decode_vorbis.c).
 */
#include "source.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <opus/opusfile.h>

#include "clean.h"
#include "ogg_pages.h"
#include "tag.h"

enum {
    OPUS_RATE = 48000,

    /* Filters and predictors carry on from packet to packet, and fade. RFC 7845 asks for
     * 80 ms; after a second no difference has been seen to be left. */
    PREROLL = 2 * OPUS_RATE,

};

struct opus_source {
    struct source base;
    OggOpusFile *file;
    struct byte_span span;
    bool has_holes; /* each seek reads from the start */
};

static int io_read(void *span, unsigned char *out, int bytes)
{
    ssize_t got = span_read(span, out, (size_t)bytes);
    return got < 0 ? -1 : (int)got;
}

static int io_seek(void *span, opus_int64 offset, int whence)
{
    return span_seek(span, offset, whence) < 0 ? -1 : 0;
}

static opus_int64 io_tell(void *span)
{
    return ((struct byte_span *)span)->at;
}

static int opus_read(struct source *source, float *out, int frames)
{
    struct opus_source *opus = (struct opus_source *)source;
    int got;
    do
        got = op_read_float_stereo(opus->file, out, frames * FV_CHANNELS);
    while (got == OP_HOLE);
    if (got <= 0)
        return got == OP_EREAD ? -EIO : 0;
    clean_samples(out, (int64_t)got * FV_CHANNELS);
    return got;
}

static int opus_seek(struct source *source, int64_t frame)
{
    struct opus_source *opus = (struct opus_source *)source;
    int64_t from = !opus->has_holes && frame > PREROLL ? frame - PREROLL : 0;
    if (op_pcm_seek(opus->file, from) < 0)
        return -EIO;
    return source_skip(source, frame - from);
}

static void opus_close(struct source *source)
{
    struct opus_source *opus = (struct opus_source *)source;
    op_free(opus->file);
    free(opus);
}

static const struct source_kind opus_kind = {opus_read, opus_seek, opus_close};

static void read_tags(struct opus_source *opus, struct fv_media *about)
{
    const OpusTags *comment = op_tags(opus->file, 0);
    const struct {
        const char *name;
        char *tag;
    } tags[] = {
        {"TITLE", about->title},
        {"ARTIST", about->artist},
        {"ALBUM", about->album},
        {"GENRE", about->genre},
    };
    for (size_t i = 0; comment && i < sizeof tags / sizeof *tags; i++) {
        const char *text = opus_tags_query(comment, tags[i].name, 0);
        if (text)
            tag_set(tags[i].tag, text, strlen(text));
    }
}

int source_open_opus(const struct byte_span *span, struct source **source,
                     struct fv_media *about, struct fv_error *error)
{
    static const OpusFileCallbacks callbacks = {io_read, io_seek, io_tell, NULL};
    struct opus_source *opus = calloc(1, sizeof *opus);
    if (!opus)
        return fail(error, -ENOMEM, "out of memory");
    opus->base.kind = &opus_kind;
    opus->span = *span;
    int status;
    opus->file = op_open_callbacks(&opus->span, &callbacks, NULL, 0, &status);
    if (!opus->file) {
        free(opus);
        if (status == OP_ENOTFORMAT)
            return -EINVAL; /* another kind of file */
        return fail(error, -EINVAL, "damaged or cut short Opus: fetch the file again");
    }
    opus->base.rate = OPUS_RATE;
    opus->base.channels = (uint32_t)op_channel_count(opus->file, 0);
    opus->base.length = op_pcm_total(opus->file, -1);
    if (opus->base.length <= 0) {
        opus_close(&opus->base);
        return fail(error, -EINVAL, "cut short, no sound in it: fetch the file again");
    }
    opus->has_holes = ogg_seeks_miss(*span, NULL);
    read_tags(opus, about);
    *source = &opus->base;
    return 0;
}
