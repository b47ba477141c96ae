/* key.h - the key of a piece from its chroma. */
#ifndef KEY_H
#define KEY_H

#include "harmony.h"

struct key {
    int tonic_mode; /* 0..11 C major .. B major, 12..23 minor, -1 unknown */
    float confidence;
};

void key_find(struct key *out, const struct harmony *harmony);

#endif
