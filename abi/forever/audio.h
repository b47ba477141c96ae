/* forever/audio.h - sound as it crosses the plugin border.
 *
 * One format everywhere: 44100 Hz, stereo, interleaved float, full scale = [-1, 1].
 * A "frame" of PCM is one left and one right sample. Positions and lengths are counted
 * in such frames unless a name says otherwise (_s seconds, _db decibels).
 */
#ifndef FOREVER_AUDIO_H
#define FOREVER_AUDIO_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FV_RATE 44100
#define FV_CHANNELS 2
#define FV_BLOCK 1152 /* PCM frames in one MP3 frame, the clock of the whole program */

/* The decoded audio of one track, lent by the host. */
struct fv_pcm {
    uint32_t struct_size;
    void *ctx;
    int64_t length; /* frames in the track */

    /* Copy `frames` frames that start at `pos` to `out`.
     *
     * pos      any value: what lies before 0 or behind the end reads as silence
     * out      borrowed; room for frames * FV_CHANNELS floats, always filled whole
     * returns  how many of them lie before the track's end (0: all behind it); or -errno
     * cost     cheap when pos goes on where the last read ended or lies up to a second
     *          back; elsewhere it is a seek in a compressed file
     */
    int (*read)(void *ctx, int64_t pos, float *out, int frames);
};

#ifdef __cplusplus
}
#endif
#endif
