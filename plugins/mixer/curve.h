/* curve.h - how a gain moves: points in time, and equal power between two of them. */
#ifndef CURVE_H
#define CURVE_H

#include <stdint.h>

struct curve_point {
    double at;    /* frames from the segment's start */
    double value; /* linear gain */
};

struct curve {
    struct curve_point *points; /* given to curve_release; ascending */
    uint32_t count;             /* 0: the gain is 1 throughout */
};

/* The gain at a position; before the first and behind the last point it stays. */
float curve_at(const struct curve *curve, double at);
void curve_release(struct curve *curve);

#endif
