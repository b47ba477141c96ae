/* ends_nowhere.c - plans well, but the track goes on at no number. */
#include "zoo.h"

#include <math.h>

static int plan(struct fv_mixer *self, const struct fv_plan *ask,
                const struct fv_plan_sink *sink, struct fv_cursor *cursor)
{
    int rc = real->plan(self, ask, sink, cursor);
    cursor->track = (double)NAN;
    return rc;
}

MISBEHAVE
{
    mixer.plan = plan;
}

PLUGIN(mixer);
