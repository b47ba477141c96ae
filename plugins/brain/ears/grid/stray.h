/* stray.h - where the music leaves the line that its beats lie on: a player hurries for a
 * dozen beats, a piece slows down in its last bars.
 */
#ifndef STRAY_H
#define STRAY_H

#include "flux.h"

/* Move the beats that sound far more like the others beside their places; lay the last
 * ones anew where they do if each is longer than the one before.
 *
 * beat     of the whole track, seconds; as many as there is room for up to `end`
 * end      seconds: of the music
 * returns  0 or -ENOMEM */
int stray_mend(struct strip_d *beat, const struct flux *flux, double end);

#endif
