/* decode_sndfile.c - WAV, AIFF, FLAC, Ogg Vorbis, Opus and their kin through libsndfile.
 *
 * The descriptor is handed over without a name, so that libsndfile can't guess a raw
 * format by an extension. MPEG files are left to decode_mpg123.c, which is gapless.
 */
#include "source.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sndfile.h>

#include "clean.h"
#include "downmix.h"
#include "tag.h"

enum {
    CHUNK = 1024, /* frames read at once */
};

struct sndfile_source {
    struct source base;
    SNDFILE *file;
    int descriptor;  /* what `file` reads, not closed by it */
    int64_t preroll; /* frames to decode before a seek's target */
    struct downmix mix;
    float *chunk; /* CHUNK frames as the file has them */
};

static int sndfile_read(struct source *source, float *out, int frames)
{
    struct sndfile_source *sndfile = (struct sndfile_source *)source;
    if (frames > CHUNK)
        frames = CHUNK;
    sf_count_t got = sf_readf_float(sndfile->file, sndfile->chunk, frames);
    if (got <= 0)
        return 0;
    clean_samples(sndfile->chunk, got * sndfile->mix.channels);
    downmix_run(&sndfile->mix, sndfile->chunk, out, (int)got);
    return (int)got;
}

static int sndfile_seek(struct source *source, int64_t frame)
{
    struct sndfile_source *sndfile = (struct sndfile_source *)source;
    int64_t from = frame > sndfile->preroll ? frame - sndfile->preroll : 0;
    if (sf_seek(sndfile->file, from, SEEK_SET) < 0)
        return -EIO;
    while (from < frame) {
        int64_t want = frame - from < CHUNK ? frame - from : CHUNK;
        sf_count_t got = sf_readf_float(sndfile->file, sndfile->chunk, want);
        if (got <= 0)
            return 0;
        from += got;
    }
    return 0;
}

static void sndfile_free(struct sndfile_source *sndfile)
{
    if (sndfile->file)
        sf_close(sndfile->file);
    free(sndfile->chunk);
    free(sndfile);
}

static void sndfile_close(struct source *source)
{
    struct sndfile_source *sndfile = (struct sndfile_source *)source;
    int descriptor = sndfile->descriptor;
    sndfile_free(sndfile);
    close(descriptor);
}

static const struct source_kind sndfile_kind = {sndfile_read, sndfile_seek,
                                                sndfile_close};

/* Where the channels of a file stand when it does not say so: as WAV orders them. */
static void default_map(int map[DOWNMIX_CHANNELS], int channels)
{
    static const int usual[][8] = {
        [3] = {SF_CHANNEL_MAP_LEFT, SF_CHANNEL_MAP_RIGHT, SF_CHANNEL_MAP_CENTER},
        [4] = {SF_CHANNEL_MAP_LEFT, SF_CHANNEL_MAP_RIGHT, SF_CHANNEL_MAP_REAR_LEFT,
               SF_CHANNEL_MAP_REAR_RIGHT},
        [5] = {SF_CHANNEL_MAP_LEFT, SF_CHANNEL_MAP_RIGHT, SF_CHANNEL_MAP_CENTER,
               SF_CHANNEL_MAP_REAR_LEFT, SF_CHANNEL_MAP_REAR_RIGHT},
        [6] = {SF_CHANNEL_MAP_LEFT, SF_CHANNEL_MAP_RIGHT, SF_CHANNEL_MAP_CENTER,
               SF_CHANNEL_MAP_LFE, SF_CHANNEL_MAP_REAR_LEFT, SF_CHANNEL_MAP_REAR_RIGHT},
        [7] = {SF_CHANNEL_MAP_LEFT, SF_CHANNEL_MAP_RIGHT, SF_CHANNEL_MAP_CENTER,
               SF_CHANNEL_MAP_LFE, SF_CHANNEL_MAP_REAR_CENTER, SF_CHANNEL_MAP_SIDE_LEFT,
               SF_CHANNEL_MAP_SIDE_RIGHT},
        [8] = {SF_CHANNEL_MAP_LEFT, SF_CHANNEL_MAP_RIGHT, SF_CHANNEL_MAP_CENTER,
               SF_CHANNEL_MAP_LFE, SF_CHANNEL_MAP_REAR_LEFT, SF_CHANNEL_MAP_REAR_RIGHT,
               SF_CHANNEL_MAP_SIDE_LEFT, SF_CHANNEL_MAP_SIDE_RIGHT},
    };
    for (int c = 0; c < channels; c++)
        map[c] =
            channels >= 3 && channels <= 8 ? usual[channels][c] : SF_CHANNEL_MAP_MONO;
}

static void read_tags(SNDFILE *file, struct fv_media *about)
{
    const struct {
        int string;
        char *tag;
        void (*set)(char *, const char *, size_t);
    } tags[] = {
        {SF_STR_TITLE, about->title, tag_set},
        {SF_STR_ARTIST, about->artist, tag_set},
        {SF_STR_ALBUM, about->album, tag_set},
        {SF_STR_GENRE, about->genre, tag_set_genre},
    };
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        const char *text = sf_get_string(file, tags[i].string);
        if (text)
            tags[i].set(tags[i].tag, text, strlen(text));
    }
}

/* Does the file really reach as far as its header says? */
static bool is_whole(struct sndfile_source *sndfile, int64_t length)
{
    return length > 0 && sf_seek(sndfile->file, length - 1, SEEK_SET) == length - 1 &&
           sf_readf_float(sndfile->file, sndfile->chunk, 2) == 1;
}

/* Count the frames: by the header where that holds, else by decoding them all. */
static int64_t measure_length(struct sndfile_source *sndfile, int64_t claimed)
{
    int64_t length = claimed;
    if (!is_whole(sndfile, claimed)) {
        length = 0;
        sf_seek(sndfile->file, 0, SEEK_SET);
        for (sf_count_t got;
             (got = sf_readf_float(sndfile->file, sndfile->chunk, CHUNK)) > 0;)
            length += got;
    }
    sf_seek(sndfile->file, 0, SEEK_SET);
    return length;
}

/* Opus carries its filters' and predictors' state on from packet to packet. */
static int64_t preroll_of(const SF_INFO *about)
{
    bool is_opus = (about->format & SF_FORMAT_SUBMASK) == SF_FORMAT_OPUS;
    return is_opus ? 2 * about->samplerate : 0;
}

static int open_file(struct sndfile_source *sndfile, int file, struct fv_error *error)
{
    SF_INFO about = {0};
    sndfile->file = sf_open_fd(file, SFM_READ, &about, SF_FALSE);
    if (!sndfile->file)
        return fail(error, -EINVAL, "damaged or cut short (%s): fetch the file again",
                    sf_strerror(NULL));
    if ((about.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_MPEG)
        return -EINVAL;
    if (about.channels < 1 || about.channels > DOWNMIX_CHANNELS)
        return fail(error, -EINVAL, "%d channels: mix the file down to stereo",
                    about.channels);

    sndfile->chunk = malloc(sizeof(float) * CHUNK * (size_t)about.channels);
    if (!sndfile->chunk)
        return fail(error, -ENOMEM, "out of memory");
    int map[DOWNMIX_CHANNELS];
    if (!sf_command(sndfile->file, SFC_GET_CHANNEL_MAP_INFO, map,
                    (int)sizeof(int) * about.channels))
        default_map(map, about.channels);
    downmix_init(&sndfile->mix, map, about.channels);

    sndfile->preroll = preroll_of(&about);
    sndfile->base.rate = (uint32_t)about.samplerate;
    sndfile->base.channels = (uint32_t)about.channels;
    sndfile->base.length = measure_length(sndfile, about.frames);
    if (sndfile->base.length == 0)
        return fail(error, -EINVAL, "cut short, no sound in it: fetch the file again");
    return 0;
}

int source_open_sndfile(int file, struct source **source, struct fv_media *about,
                        struct fv_error *error)
{
    struct sndfile_source *sndfile = calloc(1, sizeof *sndfile);
    if (!sndfile)
        return fail(error, -ENOMEM, "out of memory");
    sndfile->base.kind = &sndfile_kind;
    int status = open_file(sndfile, file, error);
    if (status < 0) {
        sndfile_free(sndfile);
        return status;
    }
    sndfile->descriptor = file;
    read_tags(sndfile->file, about);
    *source = &sndfile->base;
    return 0;
}
