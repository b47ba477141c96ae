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
    place_edges(mel->edge);
    return spectrum_init(&mel->spectrum, MEL_WINDOW);
}

void mel_release(struct mel *mel)
{
    spectrum_release(&mel->spectrum);
    free(mel->map.at);
}

static int add_frame(void *ctx, const float *samples)
{
    struct mel *mel = ctx;
    float bin[SPECTRUM_BINS(MEL_WINDOW)];
    int err = STRIP_RESERVE(&mel->map, MEL_BANDS);
    if (err)
        return err;
    spectrum_find(&mel->spectrum, samples, bin);
    for (int b = 0; b < MEL_BANDS; b++) {
        float power = 0.0f;
        for (int k = mel->edge[b]; k < mel->edge[b + 1]; k++)
            power += bin[k];
        mel->map.at[mel->map.count++] = decibel_code(power);
    }
    return 0;
}

int mel_feed(struct mel *mel, const float *in, int count)
{
    return slide_feed(&mel->slide, MEL_WINDOW, MEL_HOP, in, count, add_frame, mel);
}
