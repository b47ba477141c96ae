/* tilt.h - by how much the tempo of a line of beats is to be corrected.
 *
 * Swung and early notes lie off the line, each in its way, but not off those that are
 * played like them; and a section whose sounds rise more slowly must not tilt it. So
 * attacks are compared with others of their band, far from them, and what most pairs say
 * holds (as in H. Theil's and P. K. Sen's slope, of which this is the mode). Where nearly
 * as many say that the tempo is a round one, it is: a machine's mostly is.
 */
#ifndef TILT_H
#define TILT_H

#include "attack.h"

/* slope    seconds a second, by which the beats at `time` come too early, the later the
 *          more; 0 where no attacks agree
 * time     of two beats or more, on a line
 * returns  0 or -ENOMEM
 */
int tilt_find(double *slope, const double *time, size_t count,
              const struct attacks *attacks);

#endif
