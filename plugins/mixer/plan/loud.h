/* loud.h - how loud a stretch of a track is, as meters measure it: from the K-weighted
 * power (ITU-R BS.1770) that the ears kept, or, without it, from what they say of beats.
 */
#ifndef LOUD_H
#define LOUD_H

#include "side.h"

/* Whether anything is known of the track's loudness. */
bool loud_is_known(const struct side *side);

/* Mean power between two track frames, the track's gain included, as far as there is
 * sound; 0: none. */
double loud_power(const struct side *side, double from, double to);

/* The same as loudness, LUFS; -HUGE_VAL: none. */
double loud_level(const struct side *side, double from, double to);

/* Loudness of a power as above. */
double loud_of_power(double power);

#define LOUD_BANDS 3 /* low, mid, high: the isolator's */

/* Mean power again, told apart by bands as the ears tell them. */
void loud_bands(const struct side *side, double from, double to, double out[LOUD_BANDS]);

#endif
