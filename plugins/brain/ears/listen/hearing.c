/* hearing.c - one pass over the PCM: clean it, mix it down, hand it to each listener. */
#include "hearing.h"

#include <string.h>

#define BLOCK (FV_BLOCK * 4)
#define LOUDEST 16.0f /* +24 dBFS: what is beyond is a broken file, not music */

int hearing_init(struct hearing *hearing)
{
    memset(hearing, 0, sizeof *hearing);
    level_init(&hearing->level);
    return print_init(&hearing->print);
}

static void forget_part(struct hearing *hearing)
{
    mel_release(&hearing->mel);
    bands_release(&hearing->bands);
    pitch_release(&hearing->pitch);
    deep_release(&hearing->deep);
}

void hearing_release(struct hearing *hearing)
{
    forget_part(hearing);
    level_release(&hearing->level);
    print_release(&hearing->print);
}

static int begin_part(struct hearing *hearing)
{
    forget_part(hearing);
    hearing->start = hearing->frames;
    hearing->half = hearing->quarter = hearing->eighth = (struct halver){0};
    hearing->bands = (struct bands){0};
    int err = mel_init(&hearing->mel);
    int pitch_err = pitch_init(&hearing->pitch), deep_err = deep_init(&hearing->deep);
    return err ? err : pitch_err ? pitch_err : deep_err;
}

static void make_finite(float *samples, int count)
{
    for (int i = 0; i < count; i++) {
        float x = samples[i];
        x = x > LOUDEST ? LOUDEST : x < -LOUDEST ? -LOUDEST : x;
        samples[i] = x == x ? x : 0.0f; /* NaN is not equal to itself */
    }
}

static int hear(struct hearing *hearing, float *stereo, int frames)
{
    float full[BLOCK], half[BLOCK / 2 + 1], quarter[BLOCK / 4 + 1], eighth[BLOCK / 8 + 1];
    make_finite(stereo, frames * FV_CHANNELS);
    for (int i = 0; i < frames; i++)
        full[i] = 0.5f * (stereo[2 * i] + stereo[2 * i + 1]);
    int halves = halver_feed(&hearing->half, full, frames, half);
    int quarters = halver_feed(&hearing->quarter, half, halves, quarter);
    int eighths = halver_feed(&hearing->eighth, quarter, quarters, eighth);
    int err = level_feed(&hearing->level, stereo, frames);
    if (!err)
        err = print_feed(&hearing->print, quarter, quarters);
    if (!err)
        err = mel_feed(&hearing->mel, half, halves);
    if (!err)
        err = bands_feed(&hearing->bands, half, halves);
    if (!err)
        err = pitch_feed(&hearing->pitch, eighth, eighths);
    if (!err)
        err = deep_feed(&hearing->deep, eighth, eighths);
    hearing->frames += frames;
    return err;
}

/* Feed silence, so that the last window holds the track's last sample. */
static int hear_out(struct hearing *hearing)
{
    float nothing[MEL_WINDOW] = {0};
    int err = mel_feed(&hearing->mel, nothing, MEL_WINDOW);
    if (!err)
        err = pitch_feed(&hearing->pitch, nothing, MEL_WINDOW);
    return err ? err : deep_feed(&hearing->deep, nothing, MEL_WINDOW);
}

int hearing_listen(struct hearing *hearing, const struct fv_host *host,
                   const struct fv_pcm *pcm, int64_t end)
{
    float stereo[BLOCK * FV_CHANNELS];
    int err = begin_part(hearing);
    while (!err && hearing->frames < end) {
        if (host->cancelled(host->ctx))
            return -ECANCELED;
        int64_t left = end - hearing->frames;
        int want = left < BLOCK ? (int)left : BLOCK;
        int got = pcm->read(pcm->ctx, hearing->frames, stereo, want);
        if (got < 0)
            return got;
        if (got == 0)
            break; /* shorter than it said */
        err = hear(hearing, stereo, got < want ? got : want);
        host->progress(host->ctx, 0.9 * (double)hearing->frames / (double)pcm->length);
    }
    return err ? err : hear_out(hearing);
}
