/* audio_file.c - decode once, lend often. */
#include "audio_file.h"

#include "tape.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define RUN 65536 /* frames read at a time */

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

int audio_file_read(const char *path, struct audio_file *out)
{
    struct tape *tape;
    int64_t room = 0, got = RUN;
    *out = (struct audio_file){0};
    int rc = tape_open(path, &tape);
    if (rc)
        return rc;
    while (rc == 0 && got == RUN) {
        rc = grow(out, &room, RUN);
        if (rc == 0)
            got = tape_read(tape, out->samples + FV_CHANNELS * out->frames, RUN);
        out->frames += rc == 0 ? got : 0;
    }
    tape_close(tape);
    if (rc)
        audio_file_release(out);
    return rc;
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
