/* harmony.c - 36 classes to 12, and the distance between two half seconds. */
#include "harmony.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "decibel.h"

#define SIDE 4          /* frames on either side of a change */
#define STANDS_OUT 1.5f /* a note, of how loud it is on average */

static void sum_to_one(float *chroma)
{
    float sum = 0.0f;
    for (int c = 0; c < FV_CHROMA; c++)
        sum += chroma[c];
    for (int c = 0; c < FV_CHROMA; c++)
        chroma[c] = sum > 0.0f ? chroma[c] / sum : 0.0f;
}

/* Classes are a third of a semitone wide: each semitone takes the three around it. */
static void fill_chroma(struct harmony *out, const struct pitch *pitch, int shift)
{
    for (size_t n = 0; n < out->frames; n++) {
        const uint8_t *fine = pitch->map.at + n * PITCH_CLASSES;
        float *chroma = out->chroma + n * FV_CHROMA;
        for (int c = 0; c < FV_CHROMA; c++)
            for (int k = 0; k < 3; k++)
                chroma[c] += fine[(3 * c + k + shift + PITCH_CLASSES) % PITCH_CLASSES];
        sum_to_one(chroma);
    }
}

/* Amplitudes of the semitones from A0 on in one frame. */
static void read_notes(const uint8_t *codes, int shift, float *note)
{
    for (int c = 0; c < DEEP_SEMITONES; c++) {
        note[c] = 0.0f;
        for (int k = 3 * c + shift; k < 3 * c + 3 + shift; k++)
            if (k >= 0 && k < DEEP_CLASSES)
                note[c] += powf(10.0f, decibel_of(codes[k]) / 20.0f);
    }
}

static bool is_silent(const uint8_t *codes)
{
    for (int k = 0; k < DEEP_CLASSES; k++)
        if (codes[k])
            return false;
    return true;
}

static void fill_bass(struct harmony *out, const struct deep *deep, int shift)
{
    size_t frames = deep->map.count / DEEP_CLASSES, heard = 0;
    float sum[DEEP_SEMITONES] = {0}, note[DEEP_SEMITONES];
    for (size_t n = 0; n < frames; n++) {
        if (is_silent(deep->map.at + n * DEEP_CLASSES))
            continue;
        read_notes(deep->map.at + n * DEEP_CLASSES, shift, note);
        for (int c = 0; c < DEEP_SEMITONES; c++)
            sum[c] += note[c];
        heard++;
    }
    for (size_t n = 0; heard && n < frames && n < out->frames; n++) {
        read_notes(deep->map.at + n * DEEP_CLASSES, shift, note);
        for (int c = 0; c < DEEP_SEMITONES; c++)
            out->bass[n * FV_CHROMA + (size_t)(c + DEEP_ROOT) % FV_CHROMA] +=
                fmaxf(0.0f, note[c] - STANDS_OUT * sum[c] / (float)heard);
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

int harmony_init(struct harmony *out, const struct pitch *pitch, const struct deep *deep)
{
    int shift = (int)lrint(pitch_tuning(pitch) * 3.0 / 100.0);
    memset(out, 0, sizeof *out);
    out->frames = pitch->map.count / PITCH_CLASSES;
    out->chroma = calloc(out->frames * (2 * FV_CHROMA + 1) + 1, sizeof *out->chroma);
    if (!out->chroma)
        return -ENOMEM;
    out->bass = out->chroma + out->frames * FV_CHROMA;
    out->change = out->bass + out->frames * FV_CHROMA;
    fill_chroma(out, pitch, shift);
    fill_bass(out, deep, shift);
    fill_change(out);
    return 0;
}

void harmony_release(struct harmony *harmony)
{
    free(harmony->chroma);
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
