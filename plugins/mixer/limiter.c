/* limiter.c - most blocks need no gain at all and are passed through bit for bit. */
#include "limiter.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#define ONE (1 << 24)
#define SPAN (LIMITER_FRAMES + 4 * LIMITER_BOX)
#define PHASES 3
#define NEAR 0.7f /* of the ceiling: no peak between samples that lie lower is sought */

/* Windowed sinc (Hann), at 1/4, 2/4 and 3/4 between the two middle taps. */
static void make_taps(float taps[PHASES][LIMITER_TAPS])
{
    for (int phase = 0; phase < PHASES; phase++) {
        double sum = 0;
        for (int i = 0; i < LIMITER_TAPS; i++) {
            double x = i - (LIMITER_TAPS / 2 - 1) - (phase + 1) / 4.0;
            double window = 0.5 + 0.5 * cos(M_PI * x / (LIMITER_TAPS / 2.0));
            double tap = sin(M_PI * x) / (M_PI * x) * window;
            taps[phase][i] = (float)tap;
            sum += tap;
        }
        for (int i = 0; i < LIMITER_TAPS; i++)
            taps[phase][i] /= (float)sum;
    }
}

static float peak_between(const float *at, const float taps[PHASES][LIMITER_TAPS])
{
    float peak = 0;
    for (int phase = 0; phase < PHASES; phase++) {
        float left = 0, right = 0;
        for (int i = 0; i < LIMITER_TAPS; i++) {
            const float *frame = at + 2 * (i - (LIMITER_TAPS / 2 - 1));
            left += taps[phase][i] * frame[0];
            right += taps[phase][i] * frame[1];
        }
        peak = fmaxf(peak, fmaxf(fabsf(left), fabsf(right)));
    }
    return peak;
}

/* The gain that each frame needs by itself. returns whether any needs one */
static bool find_needs(const float *around, int count, float ceiling, int32_t *needs)
{
    float taps[PHASES][LIMITER_TAPS];
    bool has_taps = false, has_need = false;
    for (int n = 0; n < count; n++) {
        const float *at = around + 2 * n;
        float here = fmaxf(fabsf(at[0]), fabsf(at[1]));
        float next = fmaxf(fabsf(at[2]), fabsf(at[3]));
        float peak = here;
        if (fmaxf(here, next) > NEAR * ceiling) {
            if (!has_taps)
                make_taps(taps);
            has_taps = true;
            peak = fmaxf(peak, peak_between(at, (const float(*)[LIMITER_TAPS])taps));
        }
        needs[n] = peak > ceiling ? (int32_t)((double)(ceiling / peak) * ONE) : ONE;
        has_need |= needs[n] < ONE;
    }
    return has_need;
}

/* out[n] = the least of in[n .. n + width): a queue of candidates, each value once. */
static void slide_min(const int32_t *in, int count, int width, int32_t *out)
{
    int queue[SPAN], head = 0, tail = 0;
    for (int n = 0; n < count; n++) {
        while (tail > head && in[queue[tail - 1]] >= in[n])
            tail--;
        queue[tail++] = n;
        if (queue[head] <= n - width)
            head++;
        if (n >= width - 1)
            out[n - width + 1] = in[queue[head]];
    }
}

/* out[n] = the sum of in[n .. n + LIMITER_BOX) */
static void slide_sum(const int64_t *in, int count, int64_t *out)
{
    int64_t sum = 0;
    for (int n = 0; n < count; n++) {
        sum += in[n];
        if (n >= LIMITER_BOX)
            sum -= in[n - LIMITER_BOX];
        if (n >= LIMITER_BOX - 1)
            out[n - LIMITER_BOX + 1] = sum;
    }
}

void limiter_run(float *around, int frames, float ceiling)
{
    enum { WIDTH = 2 * LIMITER_BOX - 1 };
    int32_t needs[SPAN], least[SPAN];
    int64_t wide[SPAN], once[SPAN], twice[SPAN];
    int count = frames + 2 * (WIDTH - 1); /* what the first and last frame can feel */
    const float *first = around + 2 * (LIMITER_REACH - (WIDTH - 1));
    if (!find_needs(first, count, ceiling, needs))
        return;
    slide_min(needs, count, WIDTH, least);
    count -= WIDTH - 1;
    for (int n = 0; n < count; n++)
        wide[n] = least[n];
    slide_sum(wide, count, once);
    slide_sum(once, count - (LIMITER_BOX - 1), twice);
    const double scale = 1.0 / ((double)LIMITER_BOX * LIMITER_BOX * ONE);
    for (int n = 0; n < frames; n++) {
        float gain = (float)((double)twice[n] * scale);
        around[2 * (LIMITER_REACH + n)] *= gain;
        around[2 * (LIMITER_REACH + n) + 1] *= gain;
    }
}
