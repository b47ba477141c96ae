/* key.c - inputs, and 24 sums. */
#include "key.h"

#include <math.h>
#include <string.h>

#include "key_net.h"

#define SCALE 10.0f
#define TRIAD_FIT 8.0f /* of a chroma that is a triad's own; the bass on its root: 1 */
#define WINDOW_S 1.0   /* where there are no bars */

/* A place in the inputs: its chroma, its bass, its triads. */
#define PLACE (2 * FV_CHROMA + KEY_TRIADS)
#define AT_BASS FV_CHROMA
#define AT_TRIAD (2 * FV_CHROMA)

/* Where the inputs begin: the piece is the first place. */
#define AT_SECTION PLACE
#define AT_BARS (2 * PLACE)
#define AT_HELD (AT_BARS + KEY_BARS * PLACE)
#define AT_FALL (AT_HELD + KEY_TRIADS)

/* Add the chroma and the bass between two times. */
static void add_notes(const struct harmony *harmony, double start, double end,
                      float *chroma, float *bass)
{
    double first = ceil((start - harmony->origin) * PITCH_FPS);
    double last = ceil((end - harmony->origin) * PITCH_FPS);
    for (double n = fmax(first, 0.0); n < last && n < (double)harmony->frames; n++)
        for (size_t c = 0, at = (size_t)n * FV_CHROMA; c < FV_CHROMA; c++) {
            chroma[c] += harmony->chroma[at + c];
            bass[c] += harmony->bass[at + c];
        }
}

/* The chances of the 24 triads between two times, majors first; 0 where nothing is. */
static void find_triads(const struct harmony *harmony, double start, double end,
                        float *chance)
{
    float chroma[FV_CHROMA] = {0}, bass[FV_CHROMA] = {0};
    float square = 0.0f, basses = 0.0f, total = 0.0f;
    add_notes(harmony, start, end, chroma, bass);
    for (int c = 0; c < FV_CHROMA; c++) {
        square += chroma[c] * chroma[c];
        basses += bass[c];
    }
    for (int k = 0; k < KEY_TRIADS; k++) {
        int root = k % FV_CHROMA, third = k < FV_CHROMA ? 4 : 3;
        float tones = chroma[root] + chroma[(root + third) % FV_CHROMA] +
                      chroma[(root + 7) % FV_CHROMA];
        chance[k] = square == 0.0f ? 0.0f
                                   : expf(TRIAD_FIT * tones / sqrtf(3.0f * square) +
                                          (basses > 0.0f ? bass[root] / basses : 0.0f));
        total += chance[k];
    }
    for (int k = 0; k < KEY_TRIADS && total > 0.0f; k++)
        chance[k] /= total;
}

static void add_place(const struct key_ears *ears, double start, float *place)
{
    double half = 0.5 * ears->bar_s;
    add_notes(ears->harmony, start, start + 2.0 * half, place, place + AT_BASS);
    for (int h = 0; h < 2; h++) {
        float chance[KEY_TRIADS];
        find_triads(ears->harmony, start + h * half, start + (h + 1) * half, chance);
        for (int k = 0; k < KEY_TRIADS; k++)
            place[AT_TRIAD + k] += chance[k];
    }
}

/* Half bars through the piece, in step with its first phrase: triads, those that stay,
 * and those to which the major one on their fifth falls. */
static void add_progress(const struct key_ears *ears, float *x)
{
    double step = ears->bar_s > 0.0 ? 0.5 * ears->bar_s : WINDOW_S;
    double first = ears->phrase->count ? ears->phrase->at[0] : 0.0;
    double end = ears->harmony->origin + (double)ears->harmony->frames / PITCH_FPS;
    float before[KEY_TRIADS] = {0}, now[KEY_TRIADS];
    for (double n = -floor(first / step); first + n * step < end; n++) {
        find_triads(ears->harmony, first + n * step, first + (n + 1.0) * step, now);
        for (int k = 0; k < KEY_TRIADS; k++) {
            x[AT_TRIAD + k] += now[k];
            x[AT_HELD + k] += now[k] * before[k];
            x[AT_FALL + k] += now[k] * before[(k + 7) % FV_CHROMA];
        }
        memcpy(before, now, sizeof before);
    }
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

bool key_inputs(const struct key_ears *ears, float x[KEY_INPUTS])
{
    memset(x, 0, KEY_INPUTS * sizeof *x);
    add_notes(ears->harmony, 0.0, (double)ears->harmony->frames / PITCH_FPS + 1.0, x,
              x + AT_BASS);
    add_progress(ears, x);
    for (size_t s = 0; s < ears->section->count; s++)
        add_place(ears, ears->section->at[s], x + AT_SECTION);
    for (size_t p = 0; p < ears->phrase->count; p++)
        for (int b = 0; b < KEY_BARS; b++)
            add_place(ears, ears->phrase->at[p] + b * ears->bar_s,
                      x + AT_BARS + b * PLACE);
    if (!scale(x, FV_CHROMA))
        return false;
    scale(x + AT_BASS, FV_CHROMA);
    scale(x + AT_TRIAD, KEY_TRIADS);
    for (float *place = x + PLACE; place < x + AT_HELD; place += PLACE) {
        scale_or_copy(place, x, FV_CHROMA);
        scale_or_copy(place + AT_BASS, x + AT_BASS, FV_CHROMA);
        scale_or_copy(place + AT_TRIAD, x + AT_TRIAD, KEY_TRIADS);
    }
    scale_or_copy(x + AT_HELD, x + AT_TRIAD, KEY_TRIADS);
    scale_or_copy(x + AT_FALL, x + AT_TRIAD, KEY_TRIADS);
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
