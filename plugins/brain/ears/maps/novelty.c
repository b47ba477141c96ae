/* novelty.c - the distance between the mean spectra of two seconds before and after. */
#include "novelty.h"

#include <math.h>
#include <string.h>

#include "decibel.h"

#define FRAMES 10   /* of the map in a point */
#define SIDE 20     /* points on either side */
#define FLOOR 70.0f /* codes below this differ by nothing that is heard */

/* Mean codes of each point's frames. */
static void fill_points(const struct mel *mel, float *points, size_t count)
{
    for (size_t p = 0; p < count; p++)
        for (size_t n = p * FRAMES; n < (p + 1) * FRAMES; n++)
            for (size_t b = 0; b < MEL_BANDS; b++) {
                float code = (float)mel->map.at[n * MEL_BANDS + b];
                points[p * MEL_BANDS + b] += (code > FLOOR ? code : FLOOR) / FRAMES;
            }
}

static void fill_distances(struct novelty *out, const float *points)
{
    float before[MEL_BANDS] = {0}, after[MEL_BANDS] = {0};
    if (out->count < 2 * SIDE + 1)
        return;
    for (size_t p = 0; p < 2 * SIDE; p++)
        for (size_t b = 0; b < MEL_BANDS; b++)
            (p < SIDE ? before : after)[b] += points[p * MEL_BANDS + b];
    for (size_t p = SIDE;; p++) {
        float sum = 0.0f;
        for (int b = 0; b < MEL_BANDS; b++) {
            float apart = (after[b] - before[b]) * (DECIBEL_STEP / SIDE);
            sum += apart * apart;
        }
        out->at[p] = sqrtf(sum / MEL_BANDS);
        if (p + SIDE >= out->count)
            return;
        for (size_t b = 0; b < MEL_BANDS; b++) {
            float here = points[p * MEL_BANDS + b];
            before[b] += here - points[(p - SIDE) * MEL_BANDS + b];
            after[b] += points[(p + SIDE) * MEL_BANDS + b] - here;
        }
    }
}

int novelty_init(struct novelty *out, const struct mel *mel)
{
    memset(out, 0, sizeof *out);
    out->count = mel->map.count / MEL_BANDS / FRAMES;
    out->at = calloc(out->count + 1, sizeof *out->at);
    float *points = calloc(out->count * MEL_BANDS + 1, sizeof *points);
    if (!out->at || !points) {
        free(points);
        return -ENOMEM;
    }
    fill_points(mel, points, out->count);
    fill_distances(out, points);
    free(points);
    return 0;
}

void novelty_release(struct novelty *novelty)
{
    free(novelty->at);
}

float novelty_near(const struct novelty *novelty, double time)
{
    double at = (time - novelty->origin) * NOVELTY_FPS;
    long n = (long)floor(at);
    if (n < 0 || n + 1 >= (long)novelty->count)
        return 0.0f;
    float part = (float)(at - (double)n);
    return novelty->at[n] + part * (novelty->at[n + 1] - novelty->at[n]);
}
