/* wav.h - 16-bit stereo WAV at 44.1 kHz, the header written again at the end. */
#ifndef WAV_H
#define WAV_H

#include <stdint.h>
#include <stdio.h>

/* Write the header for `frames` frames at the file's start; for more than its sizes can
 * count, 6 h 45 min, they are the largest. returns 0 or -errno */
int wav_write_header(FILE *file, int64_t frames);

/* Append float frames, rounded and clipped to 16 bit. returns 0 or -errno */
int wav_write(FILE *file, const float *pcm, int frames);

#endif
