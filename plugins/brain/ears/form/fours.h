/* fours.h - the one of bars of four: by the meter network, and by what begins on it.
 *
 * It may move, at a bar of two or a cut, and is carried over breaks.
 */
#ifndef FOURS_H
#define FOURS_H

#include "changes.h"
#include "meter.h"

/* beats     borrowed, ascending, at least eight; `changes` are theirs
 * downbeat  seconds; the ones are added
 * chance    filled: mean chance of the ones
 * returns   0 or -ENOMEM
 */
int fours_lay(struct strip_d *downbeat, float *chance, const struct strip_d *beats,
              double bpm, const struct meter_ears *ears, const struct changes *changes);

#endif
