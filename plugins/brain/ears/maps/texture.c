/* texture.c - means over a stretch, a cepstrum of them, and a guess at a lead voice. */
#include "texture.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "decibel.h"

#define CEPSTRUM_SCALE 10.0f /* dB: puts the usual values within +-1 or so */
#define LEAD_LOW_HZ 300.0
#define LEAD_HIGH_HZ 3400.0
#define LOW_HZ 200.0 /* a band above it is mid */
#define HIGH_HZ 3500.0
#define SQUARE (1.0f / 3.0f) /* mean of a sine, whose bins in the window sum to 1.5 */

struct span {
    size_t first, last; /* last is behind the end; at least one point */
};

static struct span span_of(double start, double end, double origin, double fps,
                           size_t count)
{
    double a = ceil((start - origin) * fps), b = ceil((end - origin) * fps);
    double most = count > 0 ? (double)count - 1.0 : 0.0;
    a = a < 0.0 ? 0.0 : a > most ? most : a;
    b = b < a + 1.0 ? a + 1.0 : b > most + 1.0 ? most + 1.0 : b;
    return (struct span){(size_t)a, (size_t)b};
}

void texture_spectrum(const struct texture_ears *ears, double start, double end,
                      float db[MEL_BANDS])
{
    const struct strip_b *map = &ears->mel->map;
    struct span span =
        span_of(start, end, ears->mel_origin, MEL_FPS, map->count / MEL_BANDS);
    float scale = 1.0f / (float)(span.last - span.first);
    for (size_t b = 0; b < MEL_BANDS; b++) {
        float sum = 0.0f;
        for (size_t n = span.first; n < span.last && n * MEL_BANDS < map->count; n++)
            sum += (float)map->at[n * MEL_BANDS + b];
        db[b] = decibel_of(sum * scale);
    }
}

static void fill_timbre(struct fv_beat *out, const float *db,
                        float cosine[FV_TIMBRE][MEL_BANDS])
{
    out->timbre[0] = 0.0f;
    for (int k = 0; k < FV_TIMBRE; k++) {
        float sum = 0.0f;
        for (int b = 0; b < MEL_BANDS; b++)
            sum += db[b] * cosine[k][b];
        out->timbre[k] =
            k == 0 ? sum / MEL_BANDS : sum / (CEPSTRUM_SCALE * MEL_BANDS / 4);
    }
}

/* `power`: of each code of the map; `band`: 0 low, 1 mid, 2 high. */
static void fill_levels(struct fv_beat *out, const struct texture_ears *ears,
                        double start, double end, const float power[256],
                        const int band[MEL_BANDS])
{
    const struct strip_b *map = &ears->mel->map;
    struct span span =
        span_of(start, end, ears->mel_origin, MEL_FPS, map->count / MEL_BANDS);
    float sum[3] = {0};
    for (size_t n = span.first; n < span.last && n * MEL_BANDS < map->count; n++)
        for (size_t b = 0; b < MEL_BANDS; b++)
            sum[band[b]] += power[map->at[n * MEL_BANDS + b]];
    float scale = SQUARE / (float)(span.last - span.first);
    out->low = sqrtf(sum[0] * scale);
    out->mid = sqrtf(sum[1] * scale);
    out->high = sqrtf(sum[2] * scale);
}

/* A lead stands out of the spectrum where voices are, and has few pitches at a time. */
static float lead_salience(const float *db, const float *chroma, const bool *is_lead)
{
    float lead = -200.0f, around = 0.0f, tonal = 0.0f;
    int outside = 0;
    for (int b = 0; b < MEL_BANDS; b++) {
        if (is_lead[b]) {
            lead = fmaxf(lead, db[b]);
        } else {
            around += db[b];
            outside++;
        }
    }
    for (int c = 0; c < FV_CHROMA; c++)
        tonal += chroma[c] * chroma[c];
    float stands_out = (lead - around / (float)outside - 12.0f) / 12.0f;
    float score = 1.5f * stands_out + 6.0f * (tonal - 0.2f);
    return lead < -60.0f ? 0.0f : 1.0f / (1.0f + expf(-score));
}

int texture_find(struct fv_beat **out, const struct texture_ears *ears,
                 const double *times, size_t count, double end)
{
    *out = calloc(count + 1, sizeof **out);
    if (!*out)
        return -ENOMEM;
    bool is_lead[MEL_BANDS];
    int band[MEL_BANDS];
    float power[256], cosine[FV_TIMBRE][MEL_BANDS];
    for (int code = 0; code < 256; code++)
        power[code] = powf(10.0f, 0.1f * decibel_of((float)code));
    for (int b = 0; b < MEL_BANDS; b++) {
        double hz = mel_frequency(b);
        is_lead[b] = hz >= LEAD_LOW_HZ && hz <= LEAD_HIGH_HZ;
        band[b] = (hz >= LOW_HZ) + (hz >= HIGH_HZ);
    }
    for (int k = 0; k < FV_TIMBRE; k++)
        for (int b = 0; b < MEL_BANDS; b++)
            cosine[k][b] = cosf((float)M_PI * (float)k * ((float)b + 0.5f) / MEL_BANDS);
    for (size_t i = 0; i < count; i++) {
        struct fv_beat *beat = *out + i;
        double stop = i + 1 < count ? times[i + 1] : fmin(end, times[i] + 1.0);
        float db[MEL_BANDS];
        texture_spectrum(ears, times[i], stop, db);
        harmony_mean(ears->harmony, times[i], stop, beat->chroma);
        fill_timbre(beat, db, cosine);
        fill_levels(beat, ears, times[i], stop, power, band);
        beat->voice = lead_salience(db, beat->chroma, is_lead);
    }
    return 0;
}
