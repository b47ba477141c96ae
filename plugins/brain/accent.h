/* accent.h - how much each moment sounds like this track's own beat.
 *
 * Onset strength alone cannot tell a beat from the sixteenth next to it; the track's mean
 * beat, as its fold shows it in four bands, can.
 */
#ifndef ACCENT_H
#define ACCENT_H

#include "meter.h"

/* out      given: free(); one value for each frame of flux, none below 0
 * returns  0 or -ENOMEM
 */
int accent_find(float **out, const struct flux *flux, const struct tempo *tempo,
                const struct fold *fold, int phase);

#endif
