/* lock.h - beats on beats, to the millisecond: the last correction of what the grids say.
 */
#ifndef LOCK_H
#define LOCK_H

#include "match.h"

/* Frames to add to the incoming track's line, within 15 ms: the lag at which the onsets
 * of both agree best around the first beats of the overlap; 0 when they do not say. */
double lock_shift(const struct side *out, const struct side *in,
                  const struct match *match);

#endif
