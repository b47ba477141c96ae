/* resample.h - a source at any rate as 44.1 kHz, exact to the bit after every seek.
 *
 * The track is cut into chunks of one second. Whatever the rate, a second begins on a
 * whole frame on both sides, so each chunk is resampled on its own, with as much of its
 * neighbours around it as the filter is long: a chunk depends on nothing but the source.
 * What is left at the seams is the rounding of the filter, below -120 dB.
 */
#ifndef CODEC_RESAMPLE_H
#define CODEC_RESAMPLE_H

#include <stdint.h>

#include "source.h"

#define RESAMPLE_MIN_RATE 8000u
#define RESAMPLE_MAX_RATE 192000u

struct resampler;

/* source     kept until resampler_free
 * resampler  given
 * returns    0 or -ENOMEM */
int resampler_new(struct source *source, struct resampler **resampler);
void resampler_free(struct resampler *resampler);

/* Frames at 44.1 kHz that last as long as `frames` at `rate`, rounded to the nearest. */
int64_t resampled_length(int64_t frames, uint32_t rate);

/* The next frames. returns frames written; fewer only at the end; or -errno */
int resampler_read(struct resampler *resampler, float *out, int frames);

/* Go to a frame at 44.1 kHz. Nothing is read until resampler_read. */
void resampler_seek(struct resampler *resampler, int64_t frame);

#endif
