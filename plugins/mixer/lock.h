/* lock.h - beats on beats, to the millisecond: the last correction of what the grids say.
 */
#ifndef LOCK_H
#define LOCK_H

#include "match.h"

/* Frames to add to the incoming track's line, within 15 ms: the lag at which the onsets
 * of both agree best around the first beats of the overlap; 0 when they do not say. */
double lock_shift(const struct side *out, const struct side *in,
                  const struct match *match);

/* Whether what is heard at `count` beats from a beat on stays where the grid says: a
 * played tempo may have been taken for an even one. Where nothing can be told it is. */
bool lock_is_held(const struct side *side, int beat, int count, double most_s);

#endif
