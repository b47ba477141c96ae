/* clean.h - numbers that are no sound do not get past here. */
#ifndef CODEC_CLEAN_H
#define CODEC_CLEAN_H

#include <stdint.h>

/* Replace what is not a sample (NaN, infinities, absurd numbers) by silence. */
void clean_samples(float *samples, int64_t count);

#endif
