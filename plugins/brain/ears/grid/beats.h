/* beats.h - the beats themselves: from coarse ones to a grid good to a millisecond. */
#ifndef BEATS_H
#define BEATS_H

#include <stdbool.h>

#include "bands.h"
#include "meter.h"

struct beats {
    struct strip_d time;
    double bpm;
    bool bends;       /* they lie on a curve, for the tempo moves; else on a line */
    double agreement; /* 0..1: share of the attacks near beats that lie on them */
};

/* Lay beats over [start, end] by the meter and pull them to the attacks they stand for.
 *
 * out      filled; beats_release frees it; of an error too
 * returns  0 or -ENOMEM
 */
int beats_init(struct beats *out, const struct meter *meter, const struct pulse *pulse,
               const struct bands *bands, double origin, double start, double end);

/* The beats of [start, end] as the meter says, where the pulses lie; adds to `out`.
 * returns 0 or -ENOMEM */
int beats_lay(struct strip_d *out, const struct meter *meter, const struct pulse *pulse,
              double start, double end);

/* Settle each piece of beats that lie on several lines by itself; their tempo is then
 * that of the middle one. returns 0 or -ENOMEM */
int beats_settle(struct beats *beats, const struct bands *bands, double origin);

/* Whether nothing is struck on the last beat: it is where the sound rings on. */
bool beats_ring_out(const struct strip_d *beat, const struct bands *bands, double origin);

void beats_release(struct beats *beats);

#endif
