/* decode_mpg123.c - MPEG audio (MP3, and layers I and II) through libmpg123.
 *
 * Gapless by the LAME tag. Seeks are exact to the bit: the decoder is started so far
 * before the target that nothing older can reach it. libmpg123 itself only ever sees the
 * bytes between the tags, and says nothing on stderr.
 */
#include "source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mpg123.h>

#include "mpeg_sync.h"
#include "tag.h"

enum {
    /* Frames decoded and dropped before a seek's target. Layer III may reach back 511
     * bytes (255 in MPEG-2), that is 22 frames of the smallest kind, and two more fill
     * the overlap and the filter bank. */
    PREFRAMES = 26,
};

struct mpeg_source {
    struct source base;
    mpg123_handle *handle;
    int file;
    struct mpeg_span span; /* what of the file the handle sees */
    int64_t at;            /* its position in the span, as an offset in the file */
};

static ssize_t span_read(void *io, void *out, size_t bytes)
{
    struct mpeg_source *mpeg = io;
    int64_t left = mpeg->span.end - mpeg->at;
    if (left <= 0)
        return 0;
    if ((int64_t)bytes > left)
        bytes = (size_t)left;
    ssize_t got;
    do
        got = pread(mpeg->file, out, bytes, mpeg->at);
    while (got < 0 && errno == EINTR);
    if (got > 0)
        mpeg->at += got;
    return got;
}

static off_t span_seek(void *io, off_t offset, int whence)
{
    struct mpeg_source *mpeg = io;
    int64_t base = whence == SEEK_SET   ? mpeg->span.start
                   : whence == SEEK_CUR ? mpeg->at
                                        : mpeg->span.end;
    if (base + offset < mpeg->span.start)
        return -1;
    mpeg->at = base + offset;
    return (off_t)(mpeg->at - mpeg->span.start);
}

/* A handle on what `io` spans. returns 0; -ENOMEM; -EINVAL */
static int open_handle(struct mpeg_source *io, long flags)
{
    mpg123_init(); /* does nothing since 1.27, and is safe on any thread */
    io->handle = mpg123_new(NULL, NULL);
    if (!io->handle)
        return -ENOMEM;
    io->at = io->span.start;
    mpg123_handle *handle = io->handle;
    mpg123_param(handle, MPG123_ADD_FLAGS, MPG123_QUIET | flags, 0);
    mpg123_param(handle, MPG123_PREFRAMES, PREFRAMES, 0);
    mpg123_replace_reader_handle(handle, span_read, span_seek, NULL);
    return mpg123_open_handle(handle, io) == MPG123_OK ? 0 : -EINVAL;
}

static void set_tag(char tag[FV_TAG], void (*set)(char *, const char *, size_t),
                    const mpg123_string *text)
{
    if (text && text->fill > 0)
        set(tag, text->p, strlen(text->p));
}

static void set_v1_tag(char tag[FV_TAG], const char *text, size_t bytes)
{
    if (tag[0] == '\0')
        tag_set(tag, text, strnlen(text, bytes));
}

/* Tags stand outside of the span of audio: they get a handle of their own. A file whose
 * tags can't be read has none. */
static void read_tags(int file, int64_t size, struct fv_media *about)
{
    struct mpeg_source whole = {.file = file, .span = {0, size}};
    mpg123_id3v1 *v1 = NULL;
    mpg123_id3v2 *v2 = NULL;
    if (open_handle(&whole, 0) == 0) {
        mpg123_framebyframe_next(whole.handle);
        mpg123_id3(whole.handle, &v1, &v2);
    }
    if (v2) {
        set_tag(about->title, tag_set, v2->title);
        set_tag(about->artist, tag_set, v2->artist);
        set_tag(about->album, tag_set, v2->album);
        set_tag(about->genre, tag_set_genre, v2->genre);
    }
    if (v1) {
        set_v1_tag(about->title, v1->title, sizeof v1->title);
        set_v1_tag(about->artist, v1->artist, sizeof v1->artist);
        set_v1_tag(about->album, v1->album, sizeof v1->album);
    }
    mpg123_delete(whole.handle);
}

static int mpeg_read(struct source *source, float *out, int frames)
{
    struct mpeg_source *mpeg = (struct mpeg_source *)source;
    size_t bytes = 0;
    int status = mpg123_read(mpeg->handle, out,
                             (size_t)frames * FV_CHANNELS * sizeof *out, &bytes);
    int got = (int)(bytes / (FV_CHANNELS * sizeof *out));
    if (got == 0 && status == MPG123_NEW_FORMAT)
        return mpeg_read(source, out, frames);
    if (got == 0 && status == MPG123_ERR &&
        mpg123_errcode(mpeg->handle) == MPG123_ERR_READER)
        return -EIO;
    clean_samples(out, (int64_t)got * FV_CHANNELS);
    return got;
}

static int mpeg_seek(struct source *source, int64_t frame)
{
    struct mpeg_source *mpeg = (struct mpeg_source *)source;
    return mpg123_seek(mpeg->handle, frame, SEEK_SET) < 0 ? -EIO : 0;
}

static void mpeg_free(struct mpeg_source *mpeg)
{
    mpg123_delete(mpeg->handle);
    free(mpeg);
}

static void mpeg_close(struct source *source)
{
    struct mpeg_source *mpeg = (struct mpeg_source *)source;
    close(mpeg->file);
    mpeg_free(mpeg);
}

static const struct source_kind mpeg_kind = {mpeg_read, mpeg_seek, mpeg_close};

/* Decide on the output format and count the frames, by their headers alone. */
static int prepare(struct mpeg_source *mpeg)
{
    long flags = MPG123_FORCE_STEREO | MPG123_FORCE_FLOAT | MPG123_GAPLESS |
                 MPG123_NO_FRANKENSTEIN | MPG123_SKIP_ID3V2;
    int status = open_handle(mpeg, flags);
    if (status < 0)
        return status;
    mpg123_param(mpeg->handle, MPG123_REMOVE_FLAGS, MPG123_AUTO_RESAMPLE, 0);

    long rate;
    int channels, encoding;
    struct mpg123_frameinfo frame;
    if (mpg123_getformat(mpeg->handle, &rate, &channels, &encoding) != MPG123_OK ||
        mpg123_info(mpeg->handle, &frame) != MPG123_OK || mpg123_scan(mpeg->handle) != 0)
        return -EINVAL;
    if (channels != FV_CHANNELS || encoding != MPG123_ENC_FLOAT_32)
        return -EINVAL;
    off_t length = mpg123_length(mpeg->handle);
    if (length < 0)
        return -EINVAL;
    mpeg->base.length = length;
    mpeg->base.rate = (uint32_t)rate;
    mpeg->base.channels = frame.mode == MPG123_M_MONO ? 1 : 2;
    return 0;
}

static int explain(int status, struct fv_error *error)
{
    switch (status) {
    case -ENODATA:
        return fail(error, -EINVAL,
                    "cut short, no sound behind the tag: fetch the file again");
    case -EINVAL:
        return fail(error, status,
                    "not audio that can be read here: convert it to MP3, FLAC, "
                    "Ogg Vorbis, Opus, WAV or AIFF");
    default:
        return fail(error, status, "cannot be read (%s): check the disk",
                    strerror(-status));
    }
}

int source_open_mpeg(int file, struct source **source, struct fv_media *about,
                     struct fv_error *error)
{
    struct mpeg_source *mpeg = calloc(1, sizeof *mpeg);
    if (!mpeg)
        return fail(error, -ENOMEM, "out of memory");
    mpeg->base.kind = &mpeg_kind;
    mpeg->file = file;

    struct stat stat;
    int status = fstat(file, &stat) == 0 ? 0 : -errno;
    if (status == 0)
        status = mpeg_find_audio(file, stat.st_size, &mpeg->span);
    if (status == 0)
        status = prepare(mpeg);
    if (status < 0) {
        mpeg_free(mpeg);
        return explain(status, error);
    }
    read_tags(file, stat.st_size, about);
    *source = &mpeg->base;
    return 0;
}
