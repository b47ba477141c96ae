/* prints_in_create.c - a good mixer with a line for its author left in it. */
#include "zoo.h"

static int create(const struct fv_host *host, struct fv_mixer **self)
{
    printf("{\"created\": true}\n");
    return mixer_create(host, self);
}

MISBEHAVE
{
    mixer.create = create;
}

PLUGIN(mixer);
