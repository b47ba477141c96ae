/* press.h - PCM to an MP3 file on all processors. Chunks of the show are encoded beside
 * each other, each by an encoder that was primed with the blocks before it; since a frame
 * depends on nothing else, the bytes are those of one encoder.
 */
#ifndef PRESS_H
#define PRESS_H

#include "generation.h"

#include <stdio.h>

struct press;

/* file     borrowed, written from its start: an Info frame, then the frames
 * returns  0 or -errno */
int press_open(struct press **press, struct generation *codec, uint32_t kbps, int threads,
               FILE *file, struct fv_error *error);

/* Append `frames` PCM frames. Waits while all encoders are busy. */
int press_feed(struct press *press, const float *pcm, int frames);

/* Encode what is left, write the Info frame, free all. returns 0 or the first -errno */
int press_close(struct press *press);

#endif
