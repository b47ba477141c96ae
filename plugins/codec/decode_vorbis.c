/* decode_vorbis.c - Ogg Vorbis through libvorbisfile.
 *
 * Not through libsndfile: the 1.2.0 of Debian 12 seeks to a wrong place about once in a
 * hundred times. Both go by the positions written in the pages. Where pages lie (files
 * that were cut by other programs, or taken out of a WebM) seeks would be as far off, by
 * 130 ms in one that is in Debian: there each seek reads from the start.
 */
#include "source.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <sndfile.h>
#define OV_EXCLUDE_STATIC_CALLBACKS
#include <vorbis/vorbisfile.h>

#include "clean.h"
#include "downmix.h"
#include "ogg_pages.h"
#include "tag.h"

enum {
    CHUNK = 1024, /* frames read at once */
    LOOKED_AT =
        32768,   /* frames at the start whose pages are held against their samples */
    HEADERS = 3, /* packets before the sound */
};

struct vorbis_source {
    struct source base;
    OggVorbis_File file;
    struct byte_span span;
    struct downmix mix;
    int section;  /* link of the chain that `mix` is for */
    bool lies;    /* its pages do, about positions */
    float *chunk; /* CHUNK interleaved frames of at most DOWNMIX_CHANNELS channels */
};

static size_t io_read(void *out, size_t size, size_t count, void *span)
{
    ssize_t got = span_read(span, out, size * count);
    errno = got < 0 ? (int)-got : 0; /* how libvorbisfile tells an error from the end */
    return got < 0 ? 0 : (size_t)got / size;
}

static int io_seek(void *span, ogg_int64_t offset, int whence)
{
    return span_seek(span, offset, whence) < 0 ? -1 : 0;
}

static long io_tell(void *span)
{
    return (long)((struct byte_span *)span)->at;
}

/* The order of channels in the Vorbis I specification, 4.3.9. */
static void set_mix(struct vorbis_source *vorbis, int channels)
{
    enum {
        L = SF_CHANNEL_MAP_LEFT,
        R = SF_CHANNEL_MAP_RIGHT,
        C = SF_CHANNEL_MAP_CENTER,
        RL = SF_CHANNEL_MAP_REAR_LEFT,
        RR = SF_CHANNEL_MAP_REAR_RIGHT,
        RC = SF_CHANNEL_MAP_REAR_CENTER,
        SL = SF_CHANNEL_MAP_SIDE_LEFT,
        SR = SF_CHANNEL_MAP_SIDE_RIGHT,
        LFE = SF_CHANNEL_MAP_LFE,
    };
    static const int orders[9][8] = {
        [3] = {L, C, R},
        [4] = {L, R, RL, RR},
        [5] = {L, C, R, RL, RR},
        [6] = {L, C, R, RL, RR, LFE},
        [7] = {L, C, R, SL, SR, RC, LFE},
        [8] = {L, C, R, SL, SR, RL, RR, LFE},
    };
    int map[DOWNMIX_CHANNELS] = {0};
    if (channels <= 8)
        memcpy(map, orders[channels], sizeof orders[channels]);
    downmix_init(&vorbis->mix, map, channels);
}

/* A chain may change its channels from link to link, but not its rate. */
static int enter_section(struct vorbis_source *vorbis, int section)
{
    const vorbis_info *about = ov_info(&vorbis->file, section);
    if (!about || about->channels < 1 || about->channels > DOWNMIX_CHANNELS ||
        about->rate != (long)vorbis->base.rate)
        return -EINVAL;
    set_mix(vorbis, about->channels);
    vorbis->section = section;
    return 0;
}

/* Read on over holes. returns the frames that were read, 0 at the end, or an OV_ code */
static long next_frames(struct vorbis_source *vorbis, int64_t most, float ***planes,
                        int *section)
{
    int frames = most < CHUNK ? (int)most : CHUNK;
    long got;
    do
        got = ov_read_float(&vorbis->file, planes, frames, section);
    while (got == OV_HOLE);
    return got;
}

static long skip_frames(struct vorbis_source *vorbis, int64_t most)
{
    float **planes;
    int section;
    return next_frames(vorbis, most, &planes, &section);
}

static int vorbis_read(struct source *source, float *out, int frames)
{
    struct vorbis_source *vorbis = (struct vorbis_source *)source;
    float **planes;
    int section = vorbis->section;
    long got = next_frames(vorbis, frames, &planes, &section);
    if (got <= 0)
        return got == OV_EREAD ? -EIO : 0;
    if (section != vorbis->section && enter_section(vorbis, section) < 0)
        return 0;

    int channels = vorbis->mix.channels;
    for (long i = 0; i < got; i++)
        for (int c = 0; c < channels; c++)
            vorbis->chunk[i * channels + c] = planes[c][i];
    clean_samples(vorbis->chunk, got * channels);
    downmix_run(&vorbis->mix, vorbis->chunk, out, (int)got);
    return (int)got;
}

static int vorbis_seek(struct source *source, int64_t frame)
{
    struct vorbis_source *vorbis = (struct vorbis_source *)source;
    if (ov_pcm_seek(&vorbis->file, vorbis->lies ? 0 : frame) != 0)
        return -EIO;
    for (long got = 1; vorbis->lies && frame > 0 && got > 0; frame -= got)
        got = skip_frames(vorbis, frame);
    return 0;
}

/* Hold the first pages against the samples in them, and go back to the start. */
static int look_at_pages(struct vorbis_source *vorbis)
{
    int64_t count = 0;
    for (long got = 1; got > 0 && count < LOOKED_AT; count += got) {
        got = skip_frames(vorbis, CHUNK);
        vorbis->lies |= got > 0 && ov_pcm_tell(&vorbis->file) != count + got;
    }
    return ov_pcm_seek(&vorbis->file, 0);
}

static void vorbis_close(struct source *source)
{
    struct vorbis_source *vorbis = (struct vorbis_source *)source;
    ov_clear(&vorbis->file);
    free(vorbis->chunk);
    free(vorbis);
}

static const struct source_kind vorbis_kind = {vorbis_read, vorbis_seek, vorbis_close};

static void read_tags(struct vorbis_source *vorbis, struct fv_media *about)
{
    vorbis_comment *comment = ov_comment(&vorbis->file, 0);
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
        const char *text = vorbis_comment_query(comment, tags[i].name, 0);
        if (text)
            tag_set(tags[i].tag, text, strlen(text));
    }
}

/* ---- what the pages say --------------------------------------------------------------
 */

struct counted {
    vorbis_info about;
    vorbis_comment comment;
    int headers; /* that were read */
    long before; /* size of the last block, 0 = none */
};

static void forget_counted(struct counted *counted)
{
    vorbis_info_clear(&counted->about);
    vorbis_comment_clear(&counted->comment);
    *counted = (struct counted){.headers = 0};
}

static long count_samples(void *ctx, ogg_packet *packet)
{
    struct counted *counted = ctx;
    if (counted->headers < HEADERS) {
        counted->headers +=
            vorbis_synthesis_headerin(&counted->about, &counted->comment, packet) == 0;
        return 0;
    }
    long block = vorbis_packet_blocksize(&counted->about, packet);
    long before = counted->before;
    if (block <= 0)
        return 0;
    counted->before = block;
    return before > 0 ? (before + block) / 4 : 0; /* halves of both overlap */
}

static bool begin_counting(void *ctx, ogg_packet *first)
{
    struct counted *counted = ctx;
    if (!vorbis_synthesis_idheader(first))
        return false;
    forget_counted(counted);
    vorbis_info_init(&counted->about);
    vorbis_comment_init(&counted->comment);
    count_samples(counted, first);
    return true;
}

/* Whether seeks can't go by them. Where the first link begins late, libvorbisfile mixes
 * positions in it with those in the file. */
static bool do_pages_lie(const struct vorbis_source *vorbis, const struct byte_span *span)
{
    struct counted counted = {.headers = 0};
    const struct ogg_counter counter = {begin_counting, count_samples, &counted};
    bool lie = vorbis->file.pcmlengths[0] != 0 || ogg_seeks_miss(*span, &counter);
    forget_counted(&counted);
    return lie;
}

/* What ov_open_callbacks said. returns a negative errno */
static int explain(int status, struct fv_error *error)
{
    if (status == OV_ENOTVORBIS)
        return -EINVAL; /* another kind of file */
    return fail(error, -EINVAL, "damaged or cut short Ogg Vorbis: fetch the file again");
}

int source_open_vorbis(const struct byte_span *span, struct source **source,
                       struct fv_media *about, struct fv_error *error)
{
    static const ov_callbacks callbacks = {io_read, io_seek, NULL, io_tell};
    struct vorbis_source *vorbis = calloc(1, sizeof *vorbis);
    if (!vorbis)
        return fail(error, -ENOMEM, "out of memory");
    vorbis->base.kind = &vorbis_kind;
    vorbis->span = *span;
    int status = ov_open_callbacks(&vorbis->span, &vorbis->file, NULL, 0, callbacks);
    if (status < 0) {
        free(vorbis);
        return explain(status, error);
    }
    vorbis->chunk = malloc(sizeof(float) * CHUNK * DOWNMIX_CHANNELS);
    vorbis->base.rate = (uint32_t)ov_info(&vorbis->file, 0)->rate;
    vorbis->base.channels = (uint32_t)ov_info(&vorbis->file, 0)->channels;
    vorbis->base.length = ov_pcm_total(&vorbis->file, -1);
    if (!vorbis->chunk || vorbis->base.length <= 0 || enter_section(vorbis, 0) < 0 ||
        look_at_pages(vorbis) < 0) {
        vorbis_close(&vorbis->base);
        return fail(error, -EINVAL, "cut short, no sound in it: fetch the file again");
    }
    vorbis->lies |= do_pages_lie(vorbis, span);
    read_tags(vorbis, about);
    *source = &vorbis->base;
    return 0;
}
