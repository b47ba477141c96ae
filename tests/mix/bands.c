/* bands.c - M9 and M11: how much of each track is in an overlap, found in the mix itself.
 * The bass is explained by the two sources' waves at any phase, the mid band by their
 * power spectra; neither asks the mixer what it did. */
#include "figures.h"

#include <complex.h>
#include <kissfft/kiss_fftr.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- bass: 20..150 Hz at a 64th of the rate -------------------------------------------
 */

#define THIN 64
#define THIN_RATE ((double)MIX_RATE / THIN)
#define WINDOW 128 /* thin samples, 0.19 s */

struct biquad {
    double b0, b1, b2, a1, a2, x1, x2, y1, y2;
};

static struct biquad biquad_pass(double hz, double q, bool is_high)
{
    double w = 2 * M_PI * hz / MIX_RATE, c = cos(w), alpha = sin(w) / (2 * q);
    double side = is_high ? (1 + c) / 2 : (1 - c) / 2, a0 = 1 + alpha;
    return (struct biquad){.b0 = side / a0,
                           .b1 = (is_high ? -2 : 2) * side / a0,
                           .b2 = side / a0,
                           .a1 = -2 * c / a0,
                           .a2 = (1 - alpha) / a0};
}

static double biquad_run(struct biquad *f, double x)
{
    double y = f->b0 * x + f->b1 * f->x1 + f->b2 * f->x2 - f->a1 * f->y1 - f->a2 * f->y2;
    f->x2 = f->x1;
    f->x1 = x;
    f->y2 = f->y1;
    f->y1 = y;
    return y;
}

struct thin {
    double *at;
    int64_t count;
    double mean; /* RMS */
};

static struct thin thin_out(const float *samples, int64_t frames)
{
    if (!samples)
        return (struct thin){0};
    struct biquad low1 = biquad_pass(150, 0.541, false),
                  low2 = biquad_pass(150, 1.307, false),
                  high = biquad_pass(20, 0.707, true);
    struct thin thin = {.at = calloc((size_t)(frames / THIN) + 1, sizeof(double))};
    double sum = 0;
    for (int64_t i = 0; i < frames; i++) {
        double x = ((double)samples[2 * i] + (double)samples[2 * i + 1]) / 2;
        double y = biquad_run(&high, biquad_run(&low2, biquad_run(&low1, x)));
        if (i % THIN == 0)
            thin.at[thin.count++] = y;
        sum += y * y;
    }
    thin.mean = sqrt(sum / (double)(frames + 1));
    return thin;
}

/* The wave around a time, and the same a quarter turn later. */
static void thin_window(const struct thin *thin, double at, double gain, double *wave,
                        double *quarter)
{
    double first = at * THIN_RATE - WINDOW / 2.0;
    double lead = THIN_RATE / 60 / 4; /* a quarter turn of what a bass has most */
    for (int i = 0; i < WINDOW; i++) {
        for (int q = 0; q < 2; q++) {
            double where = first + i - q * lead;
            int64_t n = (int64_t)floor(where);
            double t = where - (double)n;
            bool is_in = n >= 0 && n + 1 < thin->count;
            double x = is_in ? thin->at[n] * (1 - t) + thin->at[n + 1] * t : 0;
            (q ? quarter : wave)[i] = x * gain;
        }
    }
}

/* Least squares of `heard` by `count` waves; returns the power that is left and the power
 * of what the waves 2p and 2p + 1 give in powers[p]. */
static double explain(const double *heard, double waves[][WINDOW], int count,
                      double *powers)
{
    double m[4][5] = {{0}}, x[4] = {0}, left = 0;
    for (int i = 0; i < count; i++) {
        for (int k = 0; k < WINDOW; k++) {
            for (int j = 0; j < count; j++)
                m[i][j] += waves[i][k] * waves[j][k];
            m[i][count] += waves[i][k] * heard[k];
        }
        m[i][i] *= 1.001;
        m[i][i] += 1e-9;
    }
    for (int i = 0; i < count; i++)
        for (int r = 0; r < count; r++) {
            double share = r == i ? 0 : m[r][i] / m[i][i];
            for (int c = i; c <= count && r != i; c++)
                m[r][c] -= share * m[i][c];
        }
    for (int i = 0; i < count; i++)
        x[i] = m[i][count] / m[i][i];
    for (int p = 0; p < count / 2; p++)
        powers[p] = 0;
    for (int k = 0; k < WINDOW; k++) {
        double sum = heard[k];
        for (int p = 0; p < count / 2; p++) {
            double part = x[2 * p] * waves[2 * p][k] + x[2 * p + 1] * waves[2 * p + 1][k];
            powers[p] += part * part / WINDOW;
            sum -= part;
        }
        left += sum * sum / WINDOW;
    }
    return left;
}

struct bands {
    const struct mix *mix;
    struct thin heard, *sources; /* a source each track; NULL wave: not needed */
};

/* 1: both basses are there; 0: not; -1: nothing is */
static int has_two_basses(const struct bands *bands, const struct mix_segment *s,
                          double at)
{
    double heard[WINDOW], none[WINDOW], waves[4][WINDOW], both[2], one[1], other[1];
    const struct thin *a = &bands->sources[s->parts[0].track];
    const struct thin *b = &bands->sources[s->parts[1].track];
    thin_window(&bands->heard, at, 1, heard, none);
    thin_window(a, mix_track_time(&s->parts[0], at), s->parts[0].gain, waves[0],
                waves[1]);
    thin_window(b, mix_track_time(&s->parts[1], at), s->parts[1].gain, waves[2],
                waves[3]);
    double left_both = explain(heard, waves, 4, both);
    double left_a = explain(heard, waves, 2, one);
    double left_b = explain(heard, waves + 2, 2, other);
    double single = fmin(left_a, left_b), all = 1e-9;
    for (int i = 0; i < WINDOW; i++)
        all += heard[i] * heard[i] / WINDOW;
    double mean_a = a->mean * s->parts[0].gain, mean_b = b->mean * s->parts[1].gain;
    if (all < 0.1 * fmin(mean_a * mean_a, mean_b * mean_b))
        return -1;
    if (left_both > 0.4 * single) /* one of them explains it as well */
        return 0;
    return both[0] > 0.1 * mean_a * mean_a && both[1] > 0.1 * mean_b * mean_b;
}

/* ---- mid band -------------------------------------------------------------------------
 */

#define FFT 2048
#define LOW_BIN 14   /* 300 Hz */
#define HIGH_BIN 158 /* 3400 Hz */
#define BINS (HIGH_BIN - LOW_BIN)
#define FRAMES 24 /* half a second */
#define FFT_HOP 900

static void spectrum(kiss_fftr_cfg cfg, const float *samples, int64_t frames, double at,
                     double gain, double *power)
{
    float in[FFT];
    kiss_fft_cpx out[FFT / 2 + 1];
    mix_mono(samples, frames, llround(at * MIX_RATE) - FFT / 2, FFT, in);
    for (int i = 0; i < FFT; i++)
        in[i] *= (float)((0.5 - 0.5 * cos(2 * M_PI * i / FFT)) * gain / 2);
    kiss_fftr(cfg, in, out);
    for (int i = 0; i < BINS; i++) {
        double re = (double)out[LOW_BIN + i].r, im = (double)out[LOW_BIN + i].i;
        power[i] = re * re + im * im;
    }
}

/* Power of a track's mid band, every second of it. */
static double mid_mean(kiss_fftr_cfg cfg, const struct mix_track *track, double gain)
{
    double power[BINS], sum = 0;
    int count = 0;
    for (double at = 0.5; at * MIX_RATE < (double)track->frames; at += 0.5, count++) {
        spectrum(cfg, track->samples, track->frames, at, gain, power);
        for (int i = 0; i < BINS; i++)
            sum += power[i];
    }
    return sum / fmax(count, 1);
}

static bool has_mid_clash(const struct mix *mix, kiss_fftr_cfg cfg,
                          const struct mix_segment *s, double at, const double means[2])
{
    static double heard[BINS], sources[2][BINS];
    double aa = 1e-12, ab = 0, bb = 1e-12, ah = 0, bh = 0, sums[2] = {0};
    for (int f = 0; f < FRAMES; f++) {
        double t = at + (f - FRAMES / 2.0) * FFT_HOP / MIX_RATE;
        spectrum(cfg, mix->samples, mix->frames, t, 1, heard);
        for (int p = 0; p < 2; p++) {
            const struct mix_track *track = &mix->tracks[s->parts[p].track];
            spectrum(cfg, track->samples, track->frames, mix_track_time(&s->parts[p], t),
                     s->parts[p].gain, sources[p]);
        }
        for (int i = 0; i < BINS; i++) {
            /* square roots: loud partials should not decide alone */
            double a = sources[0][i], b = sources[1][i], h = heard[i];
            double w = 1 / (a + b + h + 1e-9);
            aa += w * a * a;
            ab += w * a * b;
            bb += w * b * b;
            ah += w * a * h;
            bh += w * b * h;
            sums[0] += a / FRAMES;
            sums[1] += b / FRAMES;
        }
    }
    double det = aa * bb - ab * ab, ga = 0, gb = 0;
    if (det > 1e-6 * aa * bb) {
        ga = (ah * bb - bh * ab) / det;
        gb = (bh * aa - ah * ab) / det;
    }
    if (ga < 0 || gb < 0)
        return false;
    return ga * sums[0] > means[0] && gb * sums[1] > means[1];
}

/* ---- all overlaps ---------------------------------------------------------------------
 */

void score_bands(struct score *score, const struct mix *mix)
{
    struct bands bands = {.mix = mix, .heard = thin_out(mix->samples, mix->frames)};
    bands.sources = calloc((size_t)mix->track_count + 1, sizeof *bands.sources);
    for (int i = 0; i < mix->track_count; i++)
        bands.sources[i] = thin_out(mix->tracks[i].samples, mix->tracks[i].frames);
    kiss_fftr_cfg cfg = kiss_fftr_alloc(FFT, 0, NULL, NULL);
    for (int i = 0; i < mix->segment_count; i++) {
        const struct mix_segment *s = &mix->segments[i];
        if (s->part_count != 2 || s->kind == MIX_CUT)
            continue;
        double means[2];
        for (int p = 0; p < 2; p++)
            means[p] = mid_mean(cfg, &mix->tracks[s->parts[p].track], s->parts[p].gain);
        for (double at = s->start + 0.1; at + 0.1 < s->end; at += 0.2) {
            int two = has_two_basses(&bands, s, at);
            score->lows++;
            score->low_clashes += two > 0;
        }
        for (double at = s->start + 0.25; at + 0.25 < s->end; at += 0.5) {
            score->mids++;
            score->mid_clashes += has_mid_clash(mix, cfg, s, at, means);
        }
    }
    if (score->lows > 0)
        score->value[M9_BASS] = 100.0 * score->low_clashes / score->lows;
    if (score->mids > 0)
        score->value[M11_MID] = 100.0 * score->mid_clashes / score->mids;
    kiss_fftr_free(cfg);
    for (int i = 0; i < mix->track_count; i++)
        free(bands.sources[i].at);
    free(bands.sources);
    free(bands.heard.at);
}
