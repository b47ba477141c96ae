/* flux.c - onset strength from the band map, the same for quiet and loud masters. */
#include "flux.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "decibel.h"

#define LAG 2           /* frames */
#define KNEE_DB 40.0f   /* below the track's loud bands: what is weaker hardly counts */
#define LOUD_SHARE 0.98 /* of all values lie below the track's loud bands */
#define FAINTEST 0.15   /* mean of all onsets: below, a held tone flickers by a code */
#define SLOW_S 0.6      /* half width of the mean that is taken off `all` */

static const float band_weight[FLUX_BANDS] = {1.0f, 0.7f, 1.0f, 0.7f};

static int band_of(int mel_band)
{
    double hz = mel_frequency(mel_band);
    return hz < 160.0    ? FLUX_LOW
           : hz < 600.0  ? FLUX_BODY
           : hz < 3000.0 ? FLUX_MID
                         : FLUX_HIGH;
}

/* The level in dB that LOUD_SHARE of the map stays below. */
static float loud_level(const struct strip_b *map)
{
    size_t histogram[256] = {0}, seen = 0;
    for (size_t i = 0; i < map->count; i++)
        histogram[map->at[i]]++;
    for (int code = 0; code < 256; code++) {
        seen += histogram[code];
        if ((double)seen >= LOUD_SHARE * (double)map->count)
            return decibel_of((float)code);
    }
    return decibel_of(255.0f);
}

static void fill_bands(struct flux *out, const struct strip_b *map)
{
    float curve[256];
    int group[MEL_BANDS];
    float knee = loud_level(map) - KNEE_DB;
    for (int code = 0; code < 256; code++)
        curve[code] = log1pf(powf(10.0f, (decibel_of((float)code) - knee) / 20.0f));
    for (int b = 0; b < MEL_BANDS; b++)
        group[b] = band_of(b);
    for (size_t n = LAG; n < out->frames; n++) {
        const uint8_t *now = map->at + n * MEL_BANDS;
        const uint8_t *then = now - LAG * MEL_BANDS;
        for (int b = 0; b < MEL_BANDS; b++) {
            uint8_t before = then[b];
            if (b > 0 && then[b - 1] > before)
                before = then[b - 1];
            if (b + 1 < MEL_BANDS && then[b + 1] > before)
                before = then[b + 1];
            if (now[b] > before)
                out->band[group[b]][n] += curve[now[b]] - curve[before];
        }
    }
}

static double sum_of(const float *strip, size_t count)
{
    double sum = 0.0;
    for (size_t i = 0; i < count; i++)
        sum += (double)strip[i];
    return sum;
}

static void scale_to_mean(float *strip, size_t count, bool is_heard)
{
    double sum = sum_of(strip, count);
    float scale = is_heard && sum > 1e-9 ? (float)((double)count / sum) : 0.0f;
    for (size_t i = 0; i < count; i++)
        strip[i] *= scale;
}

static void fill_sum(struct flux *out)
{
    const size_t reach = (size_t)(SLOW_S * FLUX_FPS);
    const size_t n = out->frames;
    float *raw = out->all + n; /* second half of the allocation */
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        raw[i] = 0.0f;
        for (int b = 0; b < FLUX_BANDS; b++)
            raw[i] += band_weight[b] * out->band[b][i];
    }
    for (size_t i = 0; i < n + reach; i++) {
        if (i < n)
            sum += (double)raw[i];
        if (i >= 2 * reach + 1)
            sum -= (double)raw[i - 2 * reach - 1];
        if (i >= reach)
            out->all[i - reach] =
                fmaxf(0.0f, raw[i - reach] - (float)(sum / (double)(2 * reach + 1)));
    }
}

int flux_init(struct flux *out, const struct mel *mel)
{
    memset(out, 0, sizeof *out);
    size_t frames = mel->map.count / MEL_BANDS;
    float *room = calloc(frames * (FLUX_BANDS + 2) + 1, sizeof *room);
    if (!room)
        return -ENOMEM;
    out->frames = frames;
    for (int b = 0; b < FLUX_BANDS; b++)
        out->band[b] = room + (size_t)b * frames;
    out->all = room + FLUX_BANDS * frames;
    fill_bands(out, &mel->map);
    bool is_heard = sum_of(out->band[0], FLUX_BANDS * frames) > FAINTEST * (double)frames;
    for (int b = 0; b < FLUX_BANDS; b++)
        scale_to_mean(out->band[b], frames, is_heard);
    fill_sum(out);
    return 0;
}

void flux_release(struct flux *flux)
{
    free(flux->band[0]);
}

struct flux flux_part(const struct flux *flux, double from, double to)
{
    struct flux out = *flux;
    size_t first = (size_t)fmax(0.0, (from - flux->origin) * FLUX_FPS);
    size_t last = (size_t)fmax(0.0, (to - flux->origin) * FLUX_FPS);
    last = last < flux->frames ? last : flux->frames;
    first = first < last ? first : last;
    for (int b = 0; b < FLUX_BANDS; b++)
        out.band[b] += first;
    out.all += first;
    out.frames = last - first;
    out.origin += (double)first / FLUX_FPS;
    return out;
}

float flux_near(const struct flux *flux, const float *strip, double time, double reach)
{
    double at = (time - flux->origin) * FLUX_FPS;
    long first = (long)ceil(at - reach), last = (long)floor(at + reach);
    float most = 0.0f;
    if (first < 0)
        first = 0;
    for (long n = first; n <= last && n < (long)flux->frames; n++) {
        float near = 1.0f - (float)(fabs((double)n - at) / (reach + 1.0));
        most = fmaxf(most, strip[n] * near);
    }
    return most;
}
