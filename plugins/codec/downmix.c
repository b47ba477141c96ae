/* downmix.c - see downmix.h. */
#include "downmix.h"

#include <stddef.h>

#include <sndfile.h>

static void weigh(int position, float *left, float *right)
{
    static const float side = 0.70710678f;

    *left = *right = 0.0f;
    switch (position) {
    case SF_CHANNEL_MAP_LEFT:
    case SF_CHANNEL_MAP_FRONT_LEFT:
    case SF_CHANNEL_MAP_FRONT_LEFT_OF_CENTER:
        *left = 1.0f;
        break;
    case SF_CHANNEL_MAP_RIGHT:
    case SF_CHANNEL_MAP_FRONT_RIGHT:
    case SF_CHANNEL_MAP_FRONT_RIGHT_OF_CENTER:
        *right = 1.0f;
        break;
    case SF_CHANNEL_MAP_REAR_LEFT:
    case SF_CHANNEL_MAP_SIDE_LEFT:
    case SF_CHANNEL_MAP_TOP_FRONT_LEFT:
    case SF_CHANNEL_MAP_TOP_REAR_LEFT:
        *left = side;
        break;
    case SF_CHANNEL_MAP_REAR_RIGHT:
    case SF_CHANNEL_MAP_SIDE_RIGHT:
    case SF_CHANNEL_MAP_TOP_FRONT_RIGHT:
    case SF_CHANNEL_MAP_TOP_REAR_RIGHT:
        *right = side;
        break;
    case SF_CHANNEL_MAP_LFE:
        break;
    default:
        *left = *right = side;
    }
}

void downmix_init(struct downmix *mix, const int *map, int channels)
{
    mix->channels = channels;
    if (channels <= 2) {
        mix->left[0] = mix->right[channels - 1] = 1.0f;
        if (channels == 2)
            mix->left[1] = mix->right[0] = 0.0f;
        return;
    }
    float sum_left = 0.0f, sum_right = 0.0f;
    for (int c = 0; c < channels; c++) {
        weigh(map[c], &mix->left[c], &mix->right[c]);
        sum_left += mix->left[c];
        sum_right += mix->right[c];
    }
    float most = sum_left > sum_right ? sum_left : sum_right;
    for (int c = 0; c < channels && most > 1.0f; c++) {
        mix->left[c] /= most;
        mix->right[c] /= most;
    }
}

void downmix_run(const struct downmix *mix, const float *in, float *out, int frames)
{
    for (int i = 0; i < frames; i++, in += mix->channels, out += 2) {
        float left = 0.0f, right = 0.0f;
        for (int c = 0; c < mix->channels; c++) {
            left += mix->left[c] * in[c];
            right += mix->right[c] * in[c];
        }
        out[0] = left;
        out[1] = right;
    }
}
