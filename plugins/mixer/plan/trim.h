/* trim.h - the gain knobs around a transition: where two tracks meet both are brought to
 * one level, which moves evenly from what the first leaves to what the second goes on
 * with.
 */
#ifndef TRIM_H
#define TRIM_H

#include "params.h"
#include "side.h"

/* Output frames before the overlap in which the first is moved, and behind it, in which
 * the second comes back. */
#define TRIM_LEAD (12 * FV_RATE)
#define TRIM_LAG (14 * FV_RATE)

#define TRIM_BESIDE_S 1.0 /* beside a place, that its level is the mean of */
/* By which both are raised at most in the overlap, besides, or lowered; shorter ones are
 * left alone. */
#define TRIM_RIDE_DB 5.0
#define TRIM_RIDE_LEAST_DB (-2.0)
#define TRIM_RIDE_S 4
/* By which one is raised at most, all in all: next to nothing is not made music. */
#define TRIM_MOST_DB 8.0

struct trim {
    const struct side *sides[2];
    double tracks[2];   /* track frames that are heard where the overlap begins ... */
    double rates[2];    /* ... and at which rates, about */
    int64_t from;       /* output frame before which nothing can be turned any more */
    int64_t at, length; /* the overlap, output frames; length 0: nothing is trimmed */
    double levels[2];   /* dB, before and behind it */
    int64_t lag;
};

/* Fill `levels` and `lag` from the rest. */
void trim_init(struct trim *trim);

/* The level, LUFS, that knobs aim at at an output frame: it moves evenly from what is
 * before to what is behind. */
double trim_wanted_db(const struct trim *trim, double at);

/* What a part's knob is turned by at an output frame, dB. */
double trim_db(const struct trim *trim, int part, int64_t at);

/* Add what is asked for between two output frames to a part's curve; in the overlap the
 * other curves, which have to be there, are made up for.
 * part     of the segment
 * which    0: the first track, 1: the second
 * returns  1: there is something; 0: nothing; -ENOMEM */
int trim_draw(const struct trim *trim, struct params *params, uint32_t part, int which,
              int64_t from, int64_t to);

#endif
