/* decoder.h - any audio file as 44.1 kHz stereo float: what codec.c gives to the host.
 *
 * The functions are those of struct fv_codec_methods, without its `self`.
 */
#ifndef CODEC_DECODER_H
#define CODEC_DECODER_H

#include <forever/codec.h>

int decoder_open(const char *path, struct fv_decoder **decoder, struct fv_media *about,
                 struct fv_error *error);
int decoder_read(struct fv_decoder *decoder, float *out, int frames);
int decoder_seek(struct fv_decoder *decoder, int64_t frame);
void decoder_close(struct fv_decoder *decoder);

#endif
