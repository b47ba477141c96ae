/* clean.c - see clean.h. */
#include "clean.h"

#include <math.h>

/* 36 dB above full scale. No recording gets there; broken float files do, and the sums
 * of a filter over 1e38 would be infinite. */
static const float absurd = 64.0f;

void clean_samples(float *samples, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        if (!(fabsf(samples[i]) <= absurd)) /* also true of NaN */
            samples[i] = 0.0f;
}
