/* pulse.h - a train of evenly felt pulses through the whole track.
 *
 * Its period is that of tempo.h's path, somewhere between 0.32 and 0.92 s; its phase is
 * that of the strongest onsets. It may still be the beat's half or double, or lie on the
 * off-beat: meter.h tells.
 */
#ifndef PULSE_H
#define PULSE_H

#include <stdbool.h>

#include "tempo.h"

struct pulse {
    struct strip_d time;
    bool is_line;   /* one period leads all the way */
    bool is_steady; /* and nothing strays from it */
};

/* out      filled; pulse_release frees it; of an error too
 * returns  0 or -ENOMEM */
int pulse_init(struct pulse *out, const struct flux *flux, const struct tempo *tempo);

/* One line by the longest stretch at the commonest tempo, drawn through the whole track;
 * empty if that is not steady. As pulse_init(). */
int pulse_line(struct pulse *out, const struct flux *flux, const struct tempo *tempo);
void pulse_release(struct pulse *pulse);

/* Time of a pulse number, between and beyond the pulses too. */
double pulse_time(const struct pulse *pulse, double number);

/* The pulse number of a time, as far beyond the ends as need be; of two pulses or more.
 */
double pulse_number(const struct pulse *pulse, double time);

#endif
