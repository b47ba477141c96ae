/* judge.c - the figures of the table, and how far a confidence can be believed. */
#include "judge.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define RIGHT 0.8 /* F-measure that makes a claim come true */

static struct times marked(const struct song *song, unsigned mark, double *room)
{
    size_t count = 0;
    for (int b = 0; b < song->beat_count; b++)
        if (song->marks[b] & mark)
            room[count++] = song->beats[b];
    return (struct times){room, count};
}

static double f_after_start(struct times truth, struct times found)
{
    return score_f(score_trim(truth, SCORE_FROM_S), score_trim(found, SCORE_FROM_S),
                   SCORE_BEAT_S);
}

static void claim(struct tally *tally, int which, double confidence, int is_right)
{
    static const double edge[JUDGE_BINS - 1] = {0.5, 0.7, 0.8, 0.9, 0.95};
    int bin = 0;
    while (bin < JUDGE_BINS - 1 && confidence >= edge[bin])
        bin++;
    tally->claims[which][bin]++;
    tally->right[which][bin] += is_right;
    tally->claimed[which][bin] += confidence;
}

static void keep_precision(struct tally *tally, struct times truth, struct times found)
{
    double bias, error = score_precision(truth, found, &bias);
    if (error < 0.0)
        return;
    if (tally->precise == tally->room) {
        tally->room = tally->room * 2 + 64;
        size_t size = (size_t)tally->room * sizeof(double);
        tally->error_s = realloc(tally->error_s, size);
        tally->bias_s = realloc(tally->bias_s, size);
        if (!tally->error_s || !tally->bias_s)
            abort();
    }
    tally->error_s[tally->precise] = error;
    tally->bias_s[tally->precise++] = bias;
}

/* Section starts but the first; a bar off is near enough. */
static double section_f(const struct song *song, const struct answer *answer)
{
    struct times truth = {song->sections + 1, (size_t)song->section_count - 1};
    struct times found = answer->sections;
    if (found.count > 0) {
        found.at++;
        found.count--;
    }
    return score_f(truth, found, 60.0 / song->bpm * song->beats_per_bar);
}

void judge(struct tally *tally, const struct song *song, const struct answer *answer,
           double f[FIGURES])
{
    for (int k = 0; k < FIGURES; k++)
        f[k] = 0.0;
    tally->cpu_s += answer->cpu_s;
    tally->audio_s += (double)song->frames / 44100.0;
    if (song->beat_count == 0) {
        tally->beatless++;
        tally->beatless_told += answer->confidence[0] < 0.5;
        claim(tally, 0, answer->confidence[0], 0);
        claim(tally, 1, answer->confidence[1], 0);
        return;
    }
    double *room = malloc((size_t)song->beat_count * 2 * sizeof *room);
    if (!room)
        abort();
    struct times beats =
        score_trim((struct times){song->beats, (size_t)song->beat_count}, SCORE_FROM_S);
    struct times found = score_trim(answer->beats, SCORE_FROM_S);
    struct times ones = marked(song, SONG_ONE, room);
    struct times phrases = marked(song, SONG_PHRASE, room + song->beat_count);
    struct continuity run = score_continuity(beats, found);
    f[BEAT_F] = score_f(beats, found, SCORE_BEAT_S);
    f[BEAT_FORGIVING] = score_f_forgiving(beats, found);
    f[CMLT] = run.cml;
    f[AMLT] = run.aml;
    f[ACC1] = score_tempo(song->bpm, answer->bpm);
    f[ACC2] = score_tempo_forgiving(song->bpm, answer->bpm);
    f[DOWNBEAT_F] = f_after_start(ones, answer->downbeats);
    f[PHRASE_F] = f_after_start(phrases, answer->phrases);
    f[SECTION_F] = section_f(song, answer);
    f[KEY] = score_key(song->key, answer->key);
    free(room);
    for (int k = 0; k < FIGURES; k++)
        tally->sum[k] += f[k];
    tally->songs++;
    tally->steady += song->is_steady;
    tally->steady_right += song->is_steady && fabs(answer->bpm - song->bpm) <= 0.02;
    if (f[BEAT_F] > RIGHT)
        keep_precision(tally, beats, found);
    claim(tally, 0, answer->confidence[0], f[ACC1] > 0.5);
    claim(tally, 1, answer->confidence[1], f[BEAT_F] > RIGHT);
    claim(tally, 2, answer->confidence[2], f[DOWNBEAT_F] > RIGHT);
    claim(tally, 3, answer->confidence[3], f[PHRASE_F] > RIGHT);
    claim(tally, 4, answer->confidence[4], f[KEY] > 0.99);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void judge_print_head(void)
{
    printf("%-11s     F F-any  CMLt  AMLt  Acc1  Acc2  down phras  sect   key", "");
    printf("  error    90%%   bias <.02   cpu s\n%-72s%20s %6s %6s\n", "",
           "ms     ms     ms", "bpm", "/min");
}

void judge_print(const char *name, struct tally *tally)
{
    double n = tally->songs > 0 ? tally->songs : 1, median = 0.0, most = 0.0, bias = 0.0;
    if (tally->precise > 0) {
        size_t count = (size_t)tally->precise;
        qsort(tally->error_s, count, sizeof(double), by_size);
        qsort(tally->bias_s, count, sizeof(double), by_size);
        median = 1000.0 * tally->error_s[count / 2];
        most = 1000.0 * tally->error_s[count * 9 / 10];
        bias = 1000.0 * tally->bias_s[count / 2];
    }
    printf("%-11s", name);
    for (int k = 0; k < FIGURES; k++)
        printf(" %5.3f", tally->sum[k] / n);
    printf(" %6.2f %6.2f %6.2f  %4.0f%%  %5.3f\n", median, most, bias,
           100.0 * tally->steady_right / (tally->steady > 0 ? tally->steady : 1),
           tally->cpu_s / (tally->audio_s / 60.0 + 1e-9));
}

void judge_print_claims(const struct tally *tally)
{
    static const char *const name[JUDGE_CLAIMS] = {"tempo", "beat", "bar", "phrase",
                                                   "key"};
    printf("\nconfidence: claimed on average / came true (of how many)\n%-8s", "");
    printf("%17s%17s%17s%17s%17s%17s\n", "< .5", ".5 - .7", ".7 - .8", ".8 - .9",
           ".9 - .95", "> .95");
    for (int k = 0; k < JUDGE_CLAIMS; k++) {
        printf("%-8s", name[k]);
        for (int b = 0; b < JUDGE_BINS; b++) {
            double n = tally->claims[k][b] > 0 ? tally->claims[k][b] : 1;
            printf("  %.2f / %.2f (%3d)", tally->claimed[k][b] / n,
                   tally->right[k][b] / n, tally->claims[k][b]);
        }
        printf("\n");
    }
    printf("pieces without a beat: %d, said so of: %d\n", tally->beatless,
           tally->beatless_told);
}

void judge_release(struct tally *tally)
{
    free(tally->error_s);
    free(tally->bias_s);
}
