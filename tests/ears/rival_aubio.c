/* rival_aubio.c - aubio's beat tracker with its own defaults: 1024, 512, "default". */
#include <aubio/aubio.h>
#include <stdlib.h>

#include "rivals.h"

#define RATE 44100
#define HOP 512

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Kinder to it than its own last tempo, which is that of the last seconds. */
static double median_interval(const double *beats, int count)
{
    double *gap = malloc((size_t)(count + 1) * sizeof *gap);
    if (!gap)
        abort();
    gap[0] = 0.5;
    for (int i = 1; i < count; i++)
        gap[i - 1] = beats[i] - beats[i - 1];
    int gaps = count > 1 ? count - 1 : 1;
    qsort(gap, (size_t)gaps, sizeof *gap, by_size);
    double median = gap[gaps / 2];
    free(gap);
    return median;
}

int rival_aubio(const float *stereo, long frames, double **beats, double *bpm)
{
    aubio_tempo_t *tempo = new_aubio_tempo("default", 1024, HOP, RATE);
    fvec_t *in = new_fvec(HOP), *out = new_fvec(1);
    int count = 0;
    *beats = malloc((size_t)(frames / HOP + 1) * sizeof **beats);
    if (!tempo || !*beats)
        abort();
    for (long at = 0; at + HOP <= frames; at += HOP) {
        for (int i = 0; i < HOP; i++)
            in->data[i] = 0.5f * (stereo[2 * (at + i)] + stereo[2 * (at + i) + 1]);
        aubio_tempo_do(tempo, in, out);
        if (out->data[0] != 0.0f)
            (*beats)[count++] = (double)aubio_tempo_get_last_s(tempo);
    }
    *bpm = 60.0 / median_interval(*beats, count);
    del_aubio_tempo(tempo);
    del_fvec(in);
    del_fvec(out);
    return count;
}
