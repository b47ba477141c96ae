/* codec_fixture.h - the build's own codec, loaded, and music made of numbers. */
#ifndef CODEC_FIXTURE_H
#define CODEC_FIXTURE_H

#include "generation.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline struct generation *open_plugin(const char *name, enum kind kind,
                                             const struct services *services)
{
    const char *build = getenv("FOREVER_BUILD");
    char path[600];
    struct generation *generation;
    struct fv_error error;
    snprintf(path, sizeof path, "%s/%s.so", build ? build : "build", name);
    if (generation_open(path, kind, &generation, &error) ||
        generation_create(generation, services, NULL, &error)) {
        fprintf(stderr, "%s: %s\n", path, error.text);
        return NULL;
    }
    return generation;
}

/* Two moving tones and some noise, the same at each call. */
static inline void make_music(int64_t from, float *out, int frames)
{
    for (int i = 0; i < frames; i++) {
        uint32_t n = (uint32_t)(from + i), noise = (n * 2654435761u) ^ (n * 40503u << 7);
        double t = (double)n / FV_RATE;
        double tone = 0.3 * sin(2 * M_PI * (220 + 40 * sin(t)) * t);
        out[2 * i] = (float)(tone + 0.05 * ((double)noise / 4294967296.0 - 0.5));
        out[2 * i + 1] = (float)(0.25 * sin(2 * M_PI * 554.4 * t) * cos(3 * t));
    }
}

#endif
