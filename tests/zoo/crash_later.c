/* crash_later.c - passes every trial and crashes on air. */
#include "zoo.h"

#define LATER 100 /* blocks; far more than a trial asks for */

static int blocks; /* what no plugin should have */

static int render(struct fv_render *self, float *out, int frames)
{
    if (++blocks > LATER)
        crash();
    return real->render(self, out, frames);
}

MISBEHAVE
{
    mixer.render = render;
}

PLUGIN(mixer);
