/* pattern.c - what is heard, folded onto two beats. */
#include "pattern.h"

#include <math.h>
#include <string.h>

#define FEWEST 16   /* beats that have a pattern */
#define LOUD 8.0f   /* onsets count up to so many times the mean */
#define BESIDE 0.7f /* share of an onset that counts a frame off */

int onsets_init(struct onsets *out, const struct flux *flux)
{
    out->frames = flux->frames;
    out->origin = flux->origin;
    out->at = calloc(flux->frames + 1, sizeof *out->at);
    for (size_t n = 1; out->at && n + 1 < flux->frames; n++)
        for (int b = 0; b < FLUX_BANDS; b++) {
            const float *strip = flux->band[b] + n;
            float most = fmaxf(strip[0], BESIDE * fmaxf(strip[-1], strip[1]));
            out->at[n][b] = sqrtf(fminf(most, LOUD));
        }
    return out->at ? 0 : -ENOMEM;
}

void onsets_release(struct onsets *onsets)
{
    free(onsets->at);
}

/* The frame of a place of a beat. returns NULL: none is there */
static const float *hear(const struct onsets *onsets, double start, double period,
                         int place)
{
    double at = (start - onsets->origin) * FLUX_FPS +
                period * FLUX_FPS * place / PATTERN_PLACES + 0.5;
    return at >= 0.0 && at < (double)onsets->frames ? onsets->at[(size_t)at] : NULL;
}

static void add_beat(float out[PATTERN_PLACES][FLUX_BANDS], const struct onsets *onsets,
                     double start, double period)
{
    for (int k = 0; k < PATTERN_PLACES; k++) {
        const float *heard = hear(onsets, start, period, k);
        for (int b = 0; heard && b < FLUX_BANDS; b++)
            out[k][b] += heard[b];
    }
}

/* Take each band's mean off. */
static void centre(struct pattern *pattern)
{
    float mean[FLUX_BANDS] = {0};
    for (int i = 0; i < PATTERN_BEATS; i++)
        for (int k = 0; k < PATTERN_PLACES; k++)
            for (int b = 0; b < FLUX_BANDS; b++)
                mean[b] += pattern->at[i][k][b] / (PATTERN_BEATS * PATTERN_PLACES);
    for (int i = 0; i < PATTERN_BEATS; i++)
        for (int k = 0; k < PATTERN_PLACES; k++)
            for (int b = 0; b < FLUX_BANDS; b++)
                pattern->at[i][k][b] -= mean[b];
}

/* What a beat is worth is its product with the pattern, and the pattern is the sum of
 * all: scaled so that they are worth PATTERN_LIKE on average. */
static void scale(struct pattern *pattern, size_t beats)
{
    float square = 1e-9f, count = (float)beats;
    for (int i = 0; i < PATTERN_BEATS; i++)
        for (int k = 0; k < PATTERN_PLACES; k++)
            for (int b = 0; b < FLUX_BANDS; b++)
                square += pattern->at[i][k][b] * pattern->at[i][k][b];
    pattern->contrast = square / count / count;
    for (int i = 0; i < PATTERN_BEATS; i++)
        for (int k = 0; k < PATTERN_PLACES; k++)
            for (int b = 0; b < FLUX_BANDS; b++)
                pattern->at[i][k][b] *= PATTERN_LIKE * count / square;
}

void pattern_learn(struct pattern *out, const struct onsets *onsets,
                   const struct strip_d *beat)
{
    memset(out, 0, sizeof *out);
    if (beat->count < FEWEST)
        return;
    for (size_t i = 0; i + 1 < beat->count; i++)
        add_beat(out->at[i % PATTERN_BEATS], onsets, beat->at[i],
                 beat->at[i + 1] - beat->at[i]);
    centre(out);
    scale(out, beat->count - 1);
}

float pattern_worth(const struct pattern *pattern, const struct onsets *onsets,
                    size_t number, double start, double period)
{
    float sum = 0.0f;
    for (int k = 0; k < PATTERN_PLACES; k++) {
        const float *heard = hear(onsets, start, period, k);
        const float *like = pattern->at[number % PATTERN_BEATS][k];
        for (int b = 0; heard && b < FLUX_BANDS; b++)
            sum += heard[b] * like[b];
    }
    return sum;
}
