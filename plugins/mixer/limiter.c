/* limiter.c - most blocks need no gain at all and are passed through bit for bit: a scan
 * of the samples says so, and only its neighbourhoods of high samples are looked into. */
#include "limiter.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define ONE (1 << 24)
#define SPAN (LIMITER_FRAMES + 4 * LIMITER_BOX)
#define PHASES 3
#define NEAR 0.45f /* of the ceiling: lower samples have no such peak between them */
#define SCAN 16    /* frames that are judged at a time */
#define QUEUE 1024 /* a power of two, more than a minimum is wide */

struct taps {
    float at[PHASES][LIMITER_TAPS];
    bool is_made;
};

/* Windowed sinc (Hann), at 1/4, 2/4 and 3/4 between the two middle taps. */
static void make_taps(struct taps *taps)
{
    for (int phase = 0; phase < PHASES; phase++) {
        double sum = 0;
        for (int i = 0; i < LIMITER_TAPS; i++) {
            double x = i - (LIMITER_TAPS / 2 - 1) - (phase + 1) / 4.0;
            double window = 0.5 + 0.5 * cos(M_PI * x / (LIMITER_TAPS / 2.0));
            double tap = sin(M_PI * x) / (M_PI * x) * window;
            taps->at[phase][i] = (float)tap;
            sum += tap;
        }
        for (int i = 0; i < LIMITER_TAPS; i++)
            taps->at[phase][i] /= (float)sum;
    }
    taps->is_made = true;
}

static float larger(float a, float b)
{
    return a > b ? a : b;
}

static float peak_between(const float *at, const struct taps *taps)
{
    float peak = 0;
    for (int phase = 0; phase < PHASES; phase++) {
        float left = 0, right = 0;
        for (int i = 0; i < LIMITER_TAPS; i++) {
            const float *frame = at + 2 * (i - (LIMITER_TAPS / 2 - 1));
            left += taps->at[phase][i] * frame[0];
            right += taps->at[phase][i] * frame[1];
        }
        peak = larger(peak, larger(fabsf(left), fabsf(right)));
    }
    return peak;
}

/* Whether a sample of SCAN frames and the one behind them lies above `near`. Positive
 * floats order as their bits do, and of those a compiler makes vectors. */
static bool has_high(const float *at, int32_t near)
{
    int32_t bits[2 * SCAN + 2];
    int32_t high = 0;
    memcpy(bits, at, sizeof bits);
    for (int i = 0; i < 2 * SCAN + 2; i++)
        high |= near - (bits[i] & INT32_MAX);
    return high < 0;
}

static int32_t need_of(const float *at, float ceiling, struct taps *taps)
{
    float here = larger(fabsf(at[0]), fabsf(at[1]));
    float next = larger(fabsf(at[2]), fabsf(at[3]));
    if (larger(here, next) <= NEAR * ceiling)
        return ONE;
    if (!taps->is_made)
        make_taps(taps);
    float peak = larger(here, peak_between(at, taps));
    return peak > ceiling ? (int32_t)((double)(ceiling / peak) * ONE) : ONE;
}

/* The gain that each frame needs by itself; `around` has SCAN frames more than `count`.
 * returns whether any needs one */
static bool find_needs(const float *around, int count, float ceiling, int32_t *needs)
{
    struct taps taps = {.is_made = false};
    bool has_need = false;
    float near = NEAR * ceiling;
    int32_t near_bits;
    memcpy(&near_bits, &near, sizeof near_bits);
    for (int n = 0; n < count; n += SCAN) {
        int run = count - n < SCAN ? count - n : SCAN;
        bool is_high = has_high(around + 2 * n, near_bits);
        for (int i = n; i < n + run; i++) {
            needs[i] = is_high ? need_of(around + 2 * i, ceiling, &taps) : ONE;
            has_need |= needs[i] < ONE;
        }
    }
    return has_need;
}

/* out[n] = the least of in[n .. n + width): a queue of candidates, each value once. */
static void slide_min(const int32_t *in, int count, int width, int32_t *out)
{
    int queue[QUEUE];
    unsigned head = 0, tail = 0;
    for (int n = 0; n < count; n++) {
        while (tail > head && in[queue[(tail - 1) % QUEUE]] >= in[n])
            tail--;
        queue[tail++ % QUEUE] = n;
        if (queue[head % QUEUE] <= n - width)
            head++;
        if (n >= width - 1)
            out[n - width + 1] = in[queue[head % QUEUE]];
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

void limiter_run(const float *around, int frames, float ceiling, float *out)
{
    enum { WIDTH = 2 * LIMITER_BOX - 1 };
    int32_t needs[SPAN], least[SPAN];
    int64_t wide[SPAN], once[SPAN], twice[SPAN];
    int count = frames + 2 * (WIDTH - 1); /* what the first and last frame can feel */
    const float *first = around + 2 * (LIMITER_REACH - (WIDTH - 1));
    const float *due = around + 2 * LIMITER_REACH;
    if (!find_needs(first, count, ceiling, needs)) {
        memcpy(out, due, (size_t)frames * 2 * sizeof *out);
        return;
    }
    slide_min(needs, count, WIDTH, least);
    count -= WIDTH - 1;
    for (int n = 0; n < count; n++)
        wide[n] = least[n];
    slide_sum(wide, count, once);
    slide_sum(once, count - (LIMITER_BOX - 1), twice);
    const double scale = 1.0 / ((double)LIMITER_BOX * LIMITER_BOX * ONE);
    for (int n = 0; n < frames; n++) {
        float gain = (float)((double)twice[n] * scale);
        out[2 * n] = due[2 * n] * gain;
        out[2 * n + 1] = due[2 * n + 1] * gain;
    }
}
