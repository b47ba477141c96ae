/* forgets_state.c - takes any state and keeps none: allowed, and a good plugin. */
#include "zoo.h"

static int save(const struct fv_mixer *self, const struct fv_writer *to)
{
    (void)self;
    (void)to;
    return 0;
}

static int load(struct fv_mixer *self, const struct fv_reader *from)
{
    (void)self;
    return from->get_int(from->ctx, "nothing.of.the.kind", 7) == 7 ? 0 : -EINVAL;
}

MISBEHAVE
{
    mixer.save = save;
    mixer.load = load;
}

PLUGIN(mixer);
