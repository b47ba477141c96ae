/* encode_lame.h - PCM to MP3 frames that may be cut and joined anywhere.
 *
 * The functions are those of struct fv_codec_methods, without its `self`.
 */
#ifndef CODEC_ENCODE_LAME_H
#define CODEC_ENCODE_LAME_H

#include <forever/codec.h>

/* See fv_codec_methods.priming. Two blocks are what an encoder remembers; two are margin.
 */
#define ENCODER_PRIMING 4u
#define ENCODER_DELAY (576u + 529u)
#define ENCODER_LAG 1 /* k blocks fed have given k - 1 frames */

int encoder_open(const struct fv_encoding *how, struct fv_encoder **encoder,
                 struct fv_error *error);
int encoder_encode(struct fv_encoder *encoder, const float *pcm, uint8_t *out,
                   size_t cap);
void encoder_close(struct fv_encoder *encoder);

#endif
