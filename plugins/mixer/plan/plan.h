/* plan.h - where one track is left and the next begins. */
#ifndef MIXER_PLAN_H
#define MIXER_PLAN_H

#include <forever/mixer.h>

/* As fv_mixer_methods.plan. */
int plan_make(const struct fv_host *host, const struct fv_plan *ask,
              const struct fv_plan_sink *sink, struct fv_cursor *cursor);

#endif
