/* decoder.c - any audio file as 44.1 kHz stereo: choose a source, resample, count. */
#include "decoder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fail.h"
#include "mpeg_sync.h"
#include "resample.h"
#include "source.h"

struct fv_decoder {
    int file;
    struct source *source;
    struct resampler *resampler; /* NULL: the source is at 44.1 kHz */
    int64_t at, length;
    off_t size; /* bytes of the file */
};

static int fit_rate(struct fv_decoder *d, struct fv_error *error)
{
    uint32_t rate = d->source->rate;
    d->length = resampled_length(d->source->length, rate);
    if (rate == FV_RATE)
        return 0;
    if (rate < RESAMPLE_MIN_RATE || rate > RESAMPLE_MAX_RATE)
        return fail(error, -EINVAL, "%u Hz: convert it to a rate from %u to %u Hz", rate,
                    RESAMPLE_MIN_RATE, RESAMPLE_MAX_RATE);
    if (resampler_new(d->source, &d->resampler) < 0)
        return fail(error, -ENOMEM, "out of memory");
    return 0;
}

/* A descriptor on a file that has something in it, or a reason why not. */
static int open_file(const char *path, struct fv_error *error)
{
    /* Without O_NONBLOCK a named pipe would hold us here. */
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) {
        int code = -errno;
        const char *mend = code == -EACCES   ? "let this user read it"
                           : code == -ENOENT ? "check the path"
                                             : "check the disk";
        return fail(error, code, "cannot be opened (%s): %s", strerror(-code), mend);
    }
    struct stat stat;
    int code = fstat(file, &stat) < 0 ? -errno : 0;
    if (code < 0)
        fail(error, code, "cannot be read (%s): check the disk", strerror(-code));
    else if (S_ISDIR(stat.st_mode))
        code = fail(error, -EISDIR, "a folder, not an audio file: name the files in it");
    else if (!S_ISREG(stat.st_mode))
        code = fail(error, -EINVAL, "not a plain file: copy the audio to one");
    else if (stat.st_size == 0)
        code = fail(error, -EINVAL, "empty file: fetch it again");
    if (code < 0) {
        close(file);
        return code;
    }
    return file;
}

/* MPEG audio comes last: it has no magic number and may stand behind anything, within a
 * RIFF too, so it is looked for in all that nothing else can read. */
static int open_source(struct fv_decoder *d, struct fv_media *about,
                       struct fv_error *error)
{
    static int (*const openers[])(const struct byte_span *, struct source **,
                                  struct fv_media *, struct fv_error *) = {
        source_open_vorbis, source_open_opus, source_open_sndfile, source_open_mp4,
        source_open_mpeg};
    struct byte_span span = {
        .file = d->file, .start = id3v2_end(d->file), .end = lseek(d->file, 0, SEEK_END)};
    error->text[0] = '\0';
    int status = -EINVAL;
    for (size_t i = 0; status == -EINVAL && i < sizeof openers / sizeof *openers; i++)
        status = openers[i](&span, &d->source, about, error);
    if (status < 0 && error->text[0] == '\0')
        fail(
            error, status,
            "not audio that can be read here: convert it to MP3, FLAC, Ogg Vorbis, Opus, "
            "M4A, WAV or AIFF");
    return status;
}

int decoder_open(const char *path, struct fv_decoder **decoder, struct fv_media *about,
                 struct fv_error *error)
{
    struct fv_media found = {.struct_size = about->struct_size};
    struct fv_decoder *d = calloc(1, sizeof *d);
    if (!d)
        return fail(error, -ENOMEM, "out of memory");
    int status = d->file = open_file(path, error);
    if (status >= 0)
        d->size = lseek(d->file, 0, SEEK_END);
    if (status >= 0)
        status = open_source(d, &found, error);
    if (status == 0)
        status = fit_rate(d, error);
    if (status < 0) {
        decoder_close(d);
        return status;
    }
    found.length = d->length;
    found.source_rate = d->source->rate;
    found.source_channels = d->source->channels;
    memcpy(about, &found,
           about->struct_size < sizeof found ? about->struct_size : sizeof found);
    *decoder = d;
    return 0;
}

/* A file that was cut while it is played is no longer what was heard and planned. */
static bool may_be_cut(const struct fv_decoder *d, int got, int frames)
{
    return got < frames || d->resampler || !d->source->is_short_when_cut;
}

int decoder_read(struct fv_decoder *d, float *out, int frames)
{
    int64_t left = d->length - d->at;
    if (frames > left)
        frames = (int)left;
    int got = d->resampler ? resampler_read(d->resampler, out, frames)
                           : source_read(d->source, out, frames);
    if (got < 0)
        return got;
    if (may_be_cut(d, got, frames) && lseek(d->file, 0, SEEK_END) < d->size)
        return -EIO;
    /* A file that is damaged in its middle gives less than it said; the rest is silent,
     * so that the length stays what was promised. */
    memset(out + (size_t)got * FV_CHANNELS, 0,
           (size_t)(frames - got) * FV_CHANNELS * sizeof *out);
    d->at += frames;
    return frames;
}

int decoder_seek(struct fv_decoder *d, int64_t frame)
{
    if (frame < 0)
        return -EINVAL;
    if (frame > d->length)
        frame = d->length;
    int status = 0;
    if (d->resampler)
        resampler_seek(d->resampler, frame);
    else if (frame < d->length)
        status = d->source->kind->seek(d->source, frame);
    if (status == 0)
        d->at = frame;
    return status;
}

void decoder_close(struct fv_decoder *d)
{
    if (!d)
        return;
    resampler_free(d->resampler);
    if (d->source)
        d->source->kind->close(d->source);
    if (d->file >= 0)
        close(d->file);
    free(d);
}
