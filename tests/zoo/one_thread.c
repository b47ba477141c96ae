/* one_thread.c - a good mixer that takes the border at its word: it crashes when it is
 * called on two threads at once, and takes its time so that this would show. */
#include "zoo.h"

#include <stdatomic.h>

#define SLOW_US 300

static atomic_int inside; /* what no plugin should have */

static void enter(void)
{
    if (atomic_fetch_add(&inside, 1) > 0)
        crash();
    usleep(SLOW_US);
}

static int save(const struct fv_mixer *self, const struct fv_writer *to)
{
    enter();
    int rc = real->save(self, to);
    atomic_fetch_sub(&inside, 1);
    return rc;
}

static int render(struct fv_render *self, float *out, int frames)
{
    enter();
    int rc = real->render(self, out, frames);
    atomic_fetch_sub(&inside, 1);
    return rc;
}

MISBEHAVE
{
    mixer.save = save;
    mixer.render = render;
}

PLUGIN(mixer);
