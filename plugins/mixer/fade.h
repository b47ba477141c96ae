/* fade.h - where a track without a trusted beat is left, and where a cut can be made.
 */
#ifndef FADE_H
#define FADE_H

#include "side.h"

/* Frames of a crossfade at the end of `out`: from where it stays 8 LU under its own
 * loudness on, at least a little and at most `most`. */
double fade_length(const struct side *out, const struct side *in, double most);

/* The beat at which `out` may be cut off, a phrase if it can be; INT_MAX: none */
int fade_cut_beat(const struct side *out, double from, bool is_soon);

/* Whether a track is as loud at a beat as a cut wants it. */
bool fade_begins_strong(const struct side *in, int beat);

#endif
