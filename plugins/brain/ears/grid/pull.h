/* pull.h - attacks near coarse beats, and what most of them agree on: an offset, a line.
 *
 * Robust: a beat without an attack, or with a wrong one, must not bend the line.
 */
#ifndef PULL_H
#define PULL_H

#include <stdbool.h>
#include <stddef.h>

#include "attack.h"

#define PULL_REACH_S 0.045 /* an attack this far off may be the beat's */

struct pull {
    double at;     /* coarse time, seconds */
    double off;    /* of the attack, seconds */
    double weight; /* 0: no attack */
};

/* The strongest attack within `reach` seconds of each of some times. */
void pull_find(struct pull *out, const double *time, size_t count,
               const struct attacks *attacks, double reach);

/* The offset that most of them agree on, seconds. */
double pull_offset(const struct pull *pull, size_t count);

/* Lay beats on the line of a slope, seconds a second, that most of them lie on: two or
 * more. */
void pull_line(double *time, const struct pull *pull, size_t count, double slope);

#endif
