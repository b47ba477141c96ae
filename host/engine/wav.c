/* wav.c - no dither: the same samples give the same bytes. */
#include "wav.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define RATE 44100u
#define FRAME_BYTES 4u
#define HEADER 44

static void put(uint8_t *at, uint32_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

int wav_write_header(FILE *file, int64_t frames)
{
    uint8_t head[HEADER] = "RIFF....WAVEfmt ";
    uint64_t size = (uint64_t)frames * FRAME_BYTES, whole = size + HEADER - 8;
    if (whole > UINT32_MAX) /* what reads it takes this for "up to the file's end" */
        whole = size = UINT32_MAX;
    put(head + 4, (uint32_t)whole, 4);
    put(head + 16, 16, 4);
    put(head + 20, 1, 2); /* PCM */
    put(head + 22, 2, 2);
    put(head + 24, RATE, 4);
    put(head + 28, RATE * FRAME_BYTES, 4);
    put(head + 32, FRAME_BYTES, 2);
    put(head + 34, 16, 2);
    memcpy(head + 36, "data", 4);
    put(head + 40, (uint32_t)size, 4);
    if (fseek(file, 0, SEEK_SET) != 0 || fwrite(head, 1, HEADER, file) != HEADER)
        return errno ? -errno : -EIO;
    return 0;
}

int wav_write(FILE *file, const float *pcm, int frames)
{
    uint8_t bytes[4096];
    int done = 0, count = frames * 2;
    while (done < count) {
        int run = count - done < 2048 ? count - done : 2048;
        for (int i = 0; i < run; i++) {
            float scaled = fminf(fmaxf(pcm[done + i] * 32768.0f, -32768.0f), 32767.0f);
            put(bytes + 2 * i, (uint32_t)lrintf(scaled), 2);
        }
        if (fwrite(bytes, 2, (size_t)run, file) != (size_t)run)
            return errno ? -errno : -EIO;
        done += run;
    }
    return 0;
}
