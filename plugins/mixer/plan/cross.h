/* cross.h - where two tracks that no beat joins take each other's place: the crossfade
 * after which loudness has changed least.
 */
#ifndef CROSS_H
#define CROSS_H

#include "side.h"

struct cross {
    double leave, entry; /* track frames of both where it begins */
    double length;       /* frames of each */
    bool is_tail;        /* the first has become quiet: nothing has to make room */
};

/* Choose by the loudness of the end of one and of the beginning of the other.
 * from     track frame of `out` before which it cannot begin
 * most     frames that it may last */
void cross_find(const struct side *out, const struct side *in, double from, double most,
                struct cross *cross);

/* The gains of both at a share of its length, and those of their basses. */
void cross_gains(const struct cross *cross, double share, double gains[2],
                 double lows[2]);

#endif
