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

/* beats        on a line
 * doubts       of them, seconds
 * tempo        of the track: where it is at home, beats are as they should be
 * start, end   of the music, seconds
 * left         the seconds in doubt on which nothing was grafted; INFINITY if nothing was
 *              on any
 * returns      0 or -ENOMEM */
int graft_beats(struct beats *beats, const struct strip_span *doubts,
                const struct scion_ears *ears, const struct tempo *tempo, double start,
                double end, double *left);

#endif
