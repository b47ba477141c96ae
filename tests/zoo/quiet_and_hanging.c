/* quiet_and_hanging.c - closes its files, as if it had ended, and never comes back. */
#include "zoo.h"

static int create(const struct fv_host *host, struct fv_mixer **self)
{
    (void)host;
    (void)self;
    for (int fd = 0; fd < 64; fd++)
        close(fd);
    hang();
    return 0;
}

MISBEHAVE
{
    mixer.create = create;
}

PLUGIN(mixer);
