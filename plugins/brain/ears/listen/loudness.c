/* loudness.c - two biquads and two gates. */
#include "loudness.h"

#include <math.h>
#include <string.h>

#define RATE 44100.0
#define TENTH 4410      /* frames */
#define MOMENT 4        /* tenths of a gated block: 400 ms */
#define SHORT 30        /* tenths of a short-term block: 3 s */
#define SHORT_HOP 10    /* from one such to the next */
#define OFFSET (-0.691) /* dB, BS.1770 */
#define GATE_LU (-10.0)
#define RANGE_GATE_LU (-20.0)

void loudness_init(struct loudness *loudness)
{
    memset(loudness, 0, sizeof *loudness);
    /* BS.1770 gives its filters as coefficients for 48 kHz; these are the analogue ones
     * that they come from, brought to our rate by the bilinear transform. */
    double k = tan(M_PI * 1681.974450955533 / RATE), q = 0.7071752369554196;
    double high = pow(10.0, 3.999843853973347 / 20.0),
           band = pow(high, 0.4996667741545416);
    double scale = 1.0 / (1.0 + k / q + k * k);
    loudness->shelf.b0 = (high + band * k / q + k * k) * scale;
    loudness->shelf.b1 = 2.0 * (k * k - high) * scale;
    loudness->shelf.b2 = (high - band * k / q + k * k) * scale;
    loudness->shelf.a1 = 2.0 * (k * k - 1.0) * scale;
    loudness->shelf.a2 = (1.0 - k / q + k * k) * scale;
    k = tan(M_PI * 38.13547087602444 / RATE);
    q = 0.5003270373238773;
    scale = 1.0 / (1.0 + k / q + k * k);
    loudness->pass.b0 = 1.0;
    loudness->pass.b1 = -2.0;
    loudness->pass.b2 = 1.0;
    loudness->pass.a1 = 2.0 * (k * k - 1.0) * scale;
    loudness->pass.a2 = (1.0 - k / q + k * k) * scale;
}

void loudness_release(struct loudness *loudness)
{
    free(loudness->tenth.at);
}

/* ---- listening -----------------------------------------------------------------------
 */

static inline loudness_pair filter(struct loudness_stage *stage, loudness_pair in)
{
    loudness_pair out = stage->b0 * in + stage->past[0];
    stage->past[0] = stage->b1 * in - stage->a1 * out + stage->past[1];
    stage->past[1] = stage->b2 * in - stage->a2 * out;
    return out;
}

/* Add the energy of a run that ends no later than the tenth of a second. */
static void add_run(struct loudness *loudness, const float *stereo, int frames)
{
    struct loudness_stage shelf = loudness->shelf, pass = loudness->pass;
    loudness_pair sum = {0.0, 0.0};
    for (int i = 0; i < frames; i++) {
        loudness_pair in = {(double)stereo[2 * i], (double)stereo[2 * i + 1]};
        loudness_pair out = filter(&pass, filter(&shelf, in));
        sum += out * out;
    }
    memcpy(loudness->shelf.past, shelf.past, sizeof shelf.past);
    memcpy(loudness->pass.past, pass.past, sizeof pass.past);
    loudness->sum += sum[0] + sum[1];
    loudness->filled += frames;
}

int loudness_feed(struct loudness *loudness, const float *stereo, int frames)
{
    int err = 0;
    while (!err && frames > 0) {
        int left = TENTH - loudness->filled, run = left < frames ? left : frames;
        add_run(loudness, stereo, run);
        stereo += 2 * run;
        frames -= run;
        if (loudness->filled == TENTH) {
            err = STRIP_PUSH(&loudness->tenth, (float)(loudness->sum / TENTH));
            loudness->filled = 0;
            loudness->sum = 0.0;
        }
    }
    return err;
}

/* ---- the gates -----------------------------------------------------------------------
 */

static double energy_of(double lufs)
{
    return pow(10.0, (lufs - OFFSET) / 10.0);
}

static double lufs_of(double energy)
{
    return 10.0 * log10(energy) + OFFSET;
}

static double block_at(const struct loudness *loudness, size_t first, size_t length)
{
    double sum = 0.0;
    for (size_t i = first; i < first + length; i++)
        sum += (double)loudness->tenth.at[i];
    return sum / (double)length;
}

/* Mean energy of the blocks above a gate; 0 when there is none. */
static double mean_above(const struct loudness *loudness, size_t length, size_t hop,
                         double gate)
{
    double sum = 0.0;
    size_t count = 0;
    for (size_t at = 0; at + length <= loudness->tenth.count; at += hop) {
        double energy = block_at(loudness, at, length);
        if (energy >= gate) {
            sum += energy;
            count++;
        }
    }
    return count > 0 ? sum / (double)count : 0.0;
}

/* What a block has to reach: `relative` LU below the mean of all that are no silence. */
static double gate_of(const struct loudness *loudness, size_t length, size_t hop,
                      double relative)
{
    double least = energy_of(LOUDNESS_SILENT);
    double gate = mean_above(loudness, length, hop, least) * pow(10.0, relative / 10.0);
    return gate > least ? gate : least;
}

double loudness_integrated(const struct loudness *loudness)
{
    double gate = gate_of(loudness, MOMENT, 1, GATE_LU);
    double mean = mean_above(loudness, MOMENT, 1, gate);
    return mean > 0.0 ? lufs_of(mean) : LOUDNESS_SILENT;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int loudness_range(const struct loudness *loudness, double *out)
{
    double gate = gate_of(loudness, SHORT, SHORT_HOP, RANGE_GATE_LU);
    double *energy = malloc((loudness->tenth.count + 1) * sizeof *energy);
    size_t count = 0;
    *out = 0.0;
    if (!energy)
        return -ENOMEM;
    for (size_t at = 0; at + SHORT <= loudness->tenth.count; at += SHORT_HOP) {
        energy[count] = block_at(loudness, at, SHORT);
        count += energy[count] >= gate;
    }
    if (count > 0) {
        qsort(energy, count, sizeof *energy, by_size);
        size_t low = (size_t)((double)(count - 1) * 0.10 + 0.5);
        size_t high = (size_t)((double)(count - 1) * 0.95 + 0.5);
        *out = lufs_of(energy[high]) - lufs_of(energy[low]);
    }
    free(energy);
    return 0;
}
