/* decode_sndfile.c - WAV, AIFF, FLAC and their kin through libsndfile.
 *
 * libsndfile gets callbacks in place of a name, so that it can't guess a raw format by an
 * extension. What has a decoder of its own here is left to it.
 */
#include "source.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <sndfile.h>

#include "clean.h"
#include "downmix.h"
#include "tag.h"

enum {
    CHUNK = 1024,   /* frames read at once */
    LEAP = 4096,    /* behind damage, sound is looked for at multiples of it */
    LOOK = 8 << 20, /* bytes that are read for one such look */
    CHUNKS = 1000,  /* chunks of a WAV or AIFF among which a tag is looked for */
};

struct sndfile_source {
    struct source base;
    SNDFILE *file;
    struct byte_span span;
    struct downmix mix;
    float *chunk;     /* CHUNK frames as the file has them */
    int64_t at;       /* the next frame to give */
    int64_t hole_end; /* up to there nothing can be read, and silence is given */
    int64_t budget;   /* bytes that may be read before the file seems to end */
    bool seeks_miss;  /* each reads from the start */
};

static int open_handle(struct sndfile_source *sndfile, SF_INFO *about,
                       struct fv_error *error);

static sf_count_t io_length(void *io)
{
    struct sndfile_source *sndfile = io;
    return sndfile->span.end - sndfile->span.start;
}

static sf_count_t io_seek(sf_count_t offset, int whence, void *io)
{
    struct sndfile_source *sndfile = io;
    int64_t position = span_seek(&sndfile->span, offset, whence);
    return position < 0 ? -1 : position;
}

static sf_count_t io_read(void *out, sf_count_t bytes, void *io)
{
    struct sndfile_source *sndfile = io;
    if (bytes > sndfile->budget)
        return 0;
    ssize_t got = span_read(&sndfile->span, out, (size_t)bytes);
    sndfile->budget -= got > 0 ? got : 0;
    return got < 0 ? 0 : got;
}

static sf_count_t io_tell(void *io)
{
    struct sndfile_source *sndfile = io;
    return sndfile->span.at;
}

static bool read_past(struct sndfile_source *sndfile, int64_t frames)
{
    sf_count_t got = 1;
    for (; frames > 0 && got > 0; frames -= got)
        got = sf_readf_float(sndfile->file, sndfile->chunk,
                             frames < CHUNK ? frames : CHUNK);
    return got > 0;
}

/* Stand before a frame that can be read. libsndfile gives a FLAC up for good at its first
 * damaged frame: another handle goes on behind it. */
static bool stand_before(struct sndfile_source *sndfile, int64_t frame, bool is_damaged)
{
    SF_INFO about;
    struct fv_error error;
    if ((is_damaged || sndfile->seeks_miss) && open_handle(sndfile, &about, &error) < 0)
        return false;
    return sndfile->seeks_miss ? read_past(sndfile, frame)
                               : sf_seek(sndfile->file, frame, SEEK_SET) == frame;
}

static bool is_sound_at(struct sndfile_source *sndfile, int64_t frame)
{
    sndfile->budget = LOOK;
    bool is_sound = stand_before(sndfile, frame, true) &&
                    sf_readf_float(sndfile->file, sndfile->chunk, 1) == 1;
    sndfile->budget = INT64_MAX;
    return is_sound;
}

/* Find where sound goes on: farther and farther on, then back to where it begins. From
 * anywhere in the damage that is the same place. */
static void skip_damage(struct sndfile_source *sndfile)
{
    int64_t length = sndfile->base.length, end = (length + LEAP - 1) / LEAP;
    int64_t bad = sndfile->at / LEAP, good = bad + 1;
    for (int64_t step = 1; good < end && !is_sound_at(sndfile, good * LEAP); step *= 2) {
        bad = good;
        good = end - good > step ? good + step : end;
    }
    while (good - bad > 1) {
        int64_t middle = bad + (good - bad) / 2;
        if (is_sound_at(sndfile, middle * LEAP))
            good = middle;
        else
            bad = middle;
    }
    sndfile->hole_end =
        good < end && stand_before(sndfile, good * LEAP, true) ? good * LEAP : length;
}

static int sndfile_read(struct source *source, float *out, int frames)
{
    struct sndfile_source *sndfile = (struct sndfile_source *)source;
    sf_count_t got = 0;
    if (frames > CHUNK)
        frames = CHUNK;
    if (sndfile->at >= sndfile->hole_end) {
        if (sndfile->file)
            got = sf_readf_float(sndfile->file, sndfile->chunk, frames);
        if (got <= 0 && sndfile->at < sndfile->base.length)
            skip_damage(sndfile);
    }
    if (sndfile->at < sndfile->hole_end) {
        int64_t left = sndfile->hole_end - sndfile->at;
        got = left < frames ? left : frames;
        memset(out, 0, (size_t)got * FV_CHANNELS * sizeof *out);
    } else if (got > 0) {
        clean_samples(sndfile->chunk, got * sndfile->mix.channels);
        downmix_run(&sndfile->mix, sndfile->chunk, out, (int)got);
    }
    sndfile->at += got > 0 ? got : 0;
    return got > 0 ? (int)got : 0;
}

static int sndfile_seek(struct source *source, int64_t frame)
{
    struct sndfile_source *sndfile = (struct sndfile_source *)source;
    sndfile->at = frame;
    sndfile->hole_end = 0;
    if (!(sndfile->file && stand_before(sndfile, frame, false)) &&
        !stand_before(sndfile, frame, true))
        skip_damage(sndfile);
    return 0;
}

static void sndfile_close(struct source *source)
{
    struct sndfile_source *sndfile = (struct sndfile_source *)source;
    if (sndfile->file)
        sf_close(sndfile->file);
    free(sndfile->chunk);
    free(sndfile);
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

/* DJ programs and shops keep the tags of a WAV or AIFF in a chunk "ID3 ", which
 * libsndfile does not read. */
static void read_id3_chunk(struct byte_span span, struct fv_media *about)
{
    uint8_t head[12];
    if (span_read(&span, head, 12) != 12)
        return;
    bool is_riff = memcmp(head, "RIFF", 4) == 0;
    if (!is_riff && memcmp(head, "FORM", 4) != 0)
        return;
    for (int n = 0; n < CHUNKS && span_read(&span, head, 8) == 8; n++) {
        int64_t bytes = 0;
        for (int i = 0; i < 4; i++)
            bytes = bytes << 8 | head[is_riff ? 7 - i : 4 + i];
        int64_t start = span.start + span.at;
        if (memcmp(head, "ID3 ", 4) == 0 || memcmp(head, "id3 ", 4) == 0)
            source_read_id3(span.file, start, start + bytes, about);
        span_seek(&span, bytes + (bytes & 1), SEEK_CUR);
    }
}

/* Open the file from its start; also again, to get rid of a failed seek's state. */
static int open_handle(struct sndfile_source *sndfile, SF_INFO *about,
                       struct fv_error *error)
{
    SF_VIRTUAL_IO io = {
        .get_filelen = io_length, .seek = io_seek, .read = io_read, .tell = io_tell};
    if (sndfile->file)
        sf_close(sndfile->file);
    sndfile->span.at = 0;
    *about = (SF_INFO){0};
    sndfile->file = sf_open_virtual(&io, SFM_READ, about, sndfile);
    if (!sndfile->file)
        return fail(error, -EINVAL, "damaged or cut short (%s): fetch the file again",
                    sf_strerror(NULL));
    return 0;
}

/* Whether seeks fail where reading does not: programs that cut a FLAC without decoding it
 * leave its frames numbered as they were. */
static bool do_seeks_miss(struct sndfile_source *sndfile)
{
    SF_INFO about;
    struct fv_error error;
    return sf_seek(sndfile->file, 0, SEEK_SET) != 0 &&
           open_handle(sndfile, &about, &error) == 0 &&
           sf_readf_float(sndfile->file, sndfile->chunk, 1) == 1;
}

/* Does the file really reach as far as its header says? */
static bool is_whole(struct sndfile_source *sndfile, int64_t length)
{
    return length > 0 && !sndfile->seeks_miss &&
           sf_seek(sndfile->file, length - 1, SEEK_SET) == length - 1 &&
           sf_readf_float(sndfile->file, sndfile->chunk, 2) == 1;
}

/* Count the frames: by the header where that holds, else by decoding them all. */
static int measure(struct sndfile_source *sndfile, SF_INFO *about, struct fv_error *error)
{
    int64_t length = about->frames;
    if (!is_whole(sndfile, length)) {
        int status = open_handle(sndfile, about, error);
        if (status < 0)
            return status;
        length = 0;
        for (sf_count_t got;
             (got = sf_readf_float(sndfile->file, sndfile->chunk, CHUNK)) > 0;)
            length += got;
    }
    if (length == 0)
        return fail(error, -EINVAL, "cut short, no sound in it: fetch the file again");
    sndfile->base.length = length;
    return open_handle(sndfile, about, error);
}

static int open_file(struct sndfile_source *sndfile, struct fv_error *error)
{
    SF_INFO about;
    int status = open_handle(sndfile, &about, error);
    if (status < 0)
        return status;
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

    sndfile->base.rate = (uint32_t)about.samplerate;
    sndfile->base.channels = (uint32_t)about.channels;
    sndfile->seeks_miss = do_seeks_miss(sndfile);
    status = open_handle(sndfile, &about, error);
    return status < 0 ? status : measure(sndfile, &about, error);
}

/* Does the file begin like one of the kinds that are meant here? Not Ogg: the libsndfile
 * of Debian 12 calls every FLAC and Speex in it damaged. */
static bool has_magic(struct byte_span span)
{
    static const char *const magics[] = {"RIFF", "RF64", "riff", "FORM",
                                         "fLaC", "caff", ".snd"};
    char head[4];
    if (span_read(&span, head, sizeof head) != sizeof head)
        return false;
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
        if (memcmp(head, magics[i], sizeof head) == 0)
            return true;
    return false;
}

int source_open_sndfile(const struct byte_span *span, struct source **source,
                        struct fv_media *about, struct fv_error *error)
{
    if (!has_magic(*span))
        return -EINVAL;
    struct sndfile_source *sndfile = calloc(1, sizeof *sndfile);
    if (!sndfile)
        return fail(error, -ENOMEM, "out of memory");
    sndfile->base.kind = &sndfile_kind;
    sndfile->span = *span;
    sndfile->budget = INT64_MAX;
    int status = open_file(sndfile, error);
    if (status < 0) {
        sndfile_close(&sndfile->base);
        return status;
    }
    read_tags(sndfile->file, about);
    read_id3_chunk(*span, about);
    *source = &sndfile->base;
    return 0;
}
