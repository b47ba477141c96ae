/* limiter.c - most blocks need no gain at all and are passed through bit for bit: a scan
 * of the samples says so, and only its neighbourhoods of high samples are looked into. */
#include "limiter.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define ONE (1 << 24)
#define STEP (ONE / 100 * 65 / LIMITER_RELEASE) /* of the gain's way back, a frame */
#define SPAN (LIMITER_FRAMES + 4 * LIMITER_BOX)
#define WIDTH (2 * LIMITER_BOX - 1) /* of the minimum */
#define PHASES 3
#define NEAR 0.45f /* of the ceiling: lower samples have no such peak between them */
#define SCAN 16    /* frames that are judged at a time */
#define QUEUE 1024 /* a power of two, more than a minimum is wide */

/* Windowed sinc (Hann), at 1/4, 2/4 and 3/4 between the two middle taps, of sum 1:
 * limiter_test.c has the formula. */
static const float taps[PHASES][LIMITER_TAPS] = {
    {-0.000668266555f, 0.00408641947f, -0.0113288965f, 0.0238795653f, -0.0446703434f,
     0.0817318186f, -0.169398099f, 0.897966564f, 0.293584675f, -0.113996185f,
     0.0602024496f, -0.0329454131f, 0.0168115459f, -0.00715423841f, 0.00196827156f,
     -6.99095253e-05f},
    {-0.000407593179f, 0.00412495248f, -0.0128556658f, 0.0284569766f, -0.0543233827f,
     0.0989928246f, -0.194250688f, 0.630262554f, 0.630262554f, -0.194250688f,
     0.0989928246f, -0.0543233827f, 0.0284569766f, -0.0128556658f, 0.00412495248f,
     -0.000407593179f},
    {-6.99095253e-05f, 0.00196827156f, -0.00715423841f, 0.0168115459f, -0.0329454131f,
     0.0602024496f, -0.113996185f, 0.293584675f, 0.897966564f, -0.169398099f,
     0.0817318186f, -0.0446703434f, 0.0238795653f, -0.0113288965f, 0.00408641947f,
     -0.000668266555f},
};

static float larger(float a, float b)
{
    return a > b ? a : b;
}

/* peaks[i] = the largest of sample i and of what lies between it and the channel's next,
 * of SCAN frames */
static void find_peaks(const float *at, float *peaks)
{
    for (int i = 0; i < 2 * SCAN; i++)
        peaks[i] = fabsf(at[i]);
    for (int phase = 0; phase < PHASES; phase++) {
        float between[2 * SCAN] = {0};
        for (int tap = 0; tap < LIMITER_TAPS; tap++) {
            const float weight = taps[phase][tap];
            const float *from = at + 2 * (tap - (LIMITER_TAPS / 2 - 1));
            for (int i = 0; i < 2 * SCAN; i++)
                between[i] += weight * from[i];
        }
        for (int i = 0; i < 2 * SCAN; i++)
            peaks[i] = larger(peaks[i], fabsf(between[i]));
    }
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

/* Whether any of 2 * SCAN peaks lies above the ceiling. */
static bool has_peak(const float *peaks, float ceiling)
{
    bool has = false;
    for (int i = 0; i < 2 * SCAN; i++)
        has |= peaks[i] > ceiling;
    return has;
}

static int32_t need_of(const float *at, const float *peaks, float ceiling)
{
    float here = larger(fabsf(at[0]), fabsf(at[1]));
    float next = larger(fabsf(at[2]), fabsf(at[3]));
    if (larger(here, next) <= NEAR * ceiling)
        return ONE;
    float peak = larger(peaks[0], peaks[1]);
    return peak > ceiling ? (int32_t)((double)(ceiling / peak) * ONE) : ONE;
}

/* The gain that each frame needs by itself; around `around` lie SCAN + LIMITER_TAPS / 2
 * frames more. */
static void find_needs(const float *around, int count, float ceiling, int32_t *needs)
{
    float near = NEAR * ceiling;
    int32_t near_bits;
    memcpy(&near_bits, &near, sizeof near_bits);
    for (int n = 0; n < count; n++)
        needs[n] = ONE;
    for (int n = 0; n < count; n += SCAN) {
        const float *at = around + 2 * n;
        float peaks[2 * SCAN];
        if (!has_high(at, near_bits))
            continue;
        find_peaks(at, peaks);
        if (!has_peak(peaks, ceiling))
            continue;
        for (int i = 0; i < SCAN && n + i < count; i++)
            needs[n + i] = need_of(at + 2 * i, peaks + 2 * i, ceiling);
    }
}

/* returns one behind the last frame that needs a gain; 0 = none does */
static int end_of_needs(const int32_t *needs, int count)
{
    int32_t least = ONE;
    for (int n = 0; n < count; n++)
        least = needs[n] < least ? needs[n] : least;
    while (least < ONE && needs[count - 1] == ONE)
        count--;
    return least < ONE ? count : 0;
}

/* What is left of needs as they are forgotten: out[n] for the `count` frames behind the
 * first LIMITER_RELEASE. A need below what can be forgotten in that time is felt for as
 * long as one that just can. */
static void release(const int32_t *needs, int count, int32_t *out)
{
    const int32_t deepest = ONE - LIMITER_RELEASE * STEP;
    int32_t left = ONE;
    for (int n = 0; n < LIMITER_RELEASE + count; n++) {
        int32_t felt = needs[n] > deepest ? needs[n] : deepest;
        left = left + STEP < felt ? left + STEP : felt;
        if (n >= LIMITER_RELEASE)
            out[n - LIMITER_RELEASE] = needs[n] < left ? needs[n] : left;
    }
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

/* ---- the window -----------------------------------------------------------------------
 */

int limiter_wants(const struct limiter *limiter, int frames)
{
    return LIMITER_BEFORE + frames + LIMITER_BEHIND - limiter->held;
}

float *limiter_room(struct limiter *limiter)
{
    return limiter->window + 2 * limiter->held;
}

void limiter_put(struct limiter *limiter, int frames)
{
    limiter->held += frames;
}

/* Needs of what has been put in, as far as its neighbours have been; not of the first
 * frames of all, which nothing feels. */
static void learn_needs(struct limiter *limiter, float ceiling)
{
    enum { EDGE = LIMITER_TAPS / 2 };
    if (limiter->known < EDGE)
        limiter->known = EDGE;
    int count = limiter->held - SCAN - EDGE - limiter->known;
    if (count <= 0)
        return;
    int32_t *needs = limiter->needs + limiter->known;
    find_needs(limiter->window + 2 * limiter->known, count, ceiling, needs);
    int end = end_of_needs(needs, count);
    if (end > 0)
        limiter->needy = limiter->known + end;
    limiter->known += count;
}

static void drop(struct limiter *limiter, int frames)
{
    limiter->held -= frames;
    limiter->known -= frames;
    limiter->needy = limiter->needy > frames ? limiter->needy - frames : 0;
    memmove(limiter->window, limiter->window + 2 * frames,
            (size_t)limiter->held * 2 * sizeof *limiter->window);
    memmove(limiter->needs, limiter->needs + frames,
            (size_t)limiter->known * sizeof *limiter->needs);
}

void limiter_take(struct limiter *limiter, int frames, float ceiling, float *out)
{
    int count = frames + 2 * (WIDTH - 1); /* what the first and last frame can feel */
    const int first = LIMITER_BEFORE - (WIDTH - 1) - LIMITER_RELEASE;
    const int32_t *needs = limiter->needs + first;
    const float *due = limiter->window + 2 * LIMITER_BEFORE;
    learn_needs(limiter, ceiling);
    if (limiter->needy <= first) {
        memcpy(out, due, (size_t)frames * 2 * sizeof *out);
        drop(limiter, frames);
        return;
    }
    int32_t left[SPAN], least[SPAN];
    int64_t wide[SPAN], once[SPAN], twice[SPAN];
    release(needs, count, left);
    slide_min(left, count, WIDTH, least);
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
    drop(limiter, frames);
}
