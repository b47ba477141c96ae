/* spectrum.c - window, transform, square. */
#include "spectrum.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define ALIGNED __attribute__((aligned(64))) /* for the widest registers there are */

int spectrum_init(struct spectrum *out, int size)
{
    const float scale = 1.0f;
    memset(out, 0, sizeof *out);
    out->size = size;
    for (int i = 0; i < size; i++)
        out->window[i] = (float)((0.5 - 0.5 * cos(2.0 * M_PI * i / size)) * 4.0 / size);
    int err = av_tx_init(&out->context, &out->transform, AV_TX_FLOAT_RDFT, 0, size,
                         &scale, 0);
    return err < 0 ? -ENOMEM : 0;
}

void spectrum_release(struct spectrum *spectrum)
{
    av_tx_uninit(&spectrum->context);
}

void spectrum_find(const struct spectrum *spectrum, const float *samples, float *power)
{
    ALIGNED float windowed[SPECTRUM_LONGEST];
    ALIGNED AVComplexFloat bin[SPECTRUM_BINS(SPECTRUM_LONGEST)];
    for (int i = 0; i < spectrum->size; i++)
        windowed[i] = samples[i] * spectrum->window[i];
    spectrum->transform(spectrum->context, bin, windowed, sizeof(float));
    bin[spectrum->size / 2].im = 0.0f; /* not always written */
    for (int k = 0; k < SPECTRUM_BINS(spectrum->size); k++)
        power[k] = bin[k].re * bin[k].re + bin[k].im * bin[k].im;
}
