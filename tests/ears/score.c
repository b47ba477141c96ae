/* score.c - the definitions, as literally as C lets them be written. */
#include "score.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define CONTINUITY 0.175 /* of phase and of period */

struct times score_trim(struct times list, double from)
{
    while (list.count > 0 && list.at[0] < from) {
        list.at++;
        list.count--;
    }
    return list;
}

double score_f(struct times truth, struct times found, double window)
{
    size_t hits = 0, t = 0, f = 0;
    while (t < truth.count && f < found.count) {
        double off = found.at[f] - truth.at[t];
        if (fabs(off) <= window) {
            hits++;
            t++;
            f++;
        } else if (off < 0) {
            f++;
        } else {
            t++;
        }
    }
    return hits ? 2.0 * (double)hits / (double)(truth.count + found.count) : 0.0;
}

static double *room(size_t count)
{
    double *at = malloc((count + 1) * sizeof *at);
    if (!at)
        abort();
    return at;
}

static size_t nearest_to(struct times list, double time)
{
    size_t best = 0;
    for (size_t i = 1; i < list.count; i++)
        if (fabs(list.at[i] - time) < fabs(list.at[best] - time))
            best = i;
    return best;
}

static bool continues(struct times truth, struct times found, size_t m, size_t near)
{
    double want, got;
    if (m == 0 || near == 0) {
        want = near + 1 < truth.count ? truth.at[near + 1] - truth.at[near]
                                      : truth.at[near] - truth.at[near - 1];
        got = m + 1 < found.count ? found.at[m + 1] - found.at[m]
                                  : found.at[m] - found.at[m - 1];
    } else {
        want = truth.at[near] - truth.at[near - 1];
        got = found.at[m] - found.at[m - 1];
    }
    return fabs(found.at[m] - truth.at[near]) / want < CONTINUITY &&
           fabs(1.0 - got / want) < CONTINUITY;
}

/* Share of beats that continue, and of the longest run of them. */
static void against(struct times truth, struct times found, double *longest,
                    double *total)
{
    size_t most = truth.count > found.count ? truth.count : found.count;
    size_t run = 0, best = 0, sum = 0;
    *longest = *total = 0.0;
    if (truth.count < 2 || found.count < 2)
        return;
    bool *used = calloc(truth.count, sizeof *used);
    if (!used)
        abort();
    for (size_t m = 0; m < found.count; m++) {
        size_t near = nearest_to(truth, found.at[m]);
        bool good = !used[near] && continues(truth, found, m, near);
        used[near] = true;
        run = good ? run + 1 : 0;
        best = run > best ? run : best;
        sum += good;
    }
    free(used);
    *longest = (double)best / (double)most;
    *total = (double)sum / (double)most;
}

#define VARIANTS 5

/* The truth itself, its off-beat, double, and both halves; `twice` has room for 2 n. */
static void variants_of(struct times truth, double *twice, double *rest,
                        struct times out[VARIANTS])
{
    size_t n = truth.count;
    double *off = rest, *even = rest + n, *odd = rest + 2 * n;
    for (size_t i = 0; i < n; i++) {
        double next = i + 1 < n ? truth.at[i + 1] : truth.at[i];
        twice[2 * i] = truth.at[i];
        twice[2 * i + 1] = off[i] = 0.5 * (truth.at[i] + next);
        (i % 2 ? odd : even)[i / 2] = truth.at[i];
    }
    out[0] = truth;
    out[1] = (struct times){off, n ? n - 1 : 0};
    out[2] = (struct times){twice, n ? 2 * n - 1 : 0};
    out[3] = (struct times){even, (n + 1) / 2};
    out[4] = (struct times){odd, n / 2};
}

struct continuity score_continuity(struct times truth, struct times found)
{
    struct continuity out = {0};
    struct times variant[VARIANTS];
    double *twice = room(2 * truth.count), *rest = room(3 * truth.count);
    variants_of(truth, twice, rest, variant);
    for (int v = 0; v < VARIANTS; v++) {
        double longest, total;
        against(variant[v], found, &longest, &total);
        if (v == 0) {
            out.cml_longest = longest;
            out.cml = total;
        }
        out.aml_longest = fmax(out.aml_longest, longest);
        out.aml = fmax(out.aml, total);
    }
    free(twice);
    free(rest);
    return out;
}

double score_f_forgiving(struct times truth, struct times found)
{
    struct times variant[VARIANTS];
    double *twice = room(2 * truth.count), *rest = room(3 * truth.count), best = 0.0;
    variants_of(truth, twice, rest, variant);
    for (int v = 0; v < VARIANTS; v++)
        best = fmax(best, score_f(variant[v], found, SCORE_BEAT_S));
    free(twice);
    free(rest);
    return best;
}

int score_tempo(double truth, double found)
{
    return fabs(found - truth) <= 0.04 * truth;
}

int score_tempo_forgiving(double truth, double found)
{
    static const double factor[] = {1.0, 2.0, 0.5, 3.0, 1.0 / 3.0};
    for (size_t i = 0; i < sizeof factor / sizeof *factor; i++)
        if (score_tempo(truth * factor[i], found))
            return 1;
    return 0;
}

double score_key(int truth, int found)
{
    if (found < 0 || truth < 0)
        return 0.0;
    int apart = (found % 12 - truth % 12 + 12) % 12;
    bool same_mode = found / 12 == truth / 12;
    if (same_mode)
        return apart == 0 ? 1.0 : apart == 7 ? 0.5 : 0.0;
    if (apart == (truth / 12 ? 3 : 9))
        return 0.3;
    return apart == 0 ? 0.2 : 0.0;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double score_precision(struct times truth, struct times found, double *bias)
{
    double *off = room(truth.count);
    size_t count = 0, f = 0;
    *bias = 0.0;
    for (size_t t = 0; t < truth.count && found.count > 0; t++) {
        while (f + 1 < found.count &&
               fabs(found.at[f + 1] - truth.at[t]) < fabs(found.at[f] - truth.at[t]))
            f++;
        if (fabs(found.at[f] - truth.at[t]) <= SCORE_BEAT_S)
            off[count++] = found.at[f] - truth.at[t];
    }
    double median = -1.0;
    if (count >= 8) {
        qsort(off, count, sizeof *off, by_size);
        *bias = off[count / 2];
        for (size_t i = 0; i < count; i++)
            off[i] = fabs(off[i] - *bias);
        qsort(off, count, sizeof *off, by_size);
        median = off[count / 2];
    }
    free(off);
    return median;
}
