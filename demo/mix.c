/* mix.c - see mix.h. */
#include "mix.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include <ebur128.h>

#include "dsp.h"
#include "space.h"

/* Sample peaks stay below this, which keeps true peaks below -1 dBTP after MP3 coding. */
static const float ceiling = 0.73f;

enum { LOOK_AHEAD = 128 }; /* frames the limiter sees coming */

int mix_init(struct mix *mix, int64_t frames)
{
    size_t samples = (size_t)frames * 2;
    *mix = (struct mix){.frames = frames};
    mix->dry = calloc(samples, sizeof(float));
    mix->ducked = calloc(samples, sizeof(float));
    mix->reverb = calloc(samples, sizeof(float));
    mix->echo = calloc(samples, sizeof(float));
    mix->duck = calloc((size_t)frames, sizeof(float));
    if (!mix->dry || !mix->ducked || !mix->reverb || !mix->echo || !mix->duck) {
        mix_release(mix);
        return -ENOMEM;
    }
    for (int64_t i = 0; i < frames; i++)
        mix->duck[i] = 1.0f;
    return 0;
}

void mix_release(struct mix *mix)
{
    free(mix->dry);
    free(mix->ducked);
    free(mix->reverb);
    free(mix->echo);
    free(mix->duck);
    *mix = (struct mix){0};
}

void mix_add(struct mix *mix, const struct strip *strip, int64_t at, float left,
             float right)
{
    if (at < 0 || at >= mix->frames)
        return;
    left *= strip->gain * (strip->pan > 0.0f ? 1.0f - strip->pan : 1.0f);
    right *= strip->gain * (strip->pan < 0.0f ? 1.0f + strip->pan : 1.0f);
    float *bus = (strip->is_drum ? mix->dry : mix->ducked) + 2 * at;
    bus[0] += left;
    bus[1] += right;
    if (strip->reverb > 0.0f) {
        mix->reverb[2 * at] += left * strip->reverb;
        mix->reverb[2 * at + 1] += right * strip->reverb;
    }
    if (strip->echo > 0.0f) {
        mix->echo[2 * at] += left * strip->echo;
        mix->echo[2 * at + 1] += right * strip->echo;
    }
}

void mix_duck(struct mix *mix, int64_t at, float depth, float release_s)
{
    int64_t length = (int64_t)(release_s * RATE);
    enum { ATTACK = 64 }; /* frames; a step would click */
    for (int64_t i = -ATTACK; i < length; i++) {
        if (at + i < 0 || at + i >= mix->frames)
            continue;
        float left = i < 0 ? 1.0f + (float)i / ATTACK : 1.0f - (float)i / (float)length;
        float gain = 1.0f - depth * left * left;
        if (gain < mix->duck[at + i])
            mix->duck[at + i] = gain;
    }
}

/* Sum the buses, with what nobody hears below 28 Hz taken off, gently saturated. */
static void sum_buses(struct mix *mix, float drive)
{
    struct svf rumble[2] = {0};
    svf_tune(&rumble[0], 28.0f, 0.3f);
    svf_tune(&rumble[1], 28.0f, 0.3f);
    for (int64_t i = 0; i < mix->frames * 2; i++) {
        float music = mix->ducked[i] + mix->reverb[i] + mix->echo[i];
        float sum = mix->dry[i] + music * mix->duck[i / 2];
        sum = svf_run(&rumble[i & 1], sum).high;
        mix->dry[i] = soft_clip(sum * drive) / drive;
    }
}

/* returns the integrated loudness (ITU-R BS.1770-4), or -70 */
static double measure_lufs(const struct mix *mix)
{
    double lufs = -70.0;
    ebur128_state *meter = ebur128_init(2, RATE, EBUR128_MODE_I);
    if (!meter)
        return lufs;
    if (ebur128_add_frames_float(meter, mix->dry, (size_t)mix->frames) ||
        ebur128_loudness_global(meter, &lufs) || !isfinite(lufs))
        lufs = -70.0;
    ebur128_destroy(&meter);
    return lufs;
}

/* Turn down before each peak that would pass the ceiling, and slowly up again. Works in
 * place: the gain of a frame looks LOOK_AHEAD frames further. */
static void limit(struct mix *mix)
{
    const float release = 1.0f - decay_factor(0.08f);
    float *wanted = mix->duck; /* no longer needed as such */
    for (int64_t i = 0; i < mix->frames; i++) {
        float peak = fmaxf(fabsf(mix->dry[2 * i]), fabsf(mix->dry[2 * i + 1]));
        wanted[i] = peak > ceiling ? ceiling / peak : 1.0f;
    }
    /* Backwards: reach each low gain by a straight ramp that begins in time. */
    const float slope = 1.0f / LOOK_AHEAD;
    for (int64_t i = mix->frames - 2; i >= 0; i--)
        wanted[i] =
            fminf(wanted[i], wanted[i + 1] + slope * (1.0f - wanted[i + 1]) + 1e-4f);
    float gain = 1.0f;
    for (int64_t i = 0; i < mix->frames; i++) {
        gain += release * (1.0f - gain);
        gain = fminf(gain, wanted[i]);
        mix->dry[2 * i] *= gain;
        mix->dry[2 * i + 1] *= gain;
    }
}

static void scale(struct mix *mix, double db)
{
    float gain = (float)pow(10.0, db / 20.0);
    for (int64_t i = 0; i < mix->frames * 2; i++)
        mix->dry[i] *= gain;
}

int mix_master(struct mix *mix, const struct mastering *how)
{
    int64_t echo_frames = (int64_t)(how->echo_beats * 60.0f / how->bpm * RATE);
    if (space_echo(mix->echo, mix->reverb, mix->frames, echo_frames) < 0 ||
        space_reverb(mix->reverb, mix->frames, how->reverb_s) < 0)
        return -ENOMEM;
    sum_buses(mix, how->drive);
    scale(mix, how->target_lufs - measure_lufs(mix));
    limit(mix);
    return 0;
}
