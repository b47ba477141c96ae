/* maps.c - one clock for everything: the filters' delays are taken off here. */
#include "maps.h"

#include <string.h>

#define FLUX_LEAD_S 0.012 /* by which onset strength runs ahead of the sound */

int maps_init(struct maps *out, const struct hearing *hearing)
{
    memset(out, 0, sizeof *out);
    int err = flux_init(&out->flux, &hearing->mel);
    if (!err)
        err = harmony_init(&out->harmony, &hearing->pitch, &hearing->deep);
    if (!err)
        err = novelty_init(&out->novelty, &hearing->mel);
    out->mel_origin = MEL_ORIGIN - HEARING_HALF_S;
    out->bands_origin = -HEARING_HALF_S;
    out->flux.origin = out->mel_origin + FLUX_LEAD_S;
    out->harmony.origin = PITCH_ORIGIN - HEARING_EIGHTH_S;
    out->novelty.origin = out->mel_origin;
    return err;
}

void maps_release(struct maps *maps)
{
    flux_release(&maps->flux);
    harmony_release(&maps->harmony);
    novelty_release(&maps->novelty);
}
