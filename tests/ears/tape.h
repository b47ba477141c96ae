/* tape.h - an audio file read from its beginning to its end, 44.1 kHz stereo.
 */
#ifndef TAPE_H
#define TAPE_H

#include <stdint.h>

struct tape;

/* .mp3 by libmpg123 (gapless), anything else by libsndfile.
 * returns  0; -EINVAL: not audio, or not at 44.1 kHz in one or two channels; -ENOMEM */
int tape_open(const char *path, struct tape **tape);

/* out      frames * 2 samples
 * returns  frames read, fewer only at the end */
int64_t tape_read(struct tape *tape, float *out, int64_t frames);
void tape_close(struct tape *tape);

#endif
