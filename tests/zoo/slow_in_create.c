/* slow_in_create.c - takes two seconds to begin, as any may on a busy machine. */
#include "zoo.h"

static int create(const struct fv_host *host, struct fv_mixer **self)
{
    sleep(2);
    return mixer_create(host, self);
}

MISBEHAVE
{
    mixer.create = create;
}

PLUGIN(mixer);
