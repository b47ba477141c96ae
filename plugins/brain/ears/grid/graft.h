/* graft.h - beats of another tempo, where the music goes on in one and the line of most
 * beats does not hold.
 *
 * Each doubt is heard by itself. If it has a steady tempo of its own, beats of that take
 * the place of the line's, from the beat on at which both meet, and up to where they meet
 * again.
 */
#ifndef GRAFT_H
#define GRAFT_H

#include "scion.h"
#include "unsure.h"

/* beats    on a line
 * doubts   of them, seconds
 * start, end   of the music, seconds
 * left     seconds of the doubts that nothing was grafted on; INFINITY if nothing was at
 * all returns  0 or -ENOMEM */
int graft_beats(struct beats *beats, const struct strip_span *doubts,
                const struct scion_ears *ears, double start, double end, double *left);

#endif
