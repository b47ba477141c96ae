/* settle.c - a line or a curve, whichever meets the attacks, and its place among them.
 */
#include "settle.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bend.h"
#include "place.h"
#include "pull.h"
#include "tilt.h"

#define ON_BEAT_S 0.012 /* an attack this close to a beat is on it */
#define AS_GOOD 0.92
#define NEAREST_S 0.1 /* no beat comes sooner after another */

/* Share of the pulls that end on the beats, within about ON_BEAT_S. */
static double agreement_of(const double *time, const struct pull *pull, size_t count)
{
    double on = 0.0, all = 1e-9;
    for (size_t i = 0; i < count; i++) {
        double off = pull[i].at + pull[i].off - time[i];
        all += pull[i].weight;
        on += pull[i].weight / (1.0 + pow(off / ON_BEAT_S, 4.0));
    }
    return on / all;
}

/* Whether one line is what the beats keep to, rather than a curve. Where few attacks lie
 * on beats, a curve meets more of them by bending after chance: the fewer, the less that
 * counts against the line. */
static bool is_one_line(double line, double curve)
{
    return line >= curve * fmin(AS_GOOD, 1.0 - 1.5 * (1.0 - curve));
}

void settle_order(double *time, size_t count)
{
    for (size_t i = 1; i < count; i++)
        time[i] = fmax(time[i], time[i - 1] + NEAREST_S);
}

/* Lay the beats on a curve; or, if they may lie on `line`, on that all the same if it
 * meets as many attacks. */
static int lay_curve(struct settled *out, double *time, size_t count, const double *line,
                     const struct pull *pull, const struct attacks *attacks)
{
    double usual = pull_offset(pull, count);
    for (size_t i = 0; i < count; i++)
        time[i] += usual;
    int err = bend_beats(time, count, attacks);
    out->bends =
        err || !line ||
        !is_one_line(agreement_of(line, pull, count), agreement_of(time, pull, count));
    if (!out->bends)
        memcpy(time, line, count * sizeof *time);
    settle_order(time, count);
    return err;
}

/* `pull` and `line` have room for `count`. */
static int lay(struct settled *out, double *time, size_t count, enum settle_on on,
               const struct attacks *attacks, struct pull *pull, double *line)
{
    double slope = 0.0;
    int err = on == SETTLE_LINE ? 0 : bend_even(time, count);
    pull_find(pull, time, count, attacks, PULL_REACH_S);
    if (!err && on != SETTLE_CURVE)
        err = tilt_find(&slope, time, count, attacks);
    if (err)
        return err;
    if (on != SETTLE_CURVE)
        pull_line(line, pull, count, slope);
    if (on == SETTLE_LINE)
        memcpy(time, line, count * sizeof *time);
    else
        err =
            lay_curve(out, time, count, on == SETTLE_EITHER ? line : NULL, pull, attacks);
    out->agreement = agreement_of(time, pull, count);
    double shift = place_shift(attacks, time, count);
    for (size_t i = 0; i < count; i++)
        time[i] += shift;
    return err;
}

int settle_beats(struct settled *out, double *time, size_t count, enum settle_on on,
                 const struct attacks *attacks)
{
    struct pull *pull = malloc(count * sizeof *pull);
    double *line = malloc(count * sizeof *line);
    *out = (struct settled){.bends = false};
    int err = pull && line ? lay(out, time, count, on, attacks, pull, line) : -ENOMEM;
    free(pull);
    free(line);
    return err;
}
