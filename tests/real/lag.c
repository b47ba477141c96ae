/* lag.c - `lag WAV TRUTH`: how many ms the sound lies behind the truth's beats, on the
 * whole.
 *
 * The lag, up to 45 ms either way, at which the log spectrum rises most. It never asks a
 * beat tracker.
 */
#include <kissfft/kiss_fftr.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "audio_file.h"
#include "truth.h"

#define RATE 44100.0
#define HOP 64
#define WINDOW 512
#define BINS (WINDOW / 2 + 1)
#define APART 4  /* hops between the spectra compared */
#define REACH 31 /* hops */

static void spectrum(kiss_fftr_cfg cfg, const float *at, float mag[BINS])
{
    kiss_fft_scalar in[WINDOW];
    kiss_fft_cpx out[BINS];
    for (int i = 0; i < WINDOW; i++)
        in[i] = (at[2 * i] + at[2 * i + 1]) *
                (float)(0.5 - 0.5 * cos(2.0 * M_PI * (i + 0.5) / WINDOW));
    kiss_fftr(cfg, in, out);
    for (int k = 0; k < BINS; k++)
        mag[k] = logf(1.0f + 10.0f * hypotf(out[k].r, out[k].i));
}

/* returns given: free(); `count` rises, each that of its window's middle */
static float *find_rises(const struct audio_file *file, long count)
{
    static float mag[APART + 1][BINS];
    float *rise = calloc((size_t)count, sizeof *rise);
    kiss_fftr_cfg cfg = kiss_fftr_alloc(WINDOW, 0, NULL, NULL);
    if (!rise || !cfg)
        abort();
    for (long n = 0; n < count; n++) {
        float *now = mag[n % (APART + 1)], *then = mag[(n + 1) % (APART + 1)];
        spectrum(cfg, file->samples + 2 * n * HOP, now);
        for (int k = 0; n >= APART && k < BINS; k++)
            rise[n] += fmaxf(0.0f, now[k] - then[k]);
    }
    kiss_fftr_free(cfg);
    return rise;
}

static double sum_at(const float *rise, long count, const struct truth *truth, int lag)
{
    double sum = 0.0;
    for (int b = 0; b < truth->count; b++) {
        long n = lround((truth->beats[b] * RATE - WINDOW / 2) / HOP) + lag;
        if (n >= 0 && n < count)
            sum += (double)rise[n];
    }
    return sum;
}

int main(int argc, char **argv)
{
    struct audio_file file;
    struct truth truth;
    if (argc != 3 || audio_file_read(argv[1], &file) || truth_read(argv[2], &truth))
        return 1;
    long count = (file.frames - WINDOW) / HOP;
    float *rise = find_rises(&file, count);
    int best = 0;
    for (int lag = -REACH; lag <= REACH; lag++)
        if (sum_at(rise, count, &truth, lag) > sum_at(rise, count, &truth, best))
            best = lag;
    printf("%.2f\n", 1000.0 * best * HOP / RATE);
    free(rise);
    audio_file_release(&file);
    truth_release(&truth);
    return 0;
}
