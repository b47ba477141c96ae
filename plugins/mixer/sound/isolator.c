/* isolator.c - sums run over the taps in one order for every sample, so that the same
 * bits come out however the frames are divided into calls. */
#include "isolator.h"

#include <math.h>
#include <string.h>

#define RATE 44100.0
#define LOW_HZ 200.0
#define HIGH_HZ 3500.0
#define DOWN_HZ 1800.0
#define STEPS (ISOLATOR_FRAMES / ISOLATOR_STEP + 5) /* of the low band in a call */
#define HALF (ISOLATOR_LOW_TAPS / 2)
#define LANES 4

/* A low-pass: sinc in a Hann window, 1 at 0 Hz. */
static void make_lowpass(float *taps, int count, double cutoff)
{
    double sum = 0;
    for (int i = 0; i < count; i++) {
        double x = i - (count - 1) / 2.0;
        double sinc = x == 0 ? 1 : sin(2 * M_PI * cutoff * x) / (2 * M_PI * cutoff * x);
        double window = 0.5 + 0.5 * cos(2 * M_PI * x / (count + 1));
        taps[i] = (float)(sinc * window);
        sum += sinc * window;
    }
    for (int i = 0; i < count; i++)
        taps[i] = (float)(taps[i] / sum);
}

void isolator_init(struct isolator *isolator)
{
    make_lowpass(isolator->low, ISOLATOR_LOW_TAPS, LOW_HZ * ISOLATOR_STEP / RATE);
    float down[ISOLATOR_DOWN_ROOM] = {0};
    make_lowpass(down, ISOLATOR_DOWN_TAPS, DOWN_HZ / RATE);
    for (int i = 0; i < 2 * ISOLATOR_DOWN_ROOM; i++)
        isolator->down[i] = down[i / 2];
    make_lowpass(isolator->high, ISOLATOR_HIGH_TAPS, HIGH_HZ / RATE);
}

static int64_t floor_step(int64_t pos)
{
    return (pos >= 0 ? pos : pos - (ISOLATOR_STEP - 1)) / ISOLATOR_STEP;
}

/* out[k] = sum over taps of in[k + tap], stereo */
static void convolve(const float *taps, int count, const float *in, int frames,
                     float *out)
{
    memset(out, 0, (size_t)frames * 2 * sizeof *out);
    for (int tap = 0; tap < count; tap++) {
        const float weight = taps[tap], *from = in + 2 * tap;
        for (int i = 0; i < 2 * frames; i++)
            out[i] += weight * from[i];
    }
}

/* One frame at an eighth of the rate, around `at`: four sums beside each other. */
static void thin_out(const struct isolator *isolator, const float *at, float *out)
{
    float sums[2 * LANES] = {0};
    const float *from = at - 2 * (ISOLATOR_DOWN_TAPS / 2), *taps = isolator->down;
    for (int i = 0; i < 2 * ISOLATOR_DOWN_ROOM; i += 2 * LANES)
        for (int lane = 0; lane < 2 * LANES; lane++)
            sums[lane] += taps[i + lane] * from[i + lane];
    out[0] = sums[0] + sums[2] + (sums[4] + sums[6]);
    out[1] = sums[1] + sums[3] + (sums[5] + sums[7]);
}

/* Weights of four neighbours for a point between the middle two (Catmull-Rom). */
static void weights_between(float t, float weights[4])
{
    weights[0] = 0.5f * t * ((2 - t) * t - 1);
    weights[1] = 0.5f * (t * t * (3 * t - 5) + 2);
    weights[2] = 0.5f * t * ((4 - 3 * t) * t + 1);
    weights[3] = 0.5f * t * t * (t - 1);
}

void isolator_low(const struct isolator *isolator, const float *around, int64_t pos,
                  int frames, float *low)
{
    float thin[2 * (STEPS + ISOLATOR_LOW_TAPS)], steps[2 * STEPS];
    int64_t first = floor_step(pos) - 1; /* the first step that a frame leans on */
    int count = (int)(floor_step(pos + frames - 1) + 2 - first) + 1;
    for (int k = 0; k < count + ISOLATOR_LOW_TAPS - 1; k++) {
        int64_t at = (first + k - HALF) * ISOLATOR_STEP - pos + ISOLATOR_REACH;
        thin_out(isolator, around + 2 * at, thin + 2 * k);
    }
    convolve(isolator->low, ISOLATOR_LOW_TAPS, thin, count, steps);
    float weights[ISOLATOR_STEP][4];
    for (int i = 0; i < ISOLATOR_STEP; i++)
        weights_between((float)i / ISOLATOR_STEP, weights[i]);
    for (int n = 0; n < frames; n++) {
        int64_t step = floor_step(pos + n);
        const float *near = steps + 2 * (step - 1 - first);
        const float *w = weights[pos + n - step * ISOLATOR_STEP];
        for (int c = 0; c < 2; c++)
            low[2 * n + c] = w[0] * near[c] + w[1] * near[2 + c] + w[2] * near[4 + c] +
                             w[3] * near[6 + c];
    }
}

void isolator_high(const struct isolator *isolator, const float *around, int frames,
                   float *high)
{
    const float *at = around + 2 * (ISOLATOR_REACH - ISOLATOR_HIGH_TAPS / 2);
    const float *due = around + 2 * ISOLATOR_REACH;
    convolve(isolator->high, ISOLATOR_HIGH_TAPS, at, frames, high);
    for (int i = 0; i < 2 * frames; i++)
        high[i] = due[i] - high[i];
}
