/* rhythm.h - from the maps to the beats: tempo, pulses, meter, beats, doubts. */
#ifndef RHYTHM_H
#define RHYTHM_H

#include "beats.h"
#include "maps.h"
#include "unsure.h"

struct rhythm_ears {
    const struct maps *maps;
    const struct bands *bands;
    double first;      /* seconds: of the first sound; NAN where a part before has it */
    double start, end; /* seconds: of the music */
};

struct rhythm {
    struct tempo tempo;
    struct pulse pulse;
    struct meter meter;
    struct beats beats;
    struct strip_span unsure;
};

/* out      filled; rhythm_release frees it; of an error too
 * returns  0 or -ENOMEM */
int rhythm_find(struct rhythm *out, const struct rhythm_ears *ears);
void rhythm_release(struct rhythm *rhythm);

#endif
