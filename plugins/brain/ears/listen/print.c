/* print.c - 16-bit mono for libchromaprint, as much as its database keeps. */
#include "print.h"

#include <errno.h>
#include <stddef.h>

#define RATE 11025
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

int print_feed(struct print *print, const float *in, int count)
{
    int16_t samples[BLOCK];
    if (count > print->left)
        count = (int)print->left;
    if (count == 0)
        return 0;
    for (int i = 0; i < count; i++) {
        float scaled = in[i] * 32767.0f;
        scaled = scaled > 32767.0f ? 32767.0f : scaled < -32767.0f ? -32767.0f : scaled;
        samples[i] = (int16_t)scaled;
    }
    print->left -= count;
    return chromaprint_feed(print->context, samples, count) ? 0 : -ENOMEM;
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
