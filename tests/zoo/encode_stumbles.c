/* encode_stumbles.c - the real codec, but that it fails now and then on air. */
#include "zoo.h"

#define OFTEN 300 /* blocks; far more than a trial asks for */

static const struct fv_codec_methods *whole;
static struct fv_codec_methods codec;
static int blocks; /* what no plugin should have */

static int encode(struct fv_encoder *self, const float *pcm, uint8_t *out, size_t cap)
{
    return ++blocks % OFTEN == 0 ? -EIO : whole->encode(self, pcm, out, cap);
}

MISBEHAVE
{
    whole = real_plugin("codec")->codec;
    codec = *whole;
    codec.encode = encode;
}

PLUGIN(codec);
