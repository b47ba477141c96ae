/* fade.h - where a track without a trusted beat is left, and where a cut can be made.
 */
#ifndef FADE_H
#define FADE_H

#include "side.h"

struct fade {
    double length; /* output frames */
    double entry;  /* track frame of the incoming track where it begins */
    bool is_tail;  /* the outgoing track has become quiet: nothing has to make room */
};

/* A crossfade at the end of `out`: from where it stays 8 LU under its own loudness on, at
 * most `most` frames; else a short one at its end. */
void fade_plan(const struct side *out, const struct side *in, double most,
               struct fade *fade);

struct cut {
    int out_beat, in_beat; /* downbeats that take each other's place */
    double cost;
};

/* The pair of downbeats between which a cut changes least and leaves out least. `from`:
 * track frame of `out` before which it cannot be. returns whether there is one */
bool fade_find_cut(const struct side *out, const struct side *in, double from,
                   bool is_soon, struct cut *cut);

#endif
