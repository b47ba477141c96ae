/* noise_later.c - passes every trial and ends its blocks in no number on air. */
#include "zoo.h"

#include <math.h>

#define LATER 100 /* blocks; far more than a trial asks for */

static int blocks; /* what no plugin should have */

static int render(struct fv_render *self, float *out, int frames)
{
    int count = real->render(self, out, frames);
    if (++blocks > LATER && count > 0)
        out[2 * count - 1] = NAN;
    return count;
}

MISBEHAVE
{
    mixer.render = render;
}

PLUGIN(mixer);
