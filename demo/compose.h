/* compose.h - the choices of one track: what chance and style decide before any sound. */
#ifndef DEMO_COMPOSE_H
#define DEMO_COMPOSE_H

#include <stdint.h>

#include "harmony.h"
#include "styles.h"

enum { PROGRESSION = 4, MOTIF_STEPS = 32, MOTIFS = 2 };

/* A melody of two bars: in each sixteenth a scale degree over the chord, or a rest. */
struct motif {
    struct {
        int degree, length; /* length 0: nothing begins here */
    } step[MOTIF_STEPS];
};

struct song {
    const struct style *style;
    int number; /* from 1 */
    uint64_t seed;
    char title[64], artist[64], album[64];
    float bpm;
    struct key key;
    double first_beat_s;
    int bars;
    struct chord chords[PROGRESSION];
    struct motif motifs[MOTIFS]; /* statement and answer */
};

/* Compose track `number` (0 .. style_count - 1) of the crate that `seed` makes. */
void compose(struct song *song, uint64_t seed, int number);

/* Frame of a beat, counted from the first. */
int64_t song_beat(const struct song *song, int beat);

/* Frame of a sixteenth within a bar, with swing. */
int64_t song_step(const struct song *song, int bar, int step);

/* Length of the whole track, its last tail included. */
int64_t song_frames(const struct song *song);

#endif
