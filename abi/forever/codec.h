/* forever/codec.h - a codec: audio files to PCM, PCM to MP3 frames.
 *
 * Decoders and encoders are objects of their own; the host uses each from one thread at
 * a time, but several of them at once. `self` is shared by all and is never written
 * after load().
 */
#ifndef FOREVER_CODEC_H
#define FOREVER_CODEC_H

#include <forever/audio.h>
#include <forever/host.h>
#include <forever/state.h>

#ifdef __cplusplus
extern "C" {
#endif

struct fv_codec;   /* the plugin's own */
struct fv_decoder; /* the plugin's own */
struct fv_encoder; /* the plugin's own */

#define FV_TAG 256 /* bytes for a tag, with its 0 */

/* What an audio file says of itself. The opener sets struct_size; the codec fills. */
struct fv_media {
    uint32_t struct_size;
    int64_t length; /* PCM frames at 44100 Hz, exact after gapless trimming */
    uint32_t source_rate, source_channels;
    char title[FV_TAG], artist[FV_TAG], album[FV_TAG], genre[FV_TAG];
    /* valid UTF-8 without control characters, empty = unknown */
};

struct fv_encoding {
    uint32_t struct_size;
    uint32_t kbps; /* constant: 64 .. 320, as MPEG-1 layer III has them */
};

struct fv_codec_methods {
    uint32_t struct_size;

    /* Encoding frame n needs no more past than this: an encoder that is fed the
     * `priming` blocks before n and whose first `priming` frames are dropped makes the
     * bytes of n and of every later frame as if it had been running for ever. */
    uint32_t priming;

    /* PCM frames by which decoded MP3 is late (LAME: 576 + 529). */
    uint32_t delay;

    /* returns  0 or -errno; thread [any]; after it only load() may change *self */
    int (*create)(const struct fv_host *host, struct fv_codec **self);
    void (*destroy)(struct fv_codec *self);
    int (*save)(const struct fv_codec *self, const struct fv_writer *to);
    int (*load)(struct fv_codec *self, const struct fv_reader *from);

    /* Open an audio file and say what it is.
     *
     * path     borrowed; a readable file, its name may say nothing about its kind
     * decoder  given; close_decoder frees it
     * about    borrowed, filled
     * error    borrowed, filled on failure: what is wrong with the file
     * returns  0; -EINVAL not audio that this codec reads; or -errno
     * thread   [scout] [mix] [worker]
     */
    int (*open_decoder)(struct fv_codec *self, const char *path,
                        struct fv_decoder **decoder, struct fv_media *about,
                        struct fv_error *error);

    /* The next `frames` frames, resampled and mixed to 44.1 kHz stereo.
     *
     * out      borrowed; finite numbers only, never NaN
     * returns  frames written; fewer only at the end; 0 behind it; or -errno
     */
    int (*decode)(struct fv_decoder *decoder, float *out, int frames);

    /* Go to a frame. What is decoded from there equals, sample for sample, what is there
     * when decoding from the start. returns 0 or -errno */
    int (*seek)(struct fv_decoder *decoder, int64_t frame);

    void (*close_decoder)(struct fv_decoder *decoder);

    /* encoder  given; close_encoder frees it. returns 0; -EINVAL no such bit rate */
    int (*open_encoder)(struct fv_codec *self, const struct fv_encoding *how,
                        struct fv_encoder **encoder, struct fv_error *error);

    /* Feed one block, take the frames that are finished.
     *
     * pcm      borrowed; FV_BLOCK stereo frames
     * out      borrowed; whole MP3 frames, each decodable alone (no bit reservoir)
     * cap      at least 4096
     * returns  bytes written: k blocks fed have given k - d frames for a constant d
     *          from the d-th block on; or -errno
     */
    int (*encode)(struct fv_encoder *encoder, const float *pcm, uint8_t *out, size_t cap);

    void (*close_encoder)(struct fv_encoder *encoder);
};

#ifdef __cplusplus
}
#endif
#endif
