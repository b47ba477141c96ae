/* slips.h - where a chain of pulses slips from one sixteenth to another.
 *
 * It may at a jump of the tempo, or where the accents move; what lay on the beat before
 * then lies between beats.
 */
#ifndef SLIPS_H
#define SLIPS_H

#include "meter.h"

/* Fill meter->part: the network reads windows of the track, and a path through them pays
 * for each slip, but little where the tempo jumps.
 * returns  0 or -ENOMEM */
int slips_find(struct meter *meter, const struct meter_ears *ears,
               const struct tempo *tempo);

#endif
