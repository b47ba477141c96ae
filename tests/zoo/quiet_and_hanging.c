/* quiet_and_hanging.c - closes its output, as if it had ended, and never comes back. */
#include "zoo.h"

static int create(const struct fv_host *host, struct fv_mixer **self)
{
    (void)host;
    (void)self;
    close(STDOUT_FILENO);
    hang();
    return 0;
}

MISBEHAVE
{
    mixer.create = create;
}

PLUGIN(mixer);
