/* refuses_state.c - will have nothing to do with its past. */
#include "zoo.h"

static int load(struct fv_mixer *self, const struct fv_reader *from)
{
    (void)self;
    (void)from;
    return -EINVAL;
}

MISBEHAVE
{
    mixer.load = load;
}

PLUGIN(mixer);
