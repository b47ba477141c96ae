/* keys.c - `keys NET.h [SONGS]`: compose songs, listen, fit the key's weights to the
 * truth.
 *
 * A softmax over the 24 keys with weights that turn with the tonic; Adam over all songs
 * at once, a fixed number of ever shorter steps, a little decay. Every fifth song is
 * kept for checking.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audio_file.h"
#include "ears_found.h"
#include "key.h"
#include "score.h"
#include "series.h"
#include "song.h"

#define STEPS 800
#define RATE 0.05
#define DECAY 3e-2
#define WEIGHTS (KEY_INPUTS + 1) /* of each mode: the inputs, the bias */

struct heard {
    float x[KEY_INPUTS];
    int key; /* -1: there was none to hear */
};

static bool never(void *ctx)
{
    (void)ctx;
    return false;
}

static void ignore(void *ctx, double share)
{
    (void)ctx;
    (void)share;
}

static void hear(void *ctx, int place, int style, uint64_t seed)
{
    struct heard *out = (struct heard *)ctx + place;
    const struct fv_host host = {
        .struct_size = sizeof host, .cancelled = never, .progress = ignore};
    struct song song;
    struct ears ears;
    struct fv_pcm pcm;
    song_make(&song, style, seed, SERIES_LENGTH_S);
    struct audio_file file = {song.samples, song.frames};
    audio_file_lend(&file, &pcm);
    if (ears_find(&ears, &host, &pcm)) {
        fprintf(stderr, "keys: out of memory\n");
        exit(1);
    }
    double beat_s = ears.rhythm.beats.bpm > 0.0 ? 60.0 / ears.rhythm.beats.bpm : 0.0;
    const struct key_ears key = {&ears.maps.harmony, &ears.phrases.time,
                                 &ears.phrases.section, beat_s * ears.bars.beats_per_bar};
    out->key = key_inputs(&key, out->x) ? song.key : -1;
    ears_release(&ears);
    song_release(&song);
}

/* Songs with a key come first, in their order. returns how many */
static int keep_heard(struct heard *songs, int count)
{
    int kept = 0;
    for (int k = 0; k < count; k++)
        if (songs[k].key >= 0)
            songs[kept++] = songs[k];
    return kept;
}

/* Chances of the 24 keys. returns the likeliest */
static int judge(double weight[2][WEIGHTS], const float *x, double *chance)
{
    double sum = 0.0;
    int best = 0;
    for (int k = 0; k < KEY_KEYS; k++) {
        const double *w = weight[k / FV_CHROMA];
        chance[k] = w[KEY_INPUTS];
        for (int i = 0; i < KEY_INPUTS; i++)
            chance[k] +=
                w[i] * (double)x[i / FV_CHROMA * FV_CHROMA + (i + k) % FV_CHROMA];
        best = chance[k] > chance[best] ? k : best;
    }
    double top = chance[best];
    for (int k = 0; k < KEY_KEYS; k++)
        sum += chance[k] = exp(chance[k] - top);
    for (int k = 0; k < KEY_KEYS; k++)
        chance[k] /= sum;
    return best;
}

static bool is_kept(int song)
{
    return song % 5 == 4;
}

static void fit(double weight[2][WEIGHTS], const struct heard *songs, int count)
{
    static double slope[2][WEIGHTS], mean[2][WEIGHTS], square[2][WEIGHTS];
    for (int step = 1; step <= STEPS; step++) {
        memset(slope, 0, sizeof slope);
        for (int s = 0; s < count; s++) {
            double chance[KEY_KEYS];
            if (is_kept(s))
                continue;
            judge(weight, songs[s].x, chance);
            chance[songs[s].key] -= 1.0;
            for (int k = 0; k < KEY_KEYS; k++) {
                double *g = slope[k / FV_CHROMA];
                g[KEY_INPUTS] += chance[k] / count;
                for (int i = 0; i < KEY_INPUTS; i++)
                    g[i] += chance[k] / count *
                            (double)songs[s]
                                .x[i / FV_CHROMA * FV_CHROMA + (i + k) % FV_CHROMA];
            }
        }
        for (int j = 0; j < 2 * WEIGHTS; j++) {
            double *w = &weight[0][0] + j, *m = &mean[0][0] + j, *v = &square[0][0] + j;
            double g = slope[j / WEIGHTS][j % WEIGHTS] + DECAY * *w;
            *m += 0.1 * (g - *m);
            *v += 0.01 * (g * g - *v);
            *w -= RATE * (1 - (double)step / STEPS) * (*m / (1 - pow(0.9, step))) /
                  (sqrt(*v / (1 - pow(0.99, step))) + 1e-8);
        }
    }
}

static void check(double weight[2][WEIGHTS], const struct heard *songs, int count)
{
    double sum[2] = {0}, chance[KEY_KEYS];
    int n[2] = {0};
    for (int s = 0; s < count; s++) {
        sum[is_kept(s)] += score_key(songs[s].key, judge(weight, songs[s].x, chance));
        n[is_kept(s)]++;
    }
    printf("key score: %.3f of %d songs, %.3f of %d kept aside\n", sum[0] / n[0], n[0],
           sum[1] / n[1], n[1]);
}

static int write_net(double weight[2][WEIGHTS], const char *path)
{
    FILE *to = fopen(path, "w");
    if (!to) {
        perror(path);
        return 1;
    }
    fprintf(to, "/* key_net.h - weights of the key, major and minor, written by"
                " tests/ears/keys.c\n * (make ears-net).\n */\n#ifndef KEY_NET_H\n"
                "#define KEY_NET_H\n\n#include \"key.h\"\n\n"
                "/* of each part: the tonic, and the eleven semitones above it */\n"
                "static const float key_net[2][KEY_INPUTS] = {\n");
    for (int mode = 0; mode < 2; mode++) {
        fprintf(to, "    {");
        for (int i = 0; i < KEY_INPUTS; i++)
            fprintf(to, "%.3ff%s", weight[mode][i],
                    i == KEY_INPUTS - 1 ? (mode ? "}};\n\n" : "},\n")
                    : i % 9 == 8        ? ",\n     "
                                        : ", ");
    }
    fprintf(to, "static const float key_net_bias[2] = {%.3ff, %.3ff};\n\n#endif\n",
            weight[0][KEY_INPUTS], weight[1][KEY_INPUTS]);
    return fclose(to) ? 1 : 0;
}

int main(int argc, char **argv)
{
    static double weight[2][WEIGHTS];
    int of_series = argc > 2 ? atoi(argv[2]) : SERIES_SONGS, count = SERIES * of_series;
    struct heard *songs = malloc((size_t)count * sizeof *songs);
    if (argc < 2 || of_series < 1 || !songs) {
        fprintf(stderr, "usage: keys NET.h [SONGS]\n");
        return 2;
    }
    series_hear(of_series, hear, songs);
    count = keep_heard(songs, count);
    fit(weight, songs, count);
    check(weight, songs, count);
    free(songs);
    return write_net(weight, argv[1]);
}
