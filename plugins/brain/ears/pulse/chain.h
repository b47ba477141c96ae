/* chain.h - the best chain of pulses along a tempo path (Ellis, "Beat tracking by dynamic
 * programming", JNMR 2007): strong onsets, steps close to the period.
 */
#ifndef CHAIN_H
#define CHAIN_H

#include "tempo.h"

/* Find a chain through `strip`, one value for each frame of flux, none below 0.
 *
 * out      borrowed, empty; filled with times in seconds
 * ratio    of a step to the path's period
 * returns  0 or -ENOMEM
 */
int chain_find(struct strip_d *out, const struct flux *flux, const float *strip,
               const struct tempo *tempo, double ratio);

#endif
