/* decoded.h - a whole file through the decoder, and what has to hold for any. */
#ifndef CODEC_DECODED_H
#define CODEC_DECODED_H

#include "decoder.h"
#include "fixture.h"

enum { CHUNK_CAP = 5000 };

/* An opened file, decoded whole in chunks of all sizes. */
struct decoded {
    struct fv_decoder *decoder;
    struct fv_media about;
    float *pcm;
};

static inline struct decoded decode_whole(const char *path)
{
    struct decoded d = {.about = {.struct_size = sizeof d.about}};
    struct fv_error error = {""};
    int status = decoder_open(path, &d.decoder, &d.about, &error);
    if (status < 0)
        fail_msg("%s: %s", path, error.text);
    d.pcm = calloc((size_t)d.about.length + CHUNK_CAP, FV_CHANNELS * sizeof *d.pcm);
    int64_t done = 0;
    for (int got, want = 1;
         (got = decoder_read(d.decoder, d.pcm + done * FV_CHANNELS, want)) > 0;
         want = 1 + want * 7 % CHUNK_CAP)
        done += got;
    assert_int_equal(done, d.about.length);
    for (int64_t i = 0; i < done * FV_CHANNELS; i++)
        assert_true(isfinite(d.pcm[i]));
    return d;
}

static inline void assert_seeks_are_exact(const struct decoded *d)
{
    uint32_t seed = 5;
    static float again[3000 * FV_CHANNELS];
    for (int n = 0; n < 60; n++) {
        int64_t length = d->about.length;
        int64_t at = n == 0   ? 0
                     : n == 1 ? length - 1
                     : n == 2
                         ? length
                         : (int64_t)((noise(&seed) + 1.0f) * 0.4999f * (float)length);
        int want = 1 + n * 49;
        int left = length - at < want ? (int)(length - at) : want;
        assert_int_equal(decoder_seek(d->decoder, at), 0);
        assert_int_equal(decoder_read(d->decoder, again, want), left);
        if (memcmp(again, d->pcm + at * FV_CHANNELS,
                   (size_t)left * sizeof *again * FV_CHANNELS))
            fail_msg("%u Hz, %u channels, %lld frames: other sound at %lld",
                     d->about.source_rate, d->about.source_channels, (long long)length,
                     (long long)at);
    }
}

static inline void release(struct decoded *d)
{
    decoder_close(d->decoder);
    free(d->pcm);
}

/* The loudest difference from what was put in, once the encoder has settled. */
static inline float worst_difference(const struct decoded *d, const float *music,
                                     int64_t frames)
{
    float worst = 0.0f;
    for (int64_t i = 0; i < frames * FV_CHANNELS; i++)
        worst = fmaxf(worst, fabsf(d->pcm[i] - music[i]));
    return worst;
}

#endif
