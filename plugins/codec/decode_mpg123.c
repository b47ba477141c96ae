/* decode_mpg123.c - MPEG audio (MP3, and layers I and II) through libmpg123.
 *
 * Seeks are exact to the bit: the decoder is opened anew, in a known state, and started
 * so far before the target that nothing older can reach it. (Only MPEG-2 at its lowest
 * bit rates differs, below -125 dB: frames that lack their bit reservoir at the start put
 * the filter bank's rounding out of step.) Gapless trimming by the LAME tag is done here,
 * since libmpg123 gives it up for files that were cut short. libmpg123 only ever sees the
 * frames between the tags, and must say nothing on stderr.
 */
#include "source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <mpg123.h>

#include "clean.h"
#include "mpeg_sync.h"
#include "tag.h"

enum {
    /* Frames decoded and dropped before a seek's target. Layer III may reach back 511
     * bytes (255 in MPEG-2), that is 22 frames of the smallest kind, and two more fill
     * the overlap and the filter bank. */
    PREFRAMES = 24,

    /* The filter bank is a ring of 16 steps, and where in it a sum begins decides how it
     * is rounded. The ring is where it was at the file's start after every 8 frames, be
     * they of 18 steps (MPEG-2, layer III), 12 or 36. PREFRAMES is a multiple. Opening
     * sets it back; libmpg123's own seek does not. */
    RING_FRAMES = 8,

    DECODER_DELAY = 529, /* samples, of the polyphase and the hybrid filter bank */

    UNSYNC_LOOK = 65536, /* bytes of a tag: its texts; pictures come behind */
    UNSYNC_MOST = 1000,
};

struct mpeg_source {
    struct source base;
    mpg123_handle *handle;
    struct byte_span span; /* what of the file the handle sees ... */
    struct byte_gap *gaps; /* ... and not, within it */
    int samples_per_frame;
    int64_t trim; /* samples before the first that belongs to the music */
    off_t *index; /* offsets of frames 0, index_step, 2 * index_step, ... */
    off_t index_step;
    size_t index_fill;
};

static ssize_t io_read(void *span, void *out, size_t bytes)
{
    ssize_t got = span_read(span, out, bytes);
    return got < 0 ? -1 : got;
}

static off_t io_seek(void *span, off_t offset, int whence)
{
    int64_t position = span_seek(span, offset, whence);
    return position < 0 ? -1 : position;
}

/* Make a handle that reads what `io` spans. returns 0; -ENOMEM; -EINVAL */
static int new_handle(struct mpeg_source *io, long flags)
{
    mpg123_init(); /* does nothing since 1.27, and is safe on any thread */
    io->handle = mpg123_new(NULL, NULL);
    if (!io->handle)
        return -ENOMEM;
    mpg123_handle *handle = io->handle;
    mpg123_param(handle, MPG123_REMOVE_FLAGS, MPG123_GAPLESS | MPG123_AUTO_RESAMPLE, 0);
    mpg123_param(handle, MPG123_ADD_FLAGS, MPG123_QUIET | flags, 0);
    mpg123_param(handle, MPG123_PREFRAMES, PREFRAMES, 0);
    mpg123_replace_reader_handle(handle, io_read, io_seek, NULL);
    return 0;
}

/* Open it at the start of the span, also again. returns 0 or -EINVAL */
static int open_handle(struct mpeg_source *io)
{
    io->span.at = 0;
    return mpg123_open_handle(io->handle, &io->span) == MPG123_OK ? 0 : -EINVAL;
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

/* ID3v2.2 and v2.3 may have a zero behind each 0xff (unsynchronisation), which sizes do
 * not count: to libmpg123, which knows v2.4's, they are left out. (It drops one more
 * behind the letter of U+00FF.) returns how many */
static size_t find_unsync(int file, int64_t start, struct byte_gap gaps[UNSYNC_MOST])
{
    uint8_t *tag = malloc(UNSYNC_LOOK);
    ssize_t bytes = tag ? pread(file, tag, UNSYNC_LOOK, start) : 0;
    size_t count = 0;
    bool is_unsync =
        bytes > 10 && memcmp(tag, "ID3", 3) == 0 && tag[3] <= 3 && (tag[5] & 0x80);
    for (ssize_t i = 11; is_unsync && i < bytes && count < UNSYNC_MOST; i++)
        if (tag[i - 1] == 0xff && tag[i] == 0) {
            gaps[count] = (struct byte_gap){.at = i - (ssize_t)count, .bytes = 1};
            count++;
        }
    free(tag);
    return count;
}

void source_read_id3(int file, int64_t start, int64_t end, struct fv_media *about)
{
    struct byte_gap gaps[UNSYNC_MOST];
    struct mpeg_source tagged = {.span = {.file = file,
                                          .start = start,
                                          .end = end,
                                          .gaps = gaps,
                                          .gap_count = find_unsync(file, start, gaps)}};
    mpg123_id3v1 *v1 = NULL;
    mpg123_id3v2 *v2 = NULL;
    if (new_handle(&tagged, 0) == 0 && open_handle(&tagged) == 0) {
        mpg123_framebyframe_next(tagged.handle);
        mpg123_id3(tagged.handle, &v1, &v2);
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
    mpg123_delete(tagged.handle);
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
    int64_t sample = frame + mpeg->trim;
    int64_t mpeg_frame = sample / mpeg->samples_per_frame / RING_FRAMES * RING_FRAMES;
    if (open_handle(mpeg) < 0)
        return -EIO;
    mpg123_set_index(mpeg->handle, mpeg->index, mpeg->index_step, mpeg->index_fill);
    if (mpg123_seek_frame(mpeg->handle, mpeg_frame, SEEK_SET) < 0)
        return -EIO;
    return source_skip(source, sample - mpeg_frame * mpeg->samples_per_frame);
}

static void mpeg_close(struct source *source)
{
    struct mpeg_source *mpeg = (struct mpeg_source *)source;
    mpg123_delete(mpeg->handle);
    free(mpeg->index);
    free(mpeg->gaps);
    free(mpeg);
}

static const struct source_kind mpeg_kind = {mpeg_read, mpeg_seek, mpeg_close};

/* Keep the index that the scan has made. */
static int copy_index(struct mpeg_source *mpeg)
{
    off_t *index;
    if (mpg123_index(mpeg->handle, &index, &mpeg->index_step, &mpeg->index_fill) !=
        MPG123_OK)
        return -EINVAL;
    mpeg->index = malloc(mpeg->index_fill * sizeof *index);
    if (!mpeg->index)
        return -ENOMEM;
    memcpy(mpeg->index, index, mpeg->index_fill * sizeof *index);
    return 0;
}

/* Count the frames, by their headers alone, and take off what the encoder has added. */
static int measure(struct mpeg_source *mpeg)
{
    off_t announced = mpg123_framelength(mpeg->handle);
    long delay, padding;
    if (mpg123_scan(mpeg->handle) != MPG123_OK)
        return -EINVAL;
    int64_t frames = mpg123_framelength(mpeg->handle);
    if (mpg123_getstate(mpeg->handle, MPG123_ENC_DELAY, &delay, NULL) != MPG123_OK ||
        mpg123_getstate(mpeg->handle, MPG123_ENC_PADDING, &padding, NULL) != MPG123_OK)
        return -EINVAL;

    mpeg->samples_per_frame = mpg123_spf(mpeg->handle);
    mpeg->base.length = frames * mpeg->samples_per_frame;
    if (delay >= 0)
        mpeg->trim = delay + DECODER_DELAY;
    mpeg->base.length -= mpeg->trim;
    bool ends_as_announced = frames == announced; /* not cut short, nothing joined on */
    if (padding > DECODER_DELAY && ends_as_announced)
        mpeg->base.length -= padding - DECODER_DELAY;
    return mpeg->base.length > 0 ? 0 : -ENODATA;
}

static int prepare(struct mpeg_source *mpeg)
{
    long rate;
    int channels, encoding;
    struct mpg123_frameinfo frame;
    int status =
        new_handle(mpeg, MPG123_FORCE_STEREO | MPG123_FORCE_FLOAT | MPG123_SKIP_ID3V2);
    if (status == 0)
        status = open_handle(mpeg);
    if (status < 0)
        return status;
    if (mpg123_getformat(mpeg->handle, &rate, &channels, &encoding) != MPG123_OK ||
        mpg123_info(mpeg->handle, &frame) != MPG123_OK)
        return -EINVAL;
    if (channels != FV_CHANNELS || encoding != MPG123_ENC_FLOAT_32)
        return -EINVAL;
    mpeg->base.rate = (uint32_t)rate;
    mpeg->base.channels = frame.mode == MPG123_M_MONO ? 1 : 2;
    status = measure(mpeg);
    if (status == 0)
        status = copy_index(mpeg);
    return status == 0 ? mpeg_seek(&mpeg->base, 0) : status;
}

static int leave_out_damage(struct mpeg_source *mpeg)
{
    ssize_t count = mpeg_find_gaps(&mpeg->span, &mpeg->gaps);
    mpeg->span.gaps = mpeg->gaps;
    mpeg->span.gap_count = count > 0 ? (size_t)count : 0;
    return count < 0 ? (int)count : 0;
}

int source_open_mpeg(const struct byte_span *span, struct source **source,
                     struct fv_media *about, struct fv_error *error)
{
    struct mpeg_source *mpeg = calloc(1, sizeof *mpeg);
    if (!mpeg)
        return fail(error, -ENOMEM, "out of memory");
    mpeg->base.kind = &mpeg_kind;
    mpeg->base.is_short_when_cut = true;
    int status = mpeg_find_audio(span, &mpeg->span);
    if (status == 0)
        status = leave_out_damage(mpeg);
    if (status == 0)
        status = prepare(mpeg);
    if (status == 0) {
        /* The tags stand outside of the span of audio. */
        source_read_id3(span->file, 0, span->end, about);
        *source = &mpeg->base;
        return 0;
    }
    mpeg_close(&mpeg->base);
    switch (status) {
    case -EINVAL: /* another kind of file */
        return status;
    case -ENODATA:
        return fail(error, -EINVAL, "cut short, no sound in it: fetch the file again");
    default:
        return fail(error, status, "cannot be read (%s): check the disk",
                    strerror(-status));
    }
}
