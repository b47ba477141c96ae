/* band.h - the players of a test track, and the desk they are mixed on. */
#ifndef BAND_H
#define BAND_H

#include <stdbool.h>

#include "song.h"

enum layer {
    LAYER_KICK,
    LAYER_SNARE,
    LAYER_HAT,
    LAYER_OPEN,
    LAYER_PERC,
    LAYER_BASS,
    LAYER_CHORD,
    LAYER_LEAD,
    LAYERS
};
#define LAYERS_DRUMS 31u

struct section {
    int first_bar, bars, first_beat;
    int odd_beats; /* of an odd bar at its end */
    int variant;   /* which alternative of each pattern */
    unsigned layers;
};

struct band {
    const struct style *style;
    struct dice dice;
    double bpm;
    int beats_per_bar, bars, beats;
    bool changes; /* its tempo, at a section */
    bool is_steady;
    struct section sections[SONG_SECTIONS];
    int section_count;
    double *beat_time; /* beats + 4 of them */
    unsigned char *mark;
    int tonic;
    bool is_minor;
};

/* Choose key, sounds and manners, play everything, mix and master.
 * out      borrowed; stereo, frames * 2 floats, all 0 */
void band_play(struct band *band, float *out, long frames);

#endif
