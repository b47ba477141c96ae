/* crash_in_render.c - crashes with its first block. */
#include "zoo.h"

static int render(struct fv_render *self, float *out, int frames)
{
    (void)self;
    (void)out;
    crash();
    return frames;
}

MISBEHAVE
{
    mixer.render = render;
}

PLUGIN(mixer);
