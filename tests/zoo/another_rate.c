/* another_rate.c - the real codec, but that it encodes at another bit rate than is asked
 * for. */
#include "zoo.h"

static const struct fv_codec_methods *whole;
static struct fv_codec_methods codec;

static int open_encoder(struct fv_codec *self, const struct fv_encoding *how,
                        struct fv_encoder **encoder, struct fv_error *error)
{
    struct fv_encoding other = *how;
    other.kbps = 320;
    return whole->open_encoder(self, &other, encoder, error);
}

MISBEHAVE
{
    whole = real_plugin("codec")->codec;
    codec = *whole;
    codec.open_encoder = open_encoder;
}

PLUGIN(codec);
