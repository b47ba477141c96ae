/* crash_in_refresh.c - a brain that crashes when it first looks at the crate. */
#include "zoo.h"

static int refresh(struct fv_brain *self, struct fv_error *error)
{
    (void)self;
    (void)error;
    crash();
    return 0;
}

MISBEHAVE
{
    brain.refresh = refresh;
}

PLUGIN(brain);
