/* scion.h - the tempo that a stretch of a track has by itself, if it is steady. */
#ifndef SCION_H
#define SCION_H

#include <stdbool.h>

#include "bands.h"
#include "meter.h"

/* Beats at first + k * period, seconds. */
struct scion_line {
    double first, period;
};

struct scion {
    struct scion_line line;   /* period 0: none was found */
    float chance[METER_SUBS]; /* logarithms: that the beats lie there, or so many quarters
                                 of a beat later */
};

struct scion_ears {
    struct meter_ears meter; /* pulse and start are not looked at */
    const struct bands *bands;
    double origin; /* seconds: of the bands' first point */
};

/* Hear from one time to another, in seconds.
 *
 * usual    seconds: the period of the other beats, to which the nearest octave is sought
 * returns  0 or -ENOMEM
 */
int scion_find(struct scion *out, const struct scion_ears *ears, double from, double to,
               double usual);

#endif
