/* steady.h - is there one period, to a thousandth, that the whole track keeps? */
#ifndef STEADY_H
#define STEADY_H

#include "flux.h"

struct steady {
    double period, phase; /* seconds; a pulse lies at phase + k * period */
    double wander_s;      /* how far its parts lie from that line, typically */
};

/* Look within a share `reach` of `period`. returns 0 or -ENOMEM */
int steady_find(struct steady *out, const struct flux *flux, double period, double reach);

#endif
