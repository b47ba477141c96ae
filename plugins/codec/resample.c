/* resample.c - see resample.h. The filter is libsoxr's. */
#include "resample.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <soxr.h>

#include "clean.h"

enum {
    /* The filter's reach to either side, in frames at the lower of the two rates. */
    REACH = 512,
};

struct resampler {
    struct source *source;
    soxr_t soxr;
    int64_t length; /* frames at 44.1 kHz */
    int64_t at;     /* the next of them to hand out */

    int64_t chunk; /* the second in `out`, -1 = none */
    float *out;    /* margin_out, then FV_RATE frames of it */
    float *in;     /* margin_in, a second, margin_in frames of the source */
    int margin_in, margin_out;
    int64_t in_start; /* source frame at in[0] */
    int in_frames;    /* valid there; the source stands behind them */
};

static uint32_t greatest_divisor(uint32_t a, uint32_t b)
{
    while (b) {
        uint32_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

int64_t resampled_length(int64_t frames, uint32_t rate)
{
    int64_t seconds = frames / rate;
    int64_t rest = frames % rate;
    return seconds * FV_RATE + (rest * FV_RATE + rate / 2) / rate;
}

int resampler_new(struct source *source, struct resampler **resampler)
{
    struct resampler *r = calloc(1, sizeof *r);
    if (!r)
        return -ENOMEM;
    r->source = source;
    r->length = resampled_length(source->length, source->rate);
    r->chunk = -1;

    /* The margin is whole on both sides, too. */
    uint32_t common = greatest_divisor(source->rate, FV_RATE);
    uint32_t low = source->rate < FV_RATE ? source->rate : FV_RATE;
    uint32_t steps = (REACH * common + low - 1) / low;
    r->margin_in = (int)(source->rate / common * steps);
    r->margin_out = (int)(FV_RATE / common * steps);

    soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
    /* SOXR_VHQ takes 17 times as long for 15 dB that no sample of 20 bits can hold. */
    soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
    soxr_runtime_spec_t runtime = soxr_runtime_spec(1);
    soxr_error_t error = NULL;
    r->soxr =
        soxr_create(source->rate, FV_RATE, FV_CHANNELS, &error, &io, &quality, &runtime);
    size_t frame = sizeof(float) * FV_CHANNELS;
    r->in = malloc(((size_t)r->margin_in * 2 + source->rate) * frame);
    r->out = malloc(((size_t)r->margin_out + FV_RATE) * frame);
    if (error || !r->in || !r->out) {
        resampler_free(r);
        return -ENOMEM;
    }
    *resampler = r;
    return 0;
}

void resampler_free(struct resampler *r)
{
    if (!r)
        return;
    soxr_delete(r->soxr);
    free(r->in);
    free(r->out);
    free(r);
}

/* Fill `in` with the source around a chunk; silence where there is none. What is there
 * already from the chunk before is kept, so that reading on never seeks. */
static int fill_in(struct resampler *r, int64_t start)
{
    int whole = r->margin_in * 2 + (int)r->source->rate;
    int64_t kept = r->in_start + r->in_frames - start;
    if (r->in_frames > 0 && kept > 0 && start >= r->in_start) {
        memmove(r->in, r->in + (start - r->in_start) * FV_CHANNELS,
                (size_t)kept * FV_CHANNELS * sizeof *r->in);
    } else {
        kept = start < 0 ? -start : 0;
        memset(r->in, 0, (size_t)kept * FV_CHANNELS * sizeof *r->in);
        int64_t from = start < 0 ? 0 : start;
        if (from < r->source->length) {
            int status = r->source->kind->seek(r->source, from);
            if (status < 0)
                return status;
        }
    }
    r->in_start = start;
    r->in_frames = 0; /* until the rest has come */
    int got = 0;
    if (start + kept < r->source->length)
        got = source_read(r->source, r->in + kept * FV_CHANNELS, whole - (int)kept);
    if (got < 0)
        return got;
    int64_t valid = kept + got;
    memset(r->in + valid * FV_CHANNELS, 0,
           (size_t)(whole - valid) * FV_CHANNELS * sizeof *r->in);
    r->in_frames = whole;
    return 0;
}

static int make_chunk(struct resampler *r, int64_t chunk)
{
    r->chunk = -1;
    int status = fill_in(r, chunk * r->source->rate - r->margin_in);
    if (status < 0)
        return status;
    if (soxr_clear(r->soxr))
        return -ENOMEM;
    size_t wanted = (size_t)r->margin_out + FV_RATE;
    size_t fed = 0, made = 0;
    while (made < wanted) {
        size_t left = (size_t)r->in_frames - fed, used, more;
        const float *next =
            left ? r->in + fed * FV_CHANNELS : NULL; /* NULL: that was all */
        if (soxr_process(r->soxr, next, left, &used, r->out + made * FV_CHANNELS,
                         wanted - made, &more))
            return -ENOMEM;
        if (left == 0 && more == 0)
            return -EIO;
        fed += left ? used : 0;
        made += more;
    }
    clean_samples(r->out, (int64_t)wanted * FV_CHANNELS);
    r->chunk = chunk;
    return 0;
}

int resampler_read(struct resampler *r, float *out, int frames)
{
    int done = 0;
    while (done < frames && r->at < r->length) {
        int64_t chunk = r->at / FV_RATE;
        if (chunk != r->chunk) {
            int status = make_chunk(r, chunk);
            if (status < 0)
                return status;
        }
        int64_t within = r->at % FV_RATE;
        int64_t count = FV_RATE - within;
        if (count > frames - done)
            count = frames - done;
        if (count > r->length - r->at)
            count = r->length - r->at;
        memcpy(out + (size_t)done * FV_CHANNELS,
               r->out + (r->margin_out + within) * FV_CHANNELS,
               (size_t)count * FV_CHANNELS * sizeof *out);
        done += (int)count;
        r->at += count;
    }
    return done;
}

void resampler_seek(struct resampler *r, int64_t frame)
{
    r->at = frame;
}
