/* key.h - the key of a piece: its notes, and the chords with which its phrases go on.
 *
 * A relative major has the same notes; what tells them apart is where the music comes
 * home. The weights are those of a softmax over all 24 keys, alike for every tonic,
 * fitted to composed songs: tests/ears/keys.c.
 */
#ifndef KEY_H
#define KEY_H

#include <stdbool.h>

#include "harmony.h"

#define KEY_KEYS (2 * FV_CHROMA)
#define KEY_BARS 8                 /* of each phrase */
#define KEY_TRIADS (2 * FV_CHROMA) /* C major .. B major, C minor .. B minor */
/* Of the piece, of the first bar of its sections and of each bar of its phrases the
 * chroma, the bass and how often each triad is heard; how often each triad stays for
 * another half bar, and how often it comes after the major triad on its fifth. */
#define KEY_PARTS ((2 + KEY_BARS) * 4 + 4)
#define KEY_INPUTS (KEY_PARTS * FV_CHROMA)

struct key {
    int tonic_mode; /* 0..11 C major .. B major, 12..23 minor, -1 unknown */
    float confidence;
};

struct key_ears {
    const struct harmony *harmony;
    const struct strip_d *phrase, *section; /* where they begin; may be empty */
    double bar_s;
};

/* What the weights see: of each part the root of each pitch class's share, C first.
 * returns  false: there is nothing to hear */
bool key_inputs(const struct key_ears *ears, float x[KEY_INPUTS]);

void key_find(struct key *out, const struct key_ears *ears);

#endif
