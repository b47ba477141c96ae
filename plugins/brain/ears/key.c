/* key.c - inputs, and 24 sums. */
#include "key.h"

#include <math.h>
#include <string.h>

#include "key_net.h"

#define SCALE 10.0f

/* Add the chroma between two times, and how often each pitch class is the bass; frames of
 * silence have none. */
static void add_chroma(const struct harmony *harmony, double start, double end,
                       float *sum, float *bass)
{
    double first = ceil((start - harmony->origin) * PITCH_FPS);
    double last = ceil((end - harmony->origin) * PITCH_FPS);
    for (double n = fmax(first, 0.0); n < last && n < (double)harmony->frames; n++) {
        for (int c = 0; c < FV_CHROMA; c++)
            sum[c] += harmony->chroma[(size_t)n * FV_CHROMA + (size_t)c];
        if (harmony->bass[(size_t)n] < FV_CHROMA)
            bass[harmony->bass[(size_t)n]]++;
    }
}

static bool scale(float *x)
{
    float sum = 0.0f;
    for (int c = 0; c < FV_CHROMA; c++)
        sum += x[c];
    for (int c = 0; c < FV_CHROMA; c++)
        x[c] = sum > 0.0f ? SCALE * sqrtf(x[c] / sum) : 0.0f;
    return sum > 0.0f;
}

/* Scale a part; what holds nothing is like the piece. */
static void scale_or_copy(float *part, const float *piece)
{
    if (!scale(part))
        memcpy(part, piece, FV_CHROMA * sizeof *part);
}

bool key_inputs(const struct key_ears *ears, float x[KEY_INPUTS])
{
    float *all = x, *bass = x + FV_CHROMA, *half = x + 2 * FV_CHROMA;
    float *bar = x + 3 * FV_CHROMA, skip[FV_CHROMA] = {0};
    memset(x, 0, KEY_INPUTS * sizeof *x);
    add_chroma(ears->harmony, 0.0, (double)ears->harmony->frames / PITCH_FPS + 1.0, all,
               bass);
    for (size_t p = 0; p < ears->phrase->count; p++) {
        double start = ears->phrase->at[p];
        add_chroma(ears->harmony, start, start + 0.5 * ears->bar_s, half, skip);
        for (int b = 0; b < KEY_BARS; b++)
            add_chroma(ears->harmony, start + b * ears->bar_s,
                       start + (b + 1) * ears->bar_s, bar + 2 * b * FV_CHROMA,
                       bar + (2 * b + 1) * FV_CHROMA);
    }
    if (!scale(all))
        return false;
    scale(bass);
    scale_or_copy(half, all);
    for (int b = 0; b < KEY_BARS; b++) {
        scale_or_copy(bar + 2 * b * FV_CHROMA, all);
        scale_or_copy(bar + (2 * b + 1) * FV_CHROMA, bass);
    }
    return true;
}

void key_find(struct key *out, const struct key_ears *ears)
{
    float x[KEY_INPUTS], score[KEY_KEYS], sum = 0.0f;
    *out = (struct key){.tonic_mode = -1};
    if (!key_inputs(ears, x))
        return;
    int best = 0;
    for (int k = 0; k < KEY_KEYS; k++) {
        int mode = k / FV_CHROMA, tonic = k % FV_CHROMA;
        score[k] = key_net_bias[mode];
        for (int i = 0; i < KEY_INPUTS; i++) {
            int part = i / FV_CHROMA * FV_CHROMA;
            score[k] += key_net[mode][i] * x[part + (i + tonic) % FV_CHROMA];
        }
        if (score[k] > score[best])
            best = k;
    }
    for (int k = 0; k < KEY_KEYS; k++)
        sum += expf(score[k] - score[best]);
    out->tonic_mode = best;
    out->confidence = 1.0f / sum;
}
