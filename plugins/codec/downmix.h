/* downmix.h - any number of channels to two. */
#ifndef CODEC_DOWNMIX_H
#define CODEC_DOWNMIX_H

#define DOWNMIX_CHANNELS 64 /* at most */

/* What of each channel goes left and right. */
struct downmix {
    int channels;
    float left[DOWNMIX_CHANNELS], right[DOWNMIX_CHANNELS];
};

/* Weights for channels that libsndfile names by `map` (SF_CHANNEL_MAP_*).
 *
 * Mono goes to both sides as it is, stereo stays as it is. Of more, centre and surround
 * go down by 3 dB (ITU-R BS.775), the LFE is left out, and all is scaled so that it can
 * not clip.
 */
void downmix_init(struct downmix *mix, const int *map, int channels);

/* in: frames * channels, out: frames * 2 samples, interleaved. */
void downmix_run(const struct downmix *mix, const float *in, float *out, int frames);

#endif
