/* hang_in_create.c - never comes back from create. */
#include "zoo.h"

static int create(const struct fv_host *host, struct fv_mixer **self)
{
    (void)host;
    (void)self;
    hang();
    return 0;
}

MISBEHAVE
{
    mixer.create = create;
}

PLUGIN(mixer);
