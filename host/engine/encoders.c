/* encoders.c - an encoder is primed with a few blocks of the past; its first frames,
 * which do not know that past, are dropped. */
#include "encoders.h"

#include "mp3_frame.h"

#include <errno.h>
#include <string.h>

#define OUT_BYTES 8192
#define DELAY_MAX 16 /* blocks before which an encoder has given its first frame */

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
    encoders->first = encoders_first_block(codec, frame);
    encoders->wanted = frame;
    for (size_t i = 0; i < count; i++) {
        struct fv_encoding how = {.struct_size = sizeof how, .kbps = kbps[i]};
        error->text[0] = 0;
        int rc = codec->codec.open_encoder(codec->self.codec, &how,
                                           &encoders->encoders[i], error);
        if (rc) {
            generation_explain(rc, "open_encoder", error);
            encoders_close(encoders);
            return rc;
        }
        encoders->kbps[i] = kbps[i];
        encoders->count++;
        encoders->next[i] = encoders->first;
    }
    return 0;
}

/* Pass on what an encoder has given after a block. */
static int take_frames(struct encoders *encoders, size_t i, const uint8_t *out,
                       size_t bytes, const struct frame_sink *sink)
{
    uint64_t given = encoders->next[i];
    bool may_wait = given == encoders->first && encoders->fed <= DELAY_MAX;
    if (bytes == 0)
        return may_wait ? 0 : -EPROTO;
    if (mp3_frame_length(out, bytes) != bytes || mp3_frame_kbps(out) != encoders->kbps[i])
        return -EPROTO; /* not one whole MP3 frame, or another than was asked for */
    encoders->next[i]++;
    return given < encoders->wanted ? 0 : sink->frame(sink->ctx, i, given, out, bytes);
}

int encoders_feed(struct encoders *encoders, const float *pcm,
                  const struct frame_sink *sink)
{
    if (encoders->count == 0)
        return -EBADF;
    encoders->fed++;
    for (size_t i = 0; i < encoders->count; i++) {
        uint8_t out[OUT_BYTES];
        int bytes =
            encoders->codec->codec.encode(encoders->encoders[i], pcm, out, sizeof out);
        if (bytes > OUT_BYTES)
            return -EPROTO;
        int rc = bytes < 0 ? bytes : take_frames(encoders, i, out, (size_t)bytes, sink);
        if (rc)
            return rc;
    }
    return 0;
}
