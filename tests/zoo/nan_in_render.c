/* nan_in_render.c - one sample in a block is not a number. */
#include "zoo.h"

#include <math.h>

static int render(struct fv_render *self, float *out, int frames)
{
    int count = real->render(self, out, frames);
    out[frames] = NAN;
    return count;
}

MISBEHAVE
{
    mixer.render = render;
}

PLUGIN(mixer);
