/* tape.c - see tape.h. */
#include "tape.h"

#include <errno.h>
#include <forever/audio.h>
#include <mpg123.h>
#include <sndfile.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct tape {
    mpg123_handle *mp3;
    SNDFILE *other; /* where mp3 is NULL */
    int channels;
};

static int open_mp3(struct tape *tape, const char *path)
{
    mpg123_init();
    tape->mp3 = mpg123_new(NULL, NULL);
    if (!tape->mp3)
        return -ENOMEM;
    mpg123_param(tape->mp3, MPG123_ADD_FLAGS, MPG123_QUIET | MPG123_GAPLESS, 0.0);
    mpg123_format_none(tape->mp3);
    mpg123_format(tape->mp3, FV_RATE, MPG123_STEREO, MPG123_ENC_FLOAT_32);
    return mpg123_open(tape->mp3, path) == MPG123_OK ? 0 : -EINVAL;
}

static int open_other(struct tape *tape, const char *path)
{
    SF_INFO about = {0};
    tape->other = sf_open(path, SFM_READ, &about);
    tape->channels = about.channels;
    bool is_ours = tape->other && about.samplerate == FV_RATE && about.channels <= 2;
    return is_ours ? 0 : -EINVAL;
}

int tape_open(const char *path, struct tape **tape)
{
    const char *end = strrchr(path, '.');
    bool is_mp3 = end && strcmp(end, ".mp3") == 0;
    *tape = calloc(1, sizeof **tape);
    if (!*tape)
        return -ENOMEM;
    int rc = is_mp3 ? open_mp3(*tape, path) : open_other(*tape, path);
    if (rc) {
        tape_close(*tape);
        *tape = NULL;
    }
    return rc;
}

/* What was decoded before an error counts. */
static int64_t read_mp3(struct tape *tape, float *out, int64_t frames)
{
    int64_t got = 0;
    for (int state = MPG123_OK; got < frames;) {
        size_t bytes = 0;
        state = mpg123_read(tape->mp3, (unsigned char *)(out + 2 * got),
                            (size_t)(frames - got) * 2 * sizeof *out, &bytes);
        got += (int64_t)(bytes / (2 * sizeof *out));
        if (state != MPG123_OK && state != MPG123_NEW_FORMAT)
            break;
    }
    return got;
}

int64_t tape_read(struct tape *tape, float *out, int64_t frames)
{
    if (tape->mp3)
        return read_mp3(tape, out, frames);
    int64_t got = sf_readf_float(tape->other, out, frames);
    for (int64_t i = got; tape->channels == 1 && i-- > 0;)
        out[2 * i] = out[2 * i + 1] = out[i];
    return got;
}

void tape_close(struct tape *tape)
{
    if (!tape)
        return;
    if (tape->mp3)
        mpg123_delete(tape->mp3);
    if (tape->other)
        sf_close(tape->other);
    free(tape);
}
