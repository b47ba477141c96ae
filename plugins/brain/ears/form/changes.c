/* changes.c - spectrum, busyness and attacks of each beat, and distances of their means.
 */
#include "changes.h"

#include <math.h>
#include <string.h>

#define ROW (MEL_BANDS + 2 * FLUX_BANDS)
#define SILENT_DB (-80.0f) /* all below is alike */
#define BUSY_DB 16.0f      /* weight of twice as many onsets in a beat ... */
#define ATTACK_DB 8.0f     /* ... and of one twice as strong on the beat */
#define EARLY 3.0          /* frames by which an onset may lead its beat */

static void describe(float *row, double start, double end,
                     const struct texture_ears *ears)
{
    const struct flux *flux = ears->flux;
    double first = (start - flux->origin) * FLUX_FPS - EARLY;
    double last = (end - flux->origin) * FLUX_FPS - EARLY;
    texture_spectrum(ears, start, end, row);
    for (int b = 0; b < MEL_BANDS; b++)
        row[b] = fmaxf(row[b], SILENT_DB);
    for (int b = 0; b < FLUX_BANDS; b++) {
        float sum = 0.0f, count = 1e-3f;
        for (double n = fmax(ceil(first), 0.0); n < last && n < (double)flux->frames;
             n++) {
            sum += flux->band[b][(size_t)n];
            count++;
        }
        row[MEL_BANDS + b] = BUSY_DB * log2f(0.1f + sum / count);
        row[MEL_BANDS + FLUX_BANDS + b] =
            ATTACK_DB * log2f(0.1f + flux_near(flux, flux->band[b], start, EARLY));
    }
}

int changes_init(struct changes *out, const struct strip_d *beats, double end,
                 const struct texture_ears *ears)
{
    memset(out, 0, sizeof *out);
    out->row = malloc((beats->count + 1) * ROW * sizeof *out->row);
    if (!out->row)
        return -ENOMEM;
    out->beats = beats->count;
    for (size_t i = 0; i < beats->count; i++)
        describe(out->row + i * ROW, beats->at[i],
                 i + 1 < beats->count ? beats->at[i + 1] : end, ears);
    return 0;
}

void changes_release(struct changes *changes)
{
    free(changes->row);
}

float changes_at(const struct changes *changes, size_t beat, size_t side)
{
    size_t before = beat < side ? beat : side;
    size_t left = changes->beats - beat, after = left < side ? left : side;
    float sum = 0.0f;
    if (before == 0 || after == 0)
        return 0.0f;
    for (size_t k = 0; k < ROW; k++) {
        float a = 0.0f, b = 0.0f;
        for (size_t i = 1; i <= before; i++)
            a += changes->row[(beat - i) * ROW + k];
        for (size_t i = 0; i < after; i++)
            b += changes->row[(beat + i) * ROW + k];
        float apart = b / (float)after - a / (float)before;
        sum += apart * apart;
    }
    return sqrtf(sum / ROW);
}
