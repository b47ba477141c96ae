/* lock.h - beats on beats, to the millisecond: the last correction of what the grids say.
 */
#ifndef LOCK_H
#define LOCK_H

#include "match.h"

/* Listen to both tracks at up to 40 beats of an overlap, its first and last among them.
 * most_s   that what is heard of one track may move against its grid meanwhile: a played
 *          tempo may have been taken for an even one
 * shift    frames to add to the incoming track's line, within 15 ms: the lag at which the
 *          onsets of both agree best; 0 when they do not say
 * returns  whether both grids hold; where nothing can be told they do */
bool lock_find(const struct side *out, const struct side *in, const struct match *match,
               double most_s, double *shift);

#endif
