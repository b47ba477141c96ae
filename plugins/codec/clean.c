/* clean.c - see clean.h. */
#include "clean.h"

#include <string.h>

/* 64, 36 dB above full scale, as a float's bits; those of larger ones and of NaN are
 * larger. No recording gets there; broken float files do, and the sums of a filter over
 * 1e38 would be infinite. */
#define ABSURD 0x42800000
#define RUN 64

/* Positive floats order as their bits do, and of those a compiler makes vectors. */
static int32_t room_above(float sample)
{
    int32_t bits;
    memcpy(&bits, &sample, sizeof bits);
    return ABSURD - (bits & INT32_MAX);
}

static void clean_each(float *samples, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        if (room_above(samples[i]) < 0)
            samples[i] = 0.0f;
}

void clean_samples(float *samples, int64_t count)
{
    for (; count >= RUN; samples += RUN, count -= RUN) {
        int32_t any = 0;
        for (int i = 0; i < RUN; i++)
            any |= room_above(samples[i]);
        if (any < 0)
            clean_each(samples, RUN);
    }
    clean_each(samples, count);
}
