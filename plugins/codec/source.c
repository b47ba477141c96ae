/* source.c - what all sources share. */
#include "source.h"

#include <math.h>

/* 36 dB above full scale. No recording gets there; broken float files do, and the sums
 * of a filter over 1e38 would be infinite. */
static const float absurd = 64.0f;

int source_read(struct source *source, float *out, int frames)
{
    int done = 0;
    while (done < frames) {
        int got =
            source->kind->read(source, out + (size_t)done * FV_CHANNELS, frames - done);
        if (got < 0)
            return got;
        if (got == 0)
            break;
        done += got;
    }
    return done;
}

void clean_samples(float *samples, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        if (!(fabsf(samples[i]) <= absurd)) /* also true of NaN */
            samples[i] = 0.0f;
}
