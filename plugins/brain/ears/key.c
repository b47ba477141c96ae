/* key.c - inputs, and 24 sums. */
#include "key.h"

#include <math.h>
#include <string.h>

#include "key_net.h"

#define SCALE 10.0f
#define TRIAD_FIT 8.0f /* of a chroma that is a triad's own; the bass on its root: 1 */
#define WINDOW_S 1.0   /* where there are no bars */

/* Where the parts of the inputs begin. */
#define AT_CHROMA 0
#define AT_BASS FV_CHROMA
#define AT_HALF (2 * FV_CHROMA)
#define AT_BAR (3 * FV_CHROMA)
#define AT_TRIAD (AT_BAR + 2 * KEY_BARS * FV_CHROMA)
#define AT_BAR_TRIAD (AT_TRIAD + KEY_TRIADS)

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

/* Add the chances of the 24 triads between two times, majors first. */
static void add_triads(const struct harmony *harmony, double start, double end,
                       float *sum)
{
    float chroma[FV_CHROMA] = {0}, bass[FV_CHROMA] = {0}, fit[KEY_TRIADS];
    float square = 0.0f, basses = 0.0f, total = 0.0f;
    add_chroma(harmony, start, end, chroma, bass);
    for (int c = 0; c < FV_CHROMA; c++) {
        square += chroma[c] * chroma[c];
        basses += bass[c];
    }
    if (square == 0.0f)
        return;
    for (int k = 0; k < KEY_TRIADS; k++) {
        int root = k % FV_CHROMA, third = k < FV_CHROMA ? 4 : 3;
        float tones = chroma[root] + chroma[(root + third) % FV_CHROMA] +
                      chroma[(root + 7) % FV_CHROMA];
        fit[k] = expf(TRIAD_FIT * tones / sqrtf(3.0f * square) +
                      (basses > 0.0f ? bass[root] / basses : 0.0f));
        total += fit[k];
    }
    for (int k = 0; k < KEY_TRIADS; k++)
        sum[k] += fit[k] / total;
}

/* Half bars through the piece, in step with its first phrase. */
static void add_all_triads(const struct key_ears *ears, float *sum)
{
    double step = ears->bar_s > 0.0 ? 0.5 * ears->bar_s : WINDOW_S;
    double first = ears->phrase->count ? ears->phrase->at[0] : 0.0;
    double end = ears->harmony->origin + (double)ears->harmony->frames / PITCH_FPS;
    double count = floor(first / step);
    for (double n = -count; first + n * step < end; n++)
        add_triads(ears->harmony, first + n * step, first + (n + 1.0) * step, sum);
}

static bool scale(float *x, int count)
{
    float sum = 0.0f;
    for (int c = 0; c < count; c++)
        sum += x[c];
    for (int c = 0; c < count; c++)
        x[c] = sum > 0.0f ? SCALE * sqrtf(x[c] / sum) : 0.0f;
    return sum > 0.0f;
}

/* Scale a part; what holds nothing is like the piece. */
static void scale_or_copy(float *part, const float *piece, int count)
{
    if (!scale(part, count))
        memcpy(part, piece, (size_t)count * sizeof *part);
}

static void add_phrase(const struct key_ears *ears, double start, float *x)
{
    double half = 0.5 * ears->bar_s;
    float skip[FV_CHROMA] = {0};
    add_chroma(ears->harmony, start, start + half, x + AT_HALF, skip);
    for (int b = 0; b < KEY_BARS; b++) {
        double bar = start + b * ears->bar_s;
        float *chroma = x + AT_BAR + 2 * b * FV_CHROMA;
        float *triad = x + AT_BAR_TRIAD + b * KEY_TRIADS;
        add_chroma(ears->harmony, bar, bar + 2.0 * half, chroma, chroma + FV_CHROMA);
        add_triads(ears->harmony, bar, bar + half, triad);
        add_triads(ears->harmony, bar + half, bar + 2.0 * half, triad);
    }
}

bool key_inputs(const struct key_ears *ears, float x[KEY_INPUTS])
{
    memset(x, 0, KEY_INPUTS * sizeof *x);
    add_chroma(ears->harmony, 0.0, (double)ears->harmony->frames / PITCH_FPS + 1.0,
               x + AT_CHROMA, x + AT_BASS);
    add_all_triads(ears, x + AT_TRIAD);
    for (size_t p = 0; p < ears->phrase->count; p++)
        add_phrase(ears, ears->phrase->at[p], x);
    if (!scale(x + AT_CHROMA, FV_CHROMA))
        return false;
    scale(x + AT_BASS, FV_CHROMA);
    scale(x + AT_TRIAD, KEY_TRIADS);
    scale_or_copy(x + AT_HALF, x + AT_CHROMA, FV_CHROMA);
    for (int b = 0; b < KEY_BARS; b++) {
        float *chroma = x + AT_BAR + 2 * b * FV_CHROMA;
        scale_or_copy(chroma, x + AT_CHROMA, FV_CHROMA);
        scale_or_copy(chroma + FV_CHROMA, x + AT_BASS, FV_CHROMA);
        scale_or_copy(x + AT_BAR_TRIAD + b * KEY_TRIADS, x + AT_TRIAD, KEY_TRIADS);
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
