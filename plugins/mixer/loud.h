/* loud.h - how loud a stretch of a track is, listened to while planning: K-weighted power
 * each half second (ITU-R BS.1770), as meters measure it.
 */
#ifndef LOUD_H
#define LOUD_H

#include "side.h"

#define LOUD_HOP (FV_RATE / 2) /* frames */
#define LOUD_HOPS 360

struct loud {
    const struct side *side;
    double first;             /* track frame of the first hop */
    int count;                /* 0: nothing could be read */
    double powers[LOUD_HOPS]; /* with the track's gain */
};

/* Listen to what lies between two track frames, at most LOUD_HOPS. */
void loud_listen(struct loud *loud, const struct side *side, double from, double to);

/* Loudness between two track frames, LUFS; what was not listened to is left out, and if
 * that is all, it is what the ears said. -HUGE_VAL: there is no sound */
double loud_level(const struct loud *loud, double from, double to);

#endif
