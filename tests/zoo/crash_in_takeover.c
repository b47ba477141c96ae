/* crash_in_takeover.c - passes every trial and crashes when it opens a real track. */
#include "zoo.h"

#define TRIAL_LENGTH ((int64_t)90 * FV_RATE) /* of what it is rehearsed with */

static int open_real(struct fv_mixer *self, const struct fv_segment *segment,
                     const struct fv_pcm *const *pcm, int64_t offset,
                     struct fv_render **render)
{
    if (pcm[0]->length != TRIAL_LENGTH)
        crash();
    return real->open(self, segment, pcm, offset, render);
}

MISBEHAVE
{
    mixer.open = open_real;
}

PLUGIN(mixer);
