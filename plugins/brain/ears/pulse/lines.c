/* lines.c - one transform of the whole track's onsets. */
#include "lines.h"

#include <libavutil/tx.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST (1 << 17) /* frames, 22 minutes: no part of a track is so long */
#define CHANCE 0.5        /* of a share of the power to lie on lines: too much to tell */
#define BEATS 16.0        /* after which music repeats */
#define LOWEST 0.4        /* Hz, where lines are looked for ... */
#define HIGHEST 12.0
#define WIDE 1.5    /* half a line's width, of the reciprocal of the track's length */
#define FINE 0.4    /* of that reciprocal, by which a step may miss the highest line */
#define FINEST 0.05 /* of such a step, once a tempo is found */

/* The transform of the onsets in a Hann window, `size` of them with what is added. */
static int transform(const struct flux *flux, size_t size, AVComplexFloat *bin)
{
    const float scale = 1.0f;
    AVTXContext *context = NULL;
    av_tx_fn run;
    float *in = aligned_alloc(64, size * sizeof *in);
    int err = in ? av_tx_init(&context, &run, AV_TX_FLOAT_RDFT, 0, (int)size, &scale, 0)
                 : -ENOMEM;
    if (err >= 0) {
        memset(in, 0, size * sizeof *in);
        for (size_t i = 0; i < flux->frames; i++) {
            double turn = 2.0 * M_PI * ((double)i + 0.5) / (double)flux->frames;
            in[i] = flux->all[i] * (float)(0.5 - 0.5 * cos(turn));
        }
        run(context, bin, in, sizeof(float));
    }
    av_tx_uninit(&context);
    free(in);
    return err < 0 ? -ENOMEM : 0;
}

/* Share of all frequencies that lie on a period's lines. */
static double chance_of(const struct lines *lines, double period)
{
    return 2.0 * WIDE / lines->seconds * BEATS * period;
}

int lines_init(struct lines *out, const struct flux *flux, double longest_s)
{
    memset(out, 0, sizeof *out);
    out->seconds = (double)flux->frames / FLUX_FPS;
    if (flux->frames > LONGEST || chance_of(out, longest_s) > CHANCE)
        return 0;
    size_t size = 64;
    while (size < 2 * flux->frames)
        size *= 2;
    out->bins = size / 2;
    out->hz = FLUX_FPS / (double)size;
    AVComplexFloat *bin = aligned_alloc(64, (out->bins + 8) * sizeof *bin);
    out->sum = malloc((out->bins + 1) * sizeof *out->sum);
    int err = bin && out->sum ? transform(flux, size, bin) : -ENOMEM;
    if (!err) {
        out->sum[0] = 0.0;
        for (size_t k = 0; k < out->bins; k++)
            out->sum[k + 1] = out->sum[k] + (double)(bin[k].re * bin[k].re) +
                              (double)(bin[k].im * bin[k].im);
    }
    free(bin);
    return err;
}

void lines_release(struct lines *lines)
{
    free(lines->sum);
}

static size_t bin_at(const struct lines *lines, double hz)
{
    double bin = fmax(round(hz / lines->hz), 0.0);
    return bin < (double)lines->bins ? (size_t)bin : lines->bins;
}

static double power_between(const struct lines *lines, double from, double to)
{
    return lines->sum[bin_at(lines, to)] - lines->sum[bin_at(lines, from)];
}

double lines_fit(const struct lines *lines, double period)
{
    if (!lines->sum)
        return 0.0;
    double apart = 1.0 / (BEATS * period), half = WIDE / lines->seconds;
    double all = power_between(lines, LOWEST, HIGHEST), on = 0.0;
    for (double k = ceil(LOWEST / apart); k * apart < HIGHEST; k += 1.0)
        on += power_between(lines, k * apart - half, k * apart + half);
    double chance = chance_of(lines, period);
    return all > 0.0 ? (on / all - chance) / (1.0 - chance) : 0.0;
}

double lines_step(const struct lines *lines)
{
    return FINE / (lines->seconds * HIGHEST);
}

static double power_at(const struct lines *lines, double hz)
{
    double bin = hz / lines->hz, share = bin - floor(bin);
    const double *sum = lines->sum + (size_t)bin;
    if (bin + 3.0 > (double)lines->bins)
        return 0.0;
    return (1.0 - share) * (sum[1] - sum[0]) + share * (sum[2] - sum[1]);
}

double lines_refine(const struct lines *lines, double period)
{
    double step = FINEST * lines_step(lines), reach = WIDE / FINE / FINEST;
    double best = period, most = -INFINITY;
    for (double n = -reach; n <= reach; n += 1.0) {
        double here = period * (1.0 + n * step), apart = 1.0 / (BEATS * here), on = 0.0;
        for (double k = ceil(LOWEST / apart); k * apart < HIGHEST; k += 1.0)
            on += power_at(lines, k * apart);
        if (on > most) {
            most = on;
            best = here;
        }
    }
    return best;
}
