/* accent.c - the correlation of the four bands with one beat of a fold. */
#include "accent.h"

#include <math.h>

#define STEPS 4
#define NEAR_FRAMES 2.0

/* One beat: the mean of the fold's four, each band about 0. */
static void beat_shape(const struct fold *fold, int phase, float shape[STEPS][FLUX_BANDS])
{
    for (int s = 0; s < STEPS; s++)
        for (int b = 0; b < FLUX_BANDS; b++) {
            shape[s][b] = -1.0f;
            for (int beat = 0; beat < 4; beat++)
                shape[s][b] += 0.25f * fold->at[(phase + s + 4 * beat) % METER_STEPS][b];
        }
}

int accent_find(float **out, const struct flux *flux, const struct tempo *tempo,
                const struct fold *fold, int phase)
{
    float shape[STEPS][FLUX_BANDS];
    *out = malloc((flux->frames + 1) * sizeof **out);
    if (!*out)
        return -ENOMEM;
    beat_shape(fold, phase, shape);
    for (size_t i = 0; i < flux->frames; i++) {
        double time = flux->origin + (double)i / FLUX_FPS;
        double step = tempo_at(tempo, time) * fold->ratio / STEPS;
        float sum = 0.0f;
        for (int s = 0; s < STEPS; s++)
            for (int b = 0; b < FLUX_BANDS; b++)
                sum += shape[s][b] *
                       flux_near(flux, flux->band[b], time + s * step, NEAR_FRAMES);
        (*out)[i] = sum > 0.0f ? sum : 0.0f;
    }
    return 0;
}
