/* hang_in_destroy.c - passes every trial, and hangs when what was on air has to end. */
#include "zoo.h"

#define LATER 100 /* blocks; far more than a trial asks for */

static int blocks; /* what no plugin should have */

static int render(struct fv_render *self, float *out, int frames)
{
    blocks++;
    return real->render(self, out, frames);
}

static void destroy(struct fv_mixer *self)
{
    if (blocks > LATER)
        hang();
    real->destroy(self);
}

MISBEHAVE
{
    mixer.render = render;
    mixer.destroy = destroy;
}

PLUGIN(mixer);
