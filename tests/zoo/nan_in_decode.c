/* nan_in_decode.c - what it decodes is no sound, for which a mixer would be blamed. */
#include "zoo.h"

#include <math.h>

static const struct fv_codec_methods *whole;
static struct fv_codec_methods codec;

static int decode(struct fv_decoder *self, float *out, int frames)
{
    int got = whole->decode(self, out, frames);
    if (got > 0)
        out[0] = NAN;
    return got;
}

MISBEHAVE
{
    whole = real_plugin("codec")->codec;
    codec = *whole;
    codec.decode = decode;
}

PLUGIN(codec);
