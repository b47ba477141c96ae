/* plan_fails_later.c - passes every trial and plans nothing on air. */
#include "zoo.h"

#define LATER 100 /* blocks; far more than a trial asks for */

static int blocks; /* what no plugin should have */

static int render(struct fv_render *self, float *out, int frames)
{
    blocks++;
    return real->render(self, out, frames);
}

static int plan(struct fv_mixer *self, const struct fv_plan *ask,
                const struct fv_plan_sink *sink, struct fv_cursor *cursor)
{
    return blocks > LATER ? -ENOTSUP : real->plan(self, ask, sink, cursor);
}

MISBEHAVE
{
    mixer.render = render;
    mixer.plan = plan;
}

PLUGIN(mixer);
