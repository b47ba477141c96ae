/* insane_analysis.c - its tempo is a number, but its beats run backwards. */
#include "zoo.h"

static int analyse(const struct fv_host *host, const struct fv_pcm *pcm,
                   const struct fv_analysis_sink *sink)
{
    static const double beats[] = {3, 2, 1};
    struct fv_analysis found = {.struct_size = sizeof found,
                                .duration = (double)pcm->length / FV_RATE,
                                .bpm = 120,
                                .beats = beats,
                                .beat_count = 3,
                                .key = -1,
                                .loudness_lufs = -14};
    (void)host;
    return sink->found(sink->ctx, &found);
}

MISBEHAVE
{
    brain.analyse = analyse;
}

PLUGIN(brain);
