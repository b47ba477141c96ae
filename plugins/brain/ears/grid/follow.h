/* follow.h - beats of a tempo that moves, found once more by the track's own pattern.
 *
 * Where a chain of pulses bends, it may slip from one part of the beat to another, since
 * all that it knows is that something sounds on the quarters.
 */
#ifndef FOLLOW_H
#define FOLLOW_H

#include "meter.h"

/* Replace pulses by beats that fit what `meter` says of most of them, and follow the
 * tempo.
 * returns  0 or -ENOMEM */
int follow_tempo(struct pulse *pulse, const struct meter *meter, const struct flux *flux,
                 const struct tempo *tempo);

/* Do so where that leaves a line, gently and for many beats: it is none any more then.
 * returns  0 or -ENOMEM */
int follow_bent(struct pulse *line, const struct meter *meter, const struct flux *flux,
                const struct tempo *tempo);

#endif
