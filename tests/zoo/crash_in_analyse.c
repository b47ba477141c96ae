/* crash_in_analyse.c - hears something terrible. */
#include "zoo.h"

static int analyse(const struct fv_host *host, const struct fv_pcm *pcm,
                   const struct fv_analysis_sink *sink)
{
    (void)host;
    (void)pcm;
    (void)sink;
    crash();
    return 0;
}

MISBEHAVE
{
    brain.analyse = analyse;
}

PLUGIN(brain);
