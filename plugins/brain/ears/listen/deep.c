/* deep.c - a long spectrum, read off between its bins. */
#include "deep.h"

#include <math.h>
#include <string.h>

#include "decibel.h"

#define A0_HZ 27.5

int deep_init(struct deep *deep)
{
    memset(deep, 0, sizeof *deep);
    deep->slide.filled = (DEEP_WINDOW - PITCH_WINDOW) / 2; /* silence before the track */
    return spectrum_init(&deep->spectrum, DEEP_WINDOW);
}

void deep_release(struct deep *deep)
{
    spectrum_release(&deep->spectrum);
    free(deep->map.at);
}

static int add_frame(void *ctx, const float *samples)
{
    struct deep *deep = ctx;
    float power[SPECTRUM_BINS(DEEP_WINDOW)];
    if (STRIP_RESERVE(&deep->map, DEEP_CLASSES))
        return -ENOMEM;
    spectrum_find(&deep->spectrum, samples, power);
    for (int k = 0; k < DEEP_CLASSES; k++) {
        double hz = A0_HZ * exp2((k - 1) / 36.0), bin = hz * DEEP_WINDOW / PITCH_RATE;
        int below = (int)bin;
        float part = (float)(bin - below),
              at = sqrtf(power[below]) +
                   part * (sqrtf(power[below + 1]) - sqrtf(power[below]));
        deep->map.at[deep->map.count++] = decibel_code(at * at);
    }
    return 0;
}

int deep_feed(struct deep *deep, const float *in, int count)
{
    return slide_feed(&deep->slide, DEEP_WINDOW, PITCH_HOP, in, count, add_frame, deep);
}
