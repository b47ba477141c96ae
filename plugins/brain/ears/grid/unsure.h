/* unsure.h - where the beats may not hold: another tempo is clearly heard there, or
 * theirs becomes another; or none is heard, or hardly anything near the beats, and that
 * of the track moves.
 *
 * A break in music that keeps its tempo is not among them, however little is heard.
 */
#ifndef UNSURE_H
#define UNSURE_H

#include <forever/track.h>

#include "attack.h"
#include "beats.h"
#include "tempo.h"

struct strip_span {
    struct fv_span *at;
    size_t count, room;
};

/* out      borrowed, empty; filled with stretches in order, apart from each other,
 *          seconds
 * end      seconds: of the music; a doubt about its last window goes on up to there
 * returns  0 or -ENOMEM
 */
int unsure_find(struct strip_span *out, const struct beats *beats,
                const struct tempo *tempo, double end);

/* Add where next to nothing rises near beats that bend, eight and more in a row: there
 * they go on as they were before or become behind it, and a played tempo does not.
 * returns 0 or -ENOMEM
 */
int unsure_add_faint(struct strip_span *out, const struct beats *beats,
                     const struct attacks *attacks, double end);

#endif
