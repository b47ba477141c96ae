/* tempo.c - autocorrelation per window, folded into an octave, and a path through it. */
#include "tempo.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "lines.h"

#define BINS 96         /* to the octave, 0.7 % each */
#define LONGEST_S 0.652 /* 92 BPM: the octave that is looked at first */
#define FOURTH 40       /* log2(4/3) of an octave's bins */
#define FIFTH 56        /* log2(3/2) */
#define MULTIPLES 5
#define STEP_COST 0.02f    /* of the path, for each bin and window */
#define STEPS 3            /* bins a window, up to which it is a tempo that moves */
#define JUMP_COST 1.2f     /* a new tempo */
#define KIN_JUMP_COST 4.0f /* a fourth or a fifth: the same, heard differently */
#define CLEAR 0.4          /* height of a ridge that is one */
#define CHANGES 0.25       /* share of a track in which another is clearer */
#define ON_LINES 0.5       /* fit of a tempo that is a machine's ... */
#define OFF_LINES 0.4      /* ... and share of that, of one that is none */
#define AS_WELL 0.8        /* of the best fit: of two of those the tempogram says which */
#define REACH 0.02      /* of a period: so far off a class of the tempogram may be ... */
#define NEAR_REACH 1e-5 /* ... and so far one that lines tell */
#define KIN_SHARE 0.9f  /* of its strength lends a class to its kin: accents move */

static const double multiple[MULTIPLES] = {0.25, 0.5, 1.0, 2.0, 4.0};
static const float multiple_weight[MULTIPLES] = {0.4f, 0.7f, 1.0f, 1.0f, 0.8f};

#define JUMP 0.03 /* of a period, from one window to the next */
#define NEAR_BINS 2
#define SHORTEST_S 4.0 /* of a track with a tempo */

#define MAX_LAG 520 /* 4 * LONGEST_S * sqrt(2) * FLUX_FPS, and room */

#define LANES 8 /* sums side by side, so that compilers see how to do four at once */

static float product(const float *a, const float *b, size_t count)
{
    float lane[LANES] = {0}, sum = 0.0f;
    size_t i = 0;
    for (; i + LANES <= count; i += LANES)
        for (size_t k = 0; k < LANES; k++)
            lane[k] += a[i + k] * b[i + k];
    for (; i < count; i++)
        sum += a[i] * b[i];
    for (size_t k = 0; k < LANES; k++)
        sum += lane[k];
    return sum;
}

static void autocorrelate(const float *x, size_t count, float *out)
{
    for (size_t lag = 0; lag < MAX_LAG; lag++)
        out[lag] =
            lag < count ? product(x + lag, x, count - lag) / (float)(count - lag) : 0.0f;
    float scale = out[0] > 1e-9f ? 1.0f / out[0] : 0.0f;
    for (size_t lag = 0; lag < MAX_LAG; lag++)
        out[lag] *= scale;
}

static float at_lag(const float *acf, double lag)
{
    int whole = (int)lag;
    float part = (float)(lag - whole);
    return whole + 1 < MAX_LAG ? acf[whole] + part * (acf[whole + 1] - acf[whole]) : 0.0f;
}

/* Strength of each period class; the octave's longest period first. */
static void fold_octave(const float *acf, double longest_s, float *row)
{
    for (int k = 0; k < BINS; k++) {
        double lag = longest_s * pow(2.0, -(double)k / BINS) * FLUX_FPS;
        row[k] = 0.0f;
        for (int m = 0; m < MULTIPLES; m++)
            row[k] += multiple_weight[m] * at_lag(acf, lag * multiple[m]);
    }
}

static size_t count_windows(const struct flux *flux)
{
    double s = (double)flux->frames / FLUX_FPS;
    if (s < SHORTEST_S)
        return 0;
    return s < TEMPO_WINDOW_S ? 1 : (size_t)((s - TEMPO_WINDOW_S) / TEMPO_HOP_S) + 1;
}

static void fill_acfs(const struct flux *flux, size_t windows, float *acfs)
{
    const size_t size = (size_t)(TEMPO_WINDOW_S * FLUX_FPS);
    for (size_t w = 0; w < windows; w++) {
        size_t first = (size_t)((double)w * TEMPO_HOP_S * FLUX_FPS);
        size_t left = flux->frames - first;
        autocorrelate(flux->all + first, left < size ? left : size, acfs + w * MAX_LAG);
    }
}

/* Fold every window; `mean` gets the mean row, of which its own mean is taken off. */
static void fill_rows(const float *acfs, size_t windows, double longest_s, float *rows,
                      float *mean)
{
    memset(mean, 0, BINS * sizeof *mean);
    for (size_t w = 0; w < windows; w++) {
        float *row = rows + w * BINS, level = 0.0f;
        fold_octave(acfs + w * MAX_LAG, longest_s, row);
        for (int k = 0; k < BINS; k++)
            level += row[k] / BINS;
        for (int k = 0; k < BINS; k++) {
            row[k] -= level;
            mean[k] += row[k] / (float)windows;
        }
    }
}

static int highest(const float *row)
{
    int best = 0;
    for (int k = 1; k < BINS; k++)
        if (row[k] > row[best])
            best = k;
    return best;
}

/* Whether two bins are a fourth or a fifth apart, give or take `reach`. */
static bool is_kin(int apart, int reach)
{
    int bins = abs(apart);
    return abs(bins - FOURTH) <= reach || abs(bins - FIFTH) <= reach;
}

/* Highest of a row around a bin, or around its kin. */
static float near_bin(const float *row, int bin, int reach)
{
    float most = 0.0f;
    for (int k = 0; k < BINS; k++) {
        if (abs(k - bin) <= reach && row[k] > most)
            most = row[k];
        if (is_kin(k - bin, 1) && KIN_SHARE * row[k] > most)
            most = KIN_SHARE * row[k];
    }
    return most;
}

static float move_cost(int bins)
{
    if (abs(bins) <= STEPS)
        return STEP_COST * (float)abs(bins);
    return is_kin(bins, NEAR_BINS + STEPS) ? KIN_JUMP_COST : JUMP_COST;
}

/* Best path by dynamic programming; it does not wrap around the octave's ends. */
static int find_path(const float *rows, size_t windows, int *path)
{
    uint8_t *from = malloc(windows * BINS);
    float score[BINS], next[BINS];
    if (!from)
        return -ENOMEM;
    memcpy(score, rows, sizeof score);
    for (size_t w = 1; w < windows; w++) {
        for (int k = 0; k < BINS; k++) {
            float best = -1e30f;
            for (int j = 0; j < BINS; j++) {
                float cost = move_cost(k - j);
                if (score[j] - cost > best) {
                    best = score[j] - cost;
                    from[w * BINS + (size_t)k] = (uint8_t)j;
                }
            }
            next[k] = best + near_bin(rows + w * BINS, k, 0);
        }
        memcpy(score, next, sizeof score);
    }
    path[windows - 1] = highest(score);
    for (size_t w = windows - 1; w > 0; w--)
        path[w - 1] = from[w * BINS + (size_t)path[w]];
    free(from);
    return 0;
}

/* A jump, not a drift. */
static bool is_jump(double before, double after)
{
    return fabs(after - before) > JUMP * before;
}

/* The longest run of windows whose path is away from the commonest period, or at it. */
static void find_run(const struct tempo *tempo, bool is_away, double *from, double *to)
{
    size_t longest = 0, run = 0;
    for (size_t w = 0; w < tempo->count; w++) {
        run = is_jump(tempo->main, tempo->period[w]) == is_away ? run + 1 : 0;
        if (run > longest) {
            longest = run;
            *to = (double)w * TEMPO_HOP_S + TEMPO_WINDOW_S / 2;
        }
    }
    *from = *to - (double)longest * TEMPO_HOP_S;
}

/* The best fit of the periods from one to another. */
static double best_fit(const struct lines *lines, double from, double to, double *period)
{
    double best = -INFINITY, step = 1.0 + lines_step(lines);
    *period = from;
    for (double at = from; at < to; at *= step) {
        double fit = lines_fit(lines, at);
        if (fit > best) {
            best = fit;
            *period = at;
        }
    }
    return best;
}

/* Of the periods of an octave that fit as well as `best`, that whose class is highest. */
static double highest_fit(const struct lines *lines, double longest_s, const float *row,
                          double best, double least)
{
    double shortest_s = 0.5 * longest_s;
    float most = -INFINITY;
    for (int k = 0; k < BINS; k++) {
        double middle = longest_s * pow(2.0, -(double)k / BINS), period;
        double edge = pow(2.0, 0.5 / BINS);
        if (row[k] > most && best_fit(lines, fmax(middle / edge, shortest_s),
                                      middle * edge, &period) >= least) {
            most = row[k];
            best = period;
        }
    }
    return best;
}

/* A machine's tempo that the tempogram has missed: it is the same all along. */
static void hold_to(struct tempo *out, const struct lines *lines, const float *mean)
{
    double period, shortest_s = 0.5 * out->longest_s;
    double from = out->main * (1.0 - REACH), to = out->main * (1.0 + REACH);
    double main = best_fit(lines, from, to, &period);
    if (main >= OFF_LINES)
        return;
    double fit = best_fit(lines, shortest_s, out->longest_s, &period);
    if (fit < ON_LINES || main >= OFF_LINES * fit)
        return;
    period = highest_fit(lines, out->longest_s, mean, period, AS_WELL * fit);
    out->main = lines_refine(lines, period);
    out->reach = NEAR_REACH;
    out->is_lines = true;
    out->elsewhere = 0.0;
    out->clarity = fmax(out->clarity, fit);
    for (size_t w = 0; w < out->count; w++)
        out->period[w] = out->main;
}

static int hold_to_lines(struct tempo *out, const struct flux *flux, const float *mean)
{
    struct lines lines;
    int err = lines_init(&lines, flux, out->longest_s);
    if (!err && lines.sum)
        hold_to(out, &lines, mean);
    lines_release(&lines);
    return err;
}

static int fill(struct tempo *out, const struct flux *flux, const float *acfs, int *path)
{
    float mean[BINS], *rows = out->rows;
    double longest_s = LONGEST_S;
    fill_rows(acfs, out->count, longest_s, rows, mean);
    /* put the commonest class in the middle of the octave */
    longest_s *= pow(2.0, -(double)highest(mean) / BINS + 0.5);
    if (longest_s > LONGEST_S * M_SQRT2)
        longest_s *= 0.5;
    out->longest_s = longest_s;
    fill_rows(acfs, out->count, longest_s, rows, mean);
    int err = find_path(rows, out->count, path);
    if (err)
        return err;
    out->main = longest_s * pow(2.0, -(double)highest(mean) / BINS);
    for (size_t w = 0; w < out->count; w++) {
        out->period[w] = longest_s * pow(2.0, -(double)path[w] / BINS);
        const float *row = rows + w * BINS;
        double here = (double)near_bin(row, path[w], NEAR_BINS);
        out->clarity += here / (double)out->count;
        double there = (double)near_bin(row, highest(mean), NEAR_BINS);
        out->elsewhere += here - there > CLEAR ? 1.0 / (double)out->count : 0.0;
    }
    err = hold_to_lines(out, flux, mean);
    find_run(out, true, &out->away_from, &out->away_to);
    find_run(out, false, &out->home_from, &out->home_to);
    return err;
}

int tempo_init(struct tempo *out, const struct flux *flux)
{
    memset(out, 0, sizeof *out);
    size_t windows = count_windows(flux);
    if (windows == 0)
        return 0;
    out->period = calloc(windows, sizeof *out->period);
    out->rows = malloc(windows * BINS * sizeof *out->rows);
    out->count = windows;
    out->reach = REACH;
    float *acfs = malloc(windows * MAX_LAG * sizeof *acfs);
    int *path = malloc(windows * sizeof *path);
    int err = -ENOMEM;
    if (out->period && out->rows && acfs && path) {
        fill_acfs(flux, windows, acfs);
        err = fill(out, flux, acfs, path);
    }
    free(acfs);
    free(path);
    return err;
}

void tempo_release(struct tempo *tempo)
{
    free(tempo->period);
    free(tempo->rows);
}

bool tempo_changes(const struct tempo *tempo)
{
    return tempo->elsewhere >= CHANGES;
}

void tempo_trade_places(struct tempo *tempo)
{
    double from = tempo->away_from, to = tempo->away_to;
    tempo->main = tempo_at(tempo, 0.5 * (from + to));
    find_run(tempo, true, &tempo->away_from, &tempo->away_to);
    find_run(tempo, false, &tempo->home_from, &tempo->home_to);
}

double tempo_height(const struct tempo *tempo, size_t window, double period, double *most)
{
    const float *row = tempo->rows + window * BINS;
    int bin = (int)lround(BINS * log2(tempo->longest_s / period)) % BINS;
    float here = -INFINITY;
    for (int off = -1; off <= 1; off++)
        here = fmaxf(here, row[(bin + off + 2 * BINS) % BINS]);
    *most = (double)row[highest(row)];
    return (double)here;
}

double tempo_jump(const struct tempo *tempo, double start, double end)
{
    double at = -1.0;
    for (size_t w = 1; w < tempo->count; w++) {
        double time = TEMPO_WINDOW_S / 2 + ((double)w - 0.5) * TEMPO_HOP_S;
        if (time >= start && time < end &&
            is_jump(tempo->period[w - 1], tempo->period[w]))
            at = time;
    }
    return at;
}

double tempo_at(const struct tempo *tempo, double time)
{
    double at = (time - TEMPO_WINDOW_S / 2) / TEMPO_HOP_S;
    double last = (double)(tempo->count - 1);
    at = at < 0.0 ? 0.0 : at > last ? last : at;
    size_t w = (size_t)at;
    if (w + 1 >= tempo->count)
        return tempo->period[tempo->count - 1];
    double a = tempo->period[w], b = tempo->period[w + 1];
    if (is_jump(a, b))
        return at - (double)w < 0.5 ? a : b;
    return a + (at - (double)w) * (b - a);
}
