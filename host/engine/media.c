/* media.c - keeps the last second of decoded audio in a ring, so that mixers may look
 * back a little without a seek. */
#include "media.h"

#include "bytes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define RING 65536     /* frames remembered, a power of two */
#define CHUNK 1024     /* frames decoded at a time */
#define SKIP_MAX 88200 /* a gap up to this is decoded through, a larger one sought */

struct media {
    struct generation *codec;
    struct fv_decoder *decoder;
    struct fv_pcm pcm;
    _Atomic int64_t *life_ms;
    int fault;
    int64_t first,
        next; /* frames in the ring: first <= n < next; next = decoder's place */
    float ring[RING * FV_CHANNELS];
};

/* Decode up to CHUNK frames into the ring. returns frames, 0 at the end, or -errno */
static int decode_more(struct media *media)
{
    size_t at = (size_t)media->next % RING;
    int room = (int)(RING - at) < CHUNK ? (int)(RING - at) : CHUNK;
    int count =
        media->codec->codec.decode(media->decoder, media->ring + at * FV_CHANNELS, room);
    if (count <= 0)
        return count;
    if (count > room)
        return -EPROTO;
    media->next += count;
    if (media->next - media->first > RING)
        media->first = media->next - RING;
    return count;
}

/* Bring frame `pos` into the ring. returns 0; 1: it lies behind the end; or -errno */
static int reach(struct media *media, int64_t pos)
{
    if (pos < media->first || pos > media->next + SKIP_MAX) {
        int rc = media->codec->codec.seek(media->decoder, pos);
        if (rc)
            return rc;
        media->first = media->next = pos;
    }
    while (pos >= media->next) {
        int count = decode_more(media);
        if (count < 0)
            return count;
        if (count == 0)
            return 1;
    }
    return 0;
}

static int read_pcm(void *ctx, int64_t pos, float *out, int frames)
{
    struct media *media = ctx;
    int done = 0, inside = 0;
    if (media->life_ms)
        atomic_store(media->life_ms, monotonic_ms());
    if (pos < 0) {
        done = inside = -pos < frames ? (int)-pos : frames;
        memset(out, 0, (size_t)done * FV_CHANNELS * sizeof *out);
    }
    while (done < frames && pos + done < media->pcm.length) {
        int64_t at = pos + done;
        int rc = reach(media, at);
        if (rc < 0)
            return media->fault = rc;
        if (rc > 0)
            break;
        size_t place = (size_t)at % RING;
        int64_t run = media->next - at;
        if (run > (int64_t)(RING - place))
            run = (int64_t)(RING - place);
        if (run > frames - done)
            run = frames - done;
        memcpy(out + (size_t)done * FV_CHANNELS, media->ring + place * FV_CHANNELS,
               (size_t)run * FV_CHANNELS * sizeof *out);
        done += (int)run;
        inside = done;
    }
    memset(out + (size_t)done * FV_CHANNELS, 0,
           (size_t)(frames - done) * FV_CHANNELS * sizeof *out);
    return inside;
}

int media_open(struct generation *codec, const char *path, struct media **media,
               struct fv_media *about, struct fv_error *error)
{
    struct media *made = must_alloc(sizeof *made);
    about->struct_size = sizeof *about;
    error->text[0] = 0;
    int rc =
        codec->codec.open_decoder(codec->self.codec, path, &made->decoder, about, error);
    if (rc) {
        generation_explain(rc, "open_decoder", error);
        free(made);
        return rc;
    }
    made->codec = generation_hold(codec);
    made->pcm = (struct fv_pcm){.struct_size = sizeof made->pcm,
                                .ctx = made,
                                .length = about->length,
                                .read = read_pcm};
    *media = made;
    return 0;
}

void media_close(struct media *media)
{
    if (!media)
        return;
    media->codec->codec.close_decoder(media->decoder);
    generation_drop(media->codec);
    free(media);
}

const struct fv_pcm *media_pcm(struct media *media)
{
    return &media->pcm;
}

int media_fault(const struct media *media)
{
    return media->fault;
}

void media_watch(struct media *media, _Atomic int64_t *life_ms)
{
    media->life_ms = life_ms;
}
