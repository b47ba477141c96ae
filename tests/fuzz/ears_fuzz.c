/* ears_fuzz.c - libFuzzer: any samples, any length, reads that stop early.
 *
 * The first bytes choose how the rest becomes sound: raw floats (NaN and infinities too)
 * or bytes held for a while, repeated up to half a minute.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ears.h"

struct source {
    const uint8_t *bytes;
    size_t size;
    int is_raw, hold;
    int64_t length, real_length; /* what it says, and where it ends */
};

static float sample_at(const struct source *source, int64_t pos, int side)
{
    if (source->is_raw) {
        size_t count = source->size / sizeof(float);
        float x = 0.0f;
        if (count > 0)
            memcpy(&x, source->bytes + (size_t)(2 * pos + side) % count * sizeof x,
                   sizeof x);
        return x;
    }
    size_t at = (size_t)(pos / source->hold) % (source->size + 1);
    return at < source->size ? ((float)source->bytes[at] - 128.0f) / 128.0f : 0.0f;
}

static int read_source(void *ctx, int64_t pos, float *out, int frames)
{
    const struct source *source = ctx;
    int64_t left = source->real_length - pos;
    for (int i = 0; i < frames; i++)
        for (int side = 0; side < 2; side++)
            out[2 * i + side] = i < left ? sample_at(source, pos + i, side) : 0.0f;
    return left < 0 ? 0 : left < frames ? (int)left : frames;
}

static bool never(void *ctx)
{
    (void)ctx;
    return false;
}

static void ignore(void *ctx, double share)
{
    (void)ctx;
    if (!(share >= 0.0 && share <= 1.0))
        abort();
}

static void must(int claim)
{
    if (!claim)
        abort();
}

static int check(void *ctx, const struct fv_analysis *a)
{
    (void)ctx;
    must(isfinite(a->bpm) && isfinite(a->loudness_lufs) && isfinite(a->true_peak_dbtp));
    must(isfinite(a->loudness_range_lu) && isfinite(a->tuning_cents));
    must(a->energy >= 0.0f && a->energy <= 1.0f);
    must(a->danceability >= 0.0f && a->danceability <= 1.0f);
    for (uint32_t i = 0; i < a->power_count; i++)
        must(isfinite(a->power[i]) && a->power[i] >= 0.0f);
    for (uint32_t i = 0; i < a->unsure_count; i++)
        must(a->unsure[i].start >= (i ? a->unsure[i - 1].end : 0.0) &&
             a->unsure[i].start <= a->unsure[i].end && a->unsure[i].end <= a->duration);
    must(a->tempo_confidence >= 0.0f && a->tempo_confidence <= 1.0f);
    must(a->beat_confidence >= 0.0f && a->beat_confidence <= 1.0f);
    must(a->bar_confidence >= 0.0f && a->bar_confidence <= 1.0f);
    must(a->phrase_confidence >= 0.0f && a->phrase_confidence <= 1.0f);
    must(a->key_confidence >= 0.0f && a->key_confidence <= 1.0f);
    for (uint32_t i = 1; i < a->beat_count; i++)
        must(a->beats[i] > a->beats[i - 1]);
    for (uint32_t i = 0; i < a->section_count; i++)
        must(a->sections[i].end >= a->sections[i].start);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 4)
        return 0;
    struct source source = {.bytes = bytes + 4,
                            .size = size - 4,
                            .is_raw = bytes[0] & 1,
                            .hold = 1 + bytes[1] * 16,
                            .length = (int64_t)bytes[2] * 44100 / 8 + bytes[3]};
    source.real_length = bytes[0] & 2 ? source.length * 2 / 3 : source.length;
    const struct fv_host host = {
        .struct_size = sizeof host, .cancelled = never, .progress = ignore};
    const struct fv_pcm pcm = {.struct_size = sizeof pcm,
                               .ctx = &source,
                               .length = source.length,
                               .read = read_source};
    const struct fv_analysis_sink sink = {.struct_size = sizeof sink, .found = check};
    must(ears_analyse(&host, &pcm, &sink) == 0);
    return 0;
}
