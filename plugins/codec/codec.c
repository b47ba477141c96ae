/* codec.c - the plugin's face: decoders for what libmpg123 and libsndfile read, encoders
 * by LAME. It keeps no state of its own, so there is nothing to save or load.
 */
#include <errno.h>
#include <stdlib.h>

#include <forever/plugin.h>

#include "decoder.h"
#include "encode_lame.h"

struct fv_codec {
    const struct fv_host *host;
};

static int create(const struct fv_host *host, struct fv_codec **self)
{
    *self = calloc(1, sizeof **self);
    if (!*self)
        return -ENOMEM;
    (*self)->host = host;
    return 0;
}

static void destroy(struct fv_codec *self)
{
    free(self);
}

static int save(const struct fv_codec *self, const struct fv_writer *to)
{
    (void)self;
    (void)to;
    return 0;
}

static int load(struct fv_codec *self, const struct fv_reader *from)
{
    (void)self;
    (void)from;
    return 0;
}

static int open_decoder(struct fv_codec *self, const char *path,
                        struct fv_decoder **decoder, struct fv_media *about,
                        struct fv_error *error)
{
    (void)self;
    return decoder_open(path, decoder, about, error);
}

static int open_encoder(struct fv_codec *self, const struct fv_encoding *how,
                        struct fv_encoder **encoder, struct fv_error *error)
{
    (void)self;
    return encoder_open(how, encoder, error);
}

static const struct fv_codec_methods methods = {
    .struct_size = sizeof methods,
    .priming = ENCODER_PRIMING,
    .delay = ENCODER_DELAY,
    .create = create,
    .destroy = destroy,
    .save = save,
    .load = load,
    .open_decoder = open_decoder,
    .decode = decoder_read,
    .seek = decoder_seek,
    .close_decoder = decoder_close,
    .open_encoder = open_encoder,
    .encode = encoder_encode,
    .close_encoder = encoder_close,
};

FV_EXPORT const struct fv_plugin forever_plugin = {
    .struct_size = sizeof(struct fv_plugin),
    .abi_major = FV_ABI_MAJOR,
    .abi_minor = FV_ABI_MINOR,
    .name = "mpg123, libsndfile, FFmpeg, soxr and LAME",
    .version = "1.2",
    .codec = &methods,
};
