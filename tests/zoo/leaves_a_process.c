/* leaves_a_process.c - starts one in create, which goes on for ever. */
#include "zoo.h"

static int create(const struct fv_host *host, struct fv_mixer **self)
{
    if (fork() == 0)
        hang();
    return mixer_create(host, self);
}

MISBEHAVE
{
    mixer.create = create;
}

PLUGIN(mixer);
