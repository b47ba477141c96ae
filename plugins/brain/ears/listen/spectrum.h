/* spectrum.h - the spectrum of a window of samples, by libavutil's transform, which does
 * eight values at once where the processor can
 * (docs/decisions/013-a-faster-transform.md).
 */
#ifndef SPECTRUM_H
#define SPECTRUM_H

#include <libavutil/tx.h>

#define SPECTRUM_LONGEST 4096
#define SPECTRUM_BINS(size) ((size) / 2 + 1)

struct spectrum {
    AVTXContext *context;
    av_tx_fn transform;
    int size;
    float window[SPECTRUM_LONGEST]; /* Hann: a full-scale sine has magnitude 1 */
};

/* size     samples in the window, a power of two up to SPECTRUM_LONGEST
 * returns  0 or -ENOMEM; spectrum_release is due in either case */
int spectrum_init(struct spectrum *out, int size);
void spectrum_release(struct spectrum *spectrum);

/* Weigh `size` samples by the window and transform them.
 * power    filled: SPECTRUM_BINS(size) squared magnitudes */
void spectrum_find(const struct spectrum *spectrum, const float *samples, float *power);

#endif
