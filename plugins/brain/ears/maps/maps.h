/* maps.h - the maps that rhythm and harmony are read from, each with its place in time.
 */
#ifndef MAPS_H
#define MAPS_H

#include "flux.h"
#include "harmony.h"
#include "hearing.h"
#include "novelty.h"

struct maps {
    struct flux flux;
    struct harmony harmony;
    struct novelty novelty;
    double mel_origin,
        bands_origin; /* seconds of the first frame of hearing's own maps */
};

/* out      filled; maps_release frees it; of an error too
 * returns  0 or -ENOMEM */
int maps_init(struct maps *out, const struct hearing *hearing);
void maps_release(struct maps *maps);

#endif
