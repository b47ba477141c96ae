/* print.c - 16-bit mono for libchromaprint, as much as its database keeps. */
#include "print.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>

#define RATE 44100
#define LISTEN_S 120
#define BLOCK 8192

int print_init(struct print *print)
{
    print->left = (int64_t)LISTEN_S * RATE;
    print->context = chromaprint_new(CHROMAPRINT_ALGORITHM_DEFAULT);
    if (!print->context || !chromaprint_start(print->context, RATE, 1))
        return -ENOMEM;
    return 0;
}

void print_release(struct print *print)
{
    if (print->context)
        chromaprint_free(print->context);
}

int print_feed(struct print *print, const float *stereo, int frames)
{
    int16_t mono[BLOCK];
    if (frames > print->left)
        frames = (int)print->left;
    if (frames == 0)
        return 0;
    for (int i = 0; i < frames; i++) {
        float mid = 0.5f * (stereo[2 * i] + stereo[2 * i + 1]);
        mono[i] = (int16_t)lrintf(fminf(fmaxf(mid, -1.0f), 1.0f) * 32767.0f);
    }
    print->left -= frames;
    return chromaprint_feed(print->context, mono, frames) ? 0 : -ENOMEM;
}

uint32_t print_find(struct print *print, uint32_t **out)
{
    int words = 0;
    *out = NULL;
    if (!chromaprint_finish(print->context) ||
        !chromaprint_get_raw_fingerprint(print->context, out, &words))
        return 0;
    return (uint32_t)words;
}
