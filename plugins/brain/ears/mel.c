/* mel.c - short-time spectra, summed into bands. */
#include "mel.h"

#include <math.h>
#include <string.h>

#include "decibel.h"

#define BANDS_PER_OCTAVE 3.5
#define LOWEST_HZ 43.0

static double edge_hz(int band)
{
    return LOWEST_HZ * pow(2.0, band / BANDS_PER_OCTAVE);
}

/* Edges in bins, each band at least one bin wide. */
static void place_edges(int *edge)
{
    int last = 1;
    for (int b = 0; b <= MEL_BANDS; b++) {
        int bin = (int)lrint(edge_hz(b) * MEL_WINDOW / MEL_RATE);
        edge[b] = bin > last ? bin : last + 1;
        last = edge[b];
    }
}

double mel_frequency(int band)
{
    int edge[MEL_BANDS + 1];
    place_edges(edge);
    return 0.5 * (edge[band] + edge[band + 1] - 1) * MEL_RATE / MEL_WINDOW;
}

int mel_init(struct mel *mel)
{
    memset(mel, 0, sizeof *mel);
    mel->fft = kiss_fftr_alloc(MEL_WINDOW, 0, NULL, NULL);
    if (!mel->fft)
        return -ENOMEM;
    /* a full-scale sine has power 1 in its band */
    for (int i = 0; i < MEL_WINDOW; i++)
        mel->window[i] =
            (float)((0.5 - 0.5 * cos(2.0 * M_PI * i / MEL_WINDOW)) * 4.0 / MEL_WINDOW);
    place_edges(mel->edge);
    return 0;
}

void mel_release(struct mel *mel)
{
    kiss_fftr_free(mel->fft);
    free(mel->map.at);
}

static int add_frame(struct mel *mel, const float *samples)
{
    float windowed[MEL_WINDOW];
    kiss_fft_cpx bin[MEL_WINDOW / 2 + 1];
    int err = STRIP_RESERVE(&mel->map, MEL_BANDS);
    if (err)
        return err;
    for (int i = 0; i < MEL_WINDOW; i++)
        windowed[i] = samples[i] * mel->window[i];
    kiss_fftr(mel->fft, windowed, bin);
    for (int b = 0; b < MEL_BANDS; b++) {
        float power = 0.0f;
        for (int k = mel->edge[b]; k < mel->edge[b + 1]; k++)
            power += bin[k].r * bin[k].r + bin[k].i * bin[k].i;
        mel->map.at[mel->map.count++] = decibel_code(power);
    }
    return 0;
}

int mel_feed(struct mel *mel, const float *in, int count)
{
    while (count > 0) {
        int take = MEL_WINDOW * 2 - mel->filled;
        if (take > count)
            take = count;
        memcpy(mel->line + mel->filled, in, (size_t)take * sizeof *in);
        mel->filled += take;
        in += take;
        count -= take;
        int used = 0;
        for (; used + MEL_WINDOW <= mel->filled; used += MEL_HOP) {
            int err = add_frame(mel, mel->line + used);
            if (err)
                return err;
        }
        mel->filled -= used;
        memmove(mel->line, mel->line + used, (size_t)mel->filled * sizeof *in);
    }
    return 0;
}
