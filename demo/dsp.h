/* dsp.h - the small parts that sounds are made of. All are deterministic. */
#ifndef DEMO_DSP_H
#define DEMO_DSP_H

#include <math.h>
#include <stdint.h>

#define RATE 44100
#define TAU 6.28318530717958647692f

/* ---- chance: splitmix64 (Steele, Lea, Flood 2014) ---- */

struct rng {
    uint64_t state;
};

static inline uint64_t rng_next(struct rng *rng)
{
    uint64_t z = rng->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* [0, count) */
static inline int rng_below(struct rng *rng, int count)
{
    return (int)(rng_next(rng) >> 33) % count;
}

/* [0, 1) */
static inline float rng_unit(struct rng *rng)
{
    return (float)(rng_next(rng) >> 40) * 0x1p-24f;
}

/* [-1, 1) */
static inline float rng_noise(struct rng *rng)
{
    return rng_unit(rng) * 2.0f - 1.0f;
}

/* ---- oscillators: phase in [0, 1), step = frequency / RATE ---- */

static inline float midi_step(float note)
{
    return 440.0f / RATE * exp2f((note - 69.0f) / 12.0f);
}

static inline float phase_advance(float *phase, float step)
{
    float now = *phase;
    *phase += step;
    if (*phase >= 1.0f)
        *phase -= 1.0f;
    return now;
}

/* What takes the aliasing off a step at phase 0 (polyBLEP, Valimaki and Huovilainen
 * 2007). */
static inline float poly_blep(float phase, float step)
{
    if (phase < step) {
        float t = phase / step;
        return t + t - t * t - 1.0f;
    }
    if (phase > 1.0f - step) {
        float t = (phase - 1.0f) / step;
        return t * t + t + t + 1.0f;
    }
    return 0.0f;
}

static inline float osc_saw(float *phase, float step)
{
    float now = phase_advance(phase, step);
    return 2.0f * now - 1.0f - poly_blep(now, step);
}

static inline float osc_square(float *phase, float step)
{
    float now = phase_advance(phase, step);
    float half = now < 0.5f ? now + 0.5f : now - 0.5f;
    return (now < 0.5f ? 1.0f : -1.0f) + poly_blep(now, step) - poly_blep(half, step);
}

/* A sine by a parabola and its correction: 0.1 % off, and five times as fast. */
static inline float osc_sine(float *phase, float step)
{
    float x = 1.0f - 2.0f * phase_advance(phase, step);
    float y = 4.0f * x * (1.0f - fabsf(x));
    return 0.225f * (y * fabsf(y) - y) + y;
}

/* ---- state variable filter (Simper 2013), stable under modulation ---- */

struct svf {
    float g, k, a1; /* set by svf_tune */
    float ic1, ic2; /* state */
};

/* resonance in [0, 1) */
static inline void svf_tune(struct svf *f, float hz, float resonance)
{
    float limited = fminf(fmaxf(hz, 20.0f), 18000.0f);
    f->g = tanf(TAU / 2.0f * limited / RATE);
    f->k = 2.0f - 1.9f * resonance;
    f->a1 = 1.0f / (1.0f + f->g * (f->g + f->k));
}

struct svf_out {
    float low, band, high;
};

static inline struct svf_out svf_run(struct svf *f, float in)
{
    float v3 = in - f->ic2;
    float v1 = f->a1 * (f->ic1 + f->g * v3);
    float v2 = f->ic2 + f->g * v1;
    f->ic1 = 2.0f * v1 - f->ic1;
    f->ic2 = 2.0f * v2 - f->ic2;
    return (struct svf_out){v2, v1, in - f->k * v1 - v2};
}

/* ---- shapes ---- */

/* tanh, to 1 part in 40, between -1 and 1 */
static inline float soft_clip(float x)
{
    if (x > 3.0f)
        return 1.0f;
    if (x < -3.0f)
        return -1.0f;
    return x * (27.0f + x * x) / (27.0f + 9.0f * x * x);
}

/* What an exponential decay is multiplied by each frame, to fall to 1/e in `seconds`. */
static inline float decay_factor(float seconds)
{
    return expf(-1.0f / (seconds * RATE));
}

/* Rises over `attack` frames from 0 to 1, stays, falls over `release` frames at the end.
 */
static inline float envelope_trapeze(int64_t i, int64_t length, int64_t attack,
                                     int64_t release)
{
    float up = i < attack ? (float)i / (float)attack : 1.0f;
    int64_t left = length - i;
    float down = left < release ? (float)left / (float)release : 1.0f;
    return up * down;
}

#endif
