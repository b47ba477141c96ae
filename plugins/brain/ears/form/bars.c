/* bars.c - three or four beats, and the one of bars of three. */
#include "bars.h"

#include <math.h>
#include <string.h>

#include "fours.h"
#include "novelty.h"

#define THREE 1.0f /* likeness of beats three apart, above that of four */
#define ROWS 4     /* of a beat: low, body, mid onsets, harmonic change */

static float self_likeness(const float *row, size_t count, size_t lag)
{
    float mean = 0.0f, top = 0.0f, bottom = 1e-6f;
    for (size_t i = 0; i < count; i++)
        mean += row[i * ROWS] / (float)count;
    for (size_t i = 0; i < count; i++)
        bottom += (row[i * ROWS] - mean) * (row[i * ROWS] - mean);
    for (size_t i = lag; i < count; i++)
        top += (row[i * ROWS] - mean) * (row[(i - lag) * ROWS] - mean);
    return top / bottom;
}

/* How much more beats three apart are alike than beats four apart. */
static float three_score(const float *rows, size_t count)
{
    static const float weight[ROWS] = {1.0f, 0.7f, 1.0f, 0.7f};
    float score = 0.0f;
    if (count < 24)
        return -1.0f;
    for (int r = 0; r < ROWS; r++) {
        const float *row = rows + r;
        float three = self_likeness(row, count, 3) + self_likeness(row, count, 6);
        float four = self_likeness(row, count, 4) + self_likeness(row, count, 8);
        score += weight[r] * (three - four);
    }
    return score;
}

static int beat_rows(float **out, const struct strip_d *beats,
                     const struct meter_ears *ears)
{
    *out = malloc((beats->count + 1) * ROWS * sizeof **out);
    if (!*out)
        return -ENOMEM;
    for (size_t i = 0; i < beats->count; i++) {
        float *row = *out + i * ROWS;
        for (int b = 0; b < ROWS - 1; b++)
            row[b] = sqrtf(flux_near(ears->flux, ears->flux->band[b], beats->at[i], 3.0));
        row[ROWS - 1] = harmony_change(ears->harmony, beats->at[i]);
    }
    return 0;
}

/* The phase at which bars of three begin, by bass, harmony and novelty. */
static size_t three_phase(const float *rows, size_t count, const struct strip_d *beats,
                          const struct meter_ears *ears, float *confidence)
{
    static const float weight[ROWS] = {1.0f, 0.3f, -0.6f, 1.5f};
    float score[3] = {0}, mean[ROWS] = {1e-6f, 1e-6f, 1e-6f, 1e-6f}, sum = 0.0f;
    size_t best = 0;
    for (size_t i = 0; i < count; i++)
        for (int r = 0; r < ROWS; r++)
            mean[r] += rows[i * ROWS + (size_t)r] / (float)count;
    for (size_t i = 0; i < count; i++) {
        float here = 0.05f * novelty_near(ears->novelty, beats->at[i]);
        for (int r = 0; r < ROWS; r++)
            here += weight[r] * rows[i * ROWS + (size_t)r] / mean[r];
        score[i % 3] += 3.0f * here / (float)count;
    }
    for (size_t p = 1; p < 3; p++)
        best = score[p] > score[best] ? p : best;
    for (size_t p = 0; p < 3; p++)
        sum += expf(3.0f * (score[p] - score[best]));
    *confidence = 1.0f / sum;
    return best;
}

static int lay_bars(struct bars *out, const struct strip_d *beats, double bpm,
                    const struct meter_ears *ears, const struct changes *changes)
{
    float *rows;
    int err = beat_rows(&rows, beats, ears);
    if (err)
        return err;
    float three = three_score(rows, beats->count);
    if (three > THREE) {
        out->beats_per_bar = 3;
        size_t first = three_phase(rows, beats->count, beats, ears, &out->bar_confidence);
        for (size_t i = first; !err && i < beats->count; i += 3)
            err = STRIP_PUSH(&out->downbeat, beats->at[i]);
    } else {
        out->beats_per_bar = 4;
        err = fours_lay(&out->downbeat, &out->bar_confidence, beats, bpm, ears, changes);
    }
    out->bar_confidence *= 1.0f / (1.0f + expf(-3.0f * fabsf(three - THREE)));
    free(rows);
    return err;
}

int bars_init(struct bars *out, const struct strip_d *beats, double bpm,
              const struct meter_ears *ears, const struct changes *changes)
{
    memset(out, 0, sizeof *out);
    return beats->count < 8 ? 0 : lay_bars(out, beats, bpm, ears, changes);
}

void bars_release(struct bars *bars)
{
    free(bars->downbeat.at);
}
