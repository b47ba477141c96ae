/* exits_in_create.c - takes the process with it. */
#include "zoo.h"

static int create(const struct fv_host *host, struct fv_mixer **self)
{
    (void)host;
    (void)self;
    exit(3);
}

MISBEHAVE
{
    mixer.create = create;
}

PLUGIN(mixer);
