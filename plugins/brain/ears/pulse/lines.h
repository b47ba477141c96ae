/* lines.h - music that a machine plays, at one tempo and over and over, has a spectrum of
 * onsets that is all lines: at multiples of the frequency of four bars. Which tempos
 * these lines fit is sure to a part in thousands where windows of seconds, in which the
 * accents of a syncopated figure stand out, are misled.
 */
#ifndef LINES_H
#define LINES_H

#include "flux.h"

struct lines {
    double *sum; /* of the power of all bins below each; NULL: none are known */
    size_t bins;
    double hz;      /* of a bin */
    double seconds; /* of music */
};

/* Of a very short or very long track none are known.
 *
 * longest_s  period that will be asked about
 * out      filled; lines_release frees it; of an error too
 * returns  0 or -ENOMEM */
int lines_init(struct lines *out, const struct flux *flux, double longest_s);
void lines_release(struct lines *lines);

/* How much of the power lies on the lines of a beat's period, more than chance would have
 * it: about 0 (none) to 1 (all); 0 if no lines are known. */
double lines_fit(const struct lines *lines, double period);

/* The period near one that fits, on whose lines most lies of all. */
double lines_refine(const struct lines *lines, double period);

/* A step between two periods, as a share of them, that misses no fit. */
double lines_step(const struct lines *lines);

#endif
