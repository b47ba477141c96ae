/* audio_file.c - decode once, lend often. */
#include "audio_file.h"

#include <errno.h>
#include <mpg123.h>
#include <sndfile.h>
#include <stdlib.h>
#include <string.h>

static int grow(struct audio_file *out, int64_t *room, int64_t more)
{
    if (out->frames + more <= *room)
        return 0;
    *room = *room * 2 + more;
    float *grown = realloc(out->samples, (size_t)*room * FV_CHANNELS * sizeof *grown);
    if (!grown)
        return -ENOMEM;
    out->samples = grown;
    return 0;
}

static int read_mp3(const char *path, struct audio_file *out)
{
    int64_t room = 0;
    mpg123_init();
    mpg123_handle *mp3 = mpg123_new(NULL, NULL);
    mpg123_param(mp3, MPG123_ADD_FLAGS, MPG123_QUIET | MPG123_GAPLESS, 0.0);
    mpg123_format_none(mp3);
    mpg123_format(mp3, FV_RATE, MPG123_STEREO, MPG123_ENC_FLOAT_32);
    int err = mpg123_open(mp3, path) == MPG123_OK ? 0 : -EINVAL;
    for (int state = MPG123_OK; !err && state != MPG123_DONE;) {
        size_t bytes = 0;
        err = grow(out, &room, 65536);
        if (err)
            break;
        state = mpg123_read(mp3, (unsigned char *)(out->samples + 2 * out->frames),
                            65536 * 8, &bytes);
        out->frames += (int64_t)bytes / 8;
        if (state != MPG123_OK && state != MPG123_NEW_FORMAT && state != MPG123_DONE)
            break; /* what was decoded so far counts */
    }
    mpg123_delete(mp3);
    return err;
}

static int read_other(const char *path, struct audio_file *out)
{
    SF_INFO about = {0};
    SNDFILE *file = sf_open(path, SFM_READ, &about);
    if (!file)
        return -EINVAL;
    int err = about.samplerate == FV_RATE && about.channels <= 2 ? 0 : -EINVAL;
    if (!err) {
        out->samples = malloc((size_t)about.frames * FV_CHANNELS * sizeof(float) + 1);
        err = out->samples ? 0 : -ENOMEM;
    }
    if (!err) {
        out->frames = sf_readf_float(file, out->samples, about.frames);
        for (int64_t i = out->frames; about.channels == 1 && i-- > 0;)
            out->samples[2 * i] = out->samples[2 * i + 1] = out->samples[i];
    }
    sf_close(file);
    return err;
}

int audio_file_read(const char *path, struct audio_file *out)
{
    const char *end = strrchr(path, '.');
    memset(out, 0, sizeof *out);
    int err =
        end && strcmp(end, ".mp3") == 0 ? read_mp3(path, out) : read_other(path, out);
    if (err)
        audio_file_release(out);
    return err;
}

void audio_file_release(struct audio_file *file)
{
    free(file->samples);
    file->samples = NULL;
    file->frames = 0;
}

static int copy_out(void *ctx, int64_t pos, float *out, int frames)
{
    const struct audio_file *file = ctx;
    int64_t left = file->frames - pos;
    int64_t got = pos < 0 || left < 0 ? 0 : left < frames ? left : frames;
    memcpy(out, file->samples + 2 * pos, (size_t)got * 2 * sizeof *out);
    memset(out + 2 * got, 0, (size_t)(frames - got) * 2 * sizeof *out);
    return (int)got;
}

void audio_file_lend(struct audio_file *file, struct fv_pcm *pcm)
{
    *pcm = (struct fv_pcm){.struct_size = sizeof *pcm,
                           .ctx = file,
                           .length = file->frames,
                           .read = copy_out};
}
