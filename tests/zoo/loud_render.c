/* loud_render.c - a gain that has lost its decimal point. */
#include "zoo.h"

static int render(struct fv_render *self, float *out, int frames)
{
    int count = real->render(self, out, frames);
    for (int i = 0; i < frames * FV_CHANNELS; i++)
        out[i] *= 1000;
    return count;
}

MISBEHAVE
{
    mixer.render = render;
}

PLUGIN(mixer);
