/* crash_in_destroy.c - plays well, and crashes when it has to go. */
#include "zoo.h"

static void destroy(struct fv_mixer *self)
{
    (void)self;
    crash();
}

MISBEHAVE
{
    mixer.destroy = destroy;
}

PLUGIN(mixer);
