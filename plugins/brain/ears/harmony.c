/* harmony.c - 36 classes to 12, and the distance between two half seconds. */
#include "harmony.h"

#include <math.h>
#include <string.h>

#define SIDE 4 /* frames on either side of a change */

static void sum_to_one(float *chroma)
{
    float sum = 0.0f;
    for (int c = 0; c < FV_CHROMA; c++)
        sum += chroma[c];
    for (int c = 0; c < FV_CHROMA; c++)
        chroma[c] = sum > 0.0f ? chroma[c] / sum : 0.0f;
}

/* Classes are a third of a semitone wide: each semitone takes the three around it. */
static void fill_chroma(struct harmony *out, const struct pitch *pitch)
{
    int shift = (int)lrint(pitch_tuning(pitch) * 3.0 / 100.0);
    for (size_t n = 0; n < out->frames; n++) {
        const uint8_t *fine = pitch->map.at + n * PITCH_CLASSES;
        float *chroma = out->chroma + n * FV_CHROMA;
        for (int c = 0; c < FV_CHROMA; c++)
            for (int k = 0; k < 3; k++)
                chroma[c] += fine[(3 * c + k + shift + PITCH_CLASSES) % PITCH_CLASSES];
        sum_to_one(chroma);
    }
}

static void fill_bass(struct harmony *out, const struct pitch *pitch)
{
    int shift = (int)lrint(pitch_tuning(pitch) * 3.0 / 100.0);
    for (size_t n = 0; n < out->frames; n++) {
        int fine = pitch->bass.at[n];
        out->bass[n] = fine < PITCH_CLASSES
                           ? (uint8_t)((fine - shift + PITCH_CLASSES) % PITCH_CLASSES / 3)
                           : FV_CHROMA;
    }
}

static void fill_change(struct harmony *out)
{
    for (size_t n = SIDE; n + SIDE <= out->frames; n++) {
        float before[FV_CHROMA] = {0}, after[FV_CHROMA] = {0}, ab = 0, aa = 0, bb = 0;
        for (int k = 0; k < SIDE; k++)
            for (int c = 0; c < FV_CHROMA; c++) {
                before[c] += out->chroma[(n - 1 - (size_t)k) * FV_CHROMA + (size_t)c];
                after[c] += out->chroma[(n + (size_t)k) * FV_CHROMA + (size_t)c];
            }
        for (int c = 0; c < FV_CHROMA; c++) {
            ab += after[c] * before[c];
            aa += after[c] * after[c];
            bb += before[c] * before[c];
        }
        out->change[n] =
            aa > 0.0f && bb > 0.0f ? fmaxf(0.0f, 1.0f - ab / sqrtf(aa * bb)) : 0.0f;
    }
}

int harmony_init(struct harmony *out, const struct pitch *pitch)
{
    memset(out, 0, sizeof *out);
    out->frames = pitch->bass.count;
    out->chroma = calloc(out->frames * (FV_CHROMA + 1) + 1, sizeof *out->chroma);
    out->bass = malloc(out->frames + 1);
    if (!out->chroma || !out->bass)
        return -ENOMEM;
    out->change = out->chroma + out->frames * FV_CHROMA;
    fill_chroma(out, pitch);
    fill_bass(out, pitch);
    fill_change(out);
    return 0;
}

void harmony_release(struct harmony *harmony)
{
    free(harmony->chroma);
    free(harmony->bass);
}

void harmony_mean(const struct harmony *harmony, double start, double end, float *out)
{
    long first = (long)ceil((start - harmony->origin) * PITCH_FPS);
    long last = (long)ceil((end - harmony->origin) * PITCH_FPS);
    memset(out, 0, FV_CHROMA * sizeof *out);
    if (last <= first)
        last = first + 1;
    for (long n = first < 0 ? 0 : first; n < last && n < (long)harmony->frames; n++)
        for (int c = 0; c < FV_CHROMA; c++)
            out[c] += harmony->chroma[(size_t)n * FV_CHROMA + (size_t)c];
    sum_to_one(out);
}

float harmony_change(const struct harmony *harmony, double time)
{
    double at = (time - harmony->origin) * PITCH_FPS + 0.5;
    long n = (long)floor(at);
    if (n < 0 || n + 1 >= (long)harmony->frames)
        return 0.0f;
    float part = (float)(at - (double)n);
    return harmony->change[n] + part * (harmony->change[n + 1] - harmony->change[n]);
}
