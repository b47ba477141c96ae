/* place.h - where the beats lie among the attacks of each band.
 *
 * What a sequencer starts at one instant does not rise at one instant: a bass may take
 * 20 ms longer than the hat above it. The beat is where the first of them begins.
 */
#ifndef PLACE_H
#define PLACE_H

#include "attack.h"

/* How far the beats at `time` are to be moved, all alike, seconds; 0 where no band has
 * attacks that agree. */
double place_shift(const struct attacks *attacks, const double *time, size_t count);

#endif
