/* encoders.c - an encoder is primed with a few blocks of the past; its first frames,
 * which do not know that past, are dropped. */
#include "encoders.h"

#include "mp3_frame.h"

#include <errno.h>
#include <string.h>

#define OUT_BYTES 8192

uint64_t encoders_first_block(const struct generation *codec, uint64_t frame)
{
    return frame > codec->codec.priming ? frame - codec->codec.priming : 0;
}

void encoders_close(struct encoders *encoders)
{
    for (size_t i = 0; i < encoders->count; i++)
        encoders->codec->codec.close_encoder(encoders->encoders[i]);
    generation_drop(encoders->codec);
    *encoders = (struct encoders){0};
}

int encoders_open(struct encoders *encoders, struct generation *codec,
                  const uint32_t *kbps, size_t count, uint64_t frame,
                  struct fv_error *error)
{
    encoders_close(encoders);
    encoders->codec = generation_hold(codec);
    encoders->wanted = frame;
    for (size_t i = 0; i < count; i++) {
        struct fv_encoding how = {.struct_size = sizeof how, .kbps = kbps[i]};
        int rc = codec->codec.open_encoder(codec->self.codec, &how,
                                           &encoders->encoders[i], error);
        if (rc) {
            encoders_close(encoders);
            return rc;
        }
        encoders->kbps[i] = kbps[i];
        encoders->count++;
        encoders->next[i] = encoders_first_block(codec, frame);
    }
    return 0;
}

int encoders_feed(struct encoders *encoders, const float *pcm,
                  const struct frame_sink *sink)
{
    if (encoders->count == 0)
        return -EBADF;
    for (size_t i = 0; i < encoders->count; i++) {
        uint8_t out[OUT_BYTES];
        int bytes =
            encoders->codec->codec.encode(encoders->encoders[i], pcm, out, sizeof out);
        size_t used = 0;
        if (bytes < 0 || bytes > OUT_BYTES)
            return bytes < 0 ? bytes : -EPROTO;
        while (used < (size_t)bytes) {
            size_t length = mp3_frame_length(out + used, (size_t)bytes - used);
            if (length == 0 || used + length > (size_t)bytes ||
                mp3_frame_kbps(out + used) != encoders->kbps[i])
                return -EPROTO; /* not whole MP3 frames, or others than were asked for */
            uint64_t number = encoders->next[i]++;
            int rc = number < encoders->wanted
                         ? 0
                         : sink->frame(sink->ctx, i, number, out + used, length);
            if (rc)
                return rc;
            used += length;
        }
    }
    return 0;
}
