/* media.h - a track's audio as fv_pcm: any position, a second of memory, a decoder that
 * seeks only when it has to.
 */
#ifndef MEDIA_H
#define MEDIA_H

#include "generation.h"

#include <forever/audio.h>

struct media;

/* codec    a codec generation; held until media_close
 * path     borrowed
 * about    filled: what the file says of itself
 * media    given */
int media_open(struct generation *codec, const char *path, struct media **media,
               struct fv_media *about, struct fv_error *error);
void media_close(struct media *media);

/* Kept until media_close. */
const struct fv_pcm *media_pcm(struct media *media);

/* The code of the first read that failed; 0 = none has. */
int media_fault(const struct media *media);

/* Touch this at each read, a sign of life; NULL: no one looks. */
void media_watch(struct media *media, _Atomic int64_t *life_ms);

#endif
