/* fixture.h - sounds in memory lent as tracks, and segments of them. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <forever/mixer.h>

#define TURN 6.283185307179586

struct sound {
    float *samples;
    struct fv_pcm pcm;
};

static int sound_read(void *ctx, int64_t pos, float *out, int frames)
{
    const struct sound *sound = ctx;
    int inside = 0;
    for (int i = 0; i < frames; i++) {
        int64_t at = pos + i;
        int is_in = at >= 0 && at < sound->pcm.length;
        out[2 * i] = is_in ? sound->samples[2 * at] : 0;
        out[2 * i + 1] = is_in ? sound->samples[2 * at + 1] : 0;
        inside = at < sound->pcm.length ? i + 1 : inside;
    }
    return inside;
}

static void sound_make(struct sound *sound, int64_t frames)
{
    sound->samples = calloc((size_t)frames * 2, sizeof *sound->samples);
    assert_non_null(sound->samples);
    sound->pcm = (struct fv_pcm){.struct_size = sizeof sound->pcm,
                                 .ctx = sound,
                                 .length = frames,
                                 .read = sound_read};
}

static inline void sound_add_sine(struct sound *sound, double hz, double level)
{
    for (int64_t i = 0; i < sound->pcm.length; i++) {
        float s = (float)(level * sin(TURN * hz * (double)i / FV_RATE));
        sound->samples[2 * i] += s;
        sound->samples[2 * i + 1] += s;
    }
}

/* A kick: a falling sine that begins at once. */
static inline void sound_add_kick(struct sound *sound, double at, double level)
{
    double phase = 0;
    for (int i = 0; i < 9000; i++) {
        int64_t n = (int64_t)at + i;
        if (n < 0 || n >= sound->pcm.length)
            continue;
        double t = (double)i / FV_RATE;
        phase += TURN * (48 + 160 * exp(-t * 40)) / FV_RATE;
        float s = (float)(level * exp(-t * 22) * cos(phase) * fmin(1, i / 40.0));
        sound->samples[2 * n] += s;
        sound->samples[2 * n + 1] += s;
    }
}

static inline void sound_add_noise(struct sound *sound, uint32_t seed, float level)
{
    for (int64_t i = 0; i < 2 * sound->pcm.length; i++) {
        seed = seed * 1664525u + 1013904223u;
        sound->samples[i] += level * ((float)(seed >> 8) / 8388608.0f - 1);
    }
}

static void sound_free(struct sound *sound)
{
    free(sound->samples);
}

#endif
