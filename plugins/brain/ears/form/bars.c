/* bars.c - three or four, and the one by the meter network and by what begins on it.
 *
 * The one may move: the network reads windows of eight bars, and a path through them pays
 * for each move, so that a bar of two or a cut is followed and a break is carried over.
 */
#include "bars.h"

#include <math.h>
#include <string.h>

#include "novelty.h"

#define WINDOW 32 /* beats that are judged together */
#define HOP 16
#define MOVE_COST 10.0f
#define SURE 0.02f /* least chance that the network gives a place in a window */
/* Weights of the evidence, fitted to composed songs whose beats are found. What happens
 * once a phrase, and where the music begins, say more than a pattern of drums does: it
 * may well be turned around. */
#define WHOLE 0.2f         /* the network's view of all beats */
#define LOCAL 0.8f         /* the mean of its views of windows */
#define HERE 0.5f          /* its view of the window itself */
#define VOTE_OF_FOUR 1.1f  /* what changes where, from four beats to the next */
#define VOTE_OF_EIGHT 1.4f /* and from eight */
/* The first beat is the one of nearly all music; or the file's start is, where it lies on
 * a beat: what a sequencer writes begins so. */
#define FIRST 2.8f
#define START_S 0.012 /* so near to a beat */
#define FIRST_BEATS 7 /* that tell the period there; no track with bars has fewer */
#define VOTE_FLOOR 0.05f
#define THREE 1.0f /* likeness of beats three apart, above that of four */
#define ROWS 4     /* of a beat: low, body, mid onsets, harmonic change */

/* ---- three or four -------------------------------------------------------------------
 */

static float self_likeness(const float *row, size_t count, size_t lag)
{
    float mean = 0.0f, top = 0.0f, bottom = 1e-6f;
    for (size_t i = 0; i < count; i++)
        mean += row[i * ROWS] / (float)count;
    for (size_t i = 0; i < count; i++)
        bottom += (row[i * ROWS] - mean) * (row[i * ROWS] - mean);
    for (size_t i = lag; i < count; i++)
        top += (row[i * ROWS] - mean) * (row[(i - lag) * ROWS] - mean);
    return top / bottom;
}

/* How much more beats three apart are alike than beats four apart. */
static float three_score(const float *rows, size_t count)
{
    static const float weight[ROWS] = {1.0f, 0.7f, 1.0f, 0.7f};
    float score = 0.0f;
    if (count < 24)
        return -1.0f;
    for (int r = 0; r < ROWS; r++) {
        const float *row = rows + r;
        float three = self_likeness(row, count, 3) + self_likeness(row, count, 6);
        float four = self_likeness(row, count, 4) + self_likeness(row, count, 8);
        score += weight[r] * (three - four);
    }
    return score;
}

static int beat_rows(float **out, const struct strip_d *beats,
                     const struct meter_ears *ears)
{
    *out = malloc((beats->count + 1) * ROWS * sizeof **out);
    if (!*out)
        return -ENOMEM;
    for (size_t i = 0; i < beats->count; i++) {
        float *row = *out + i * ROWS;
        for (int b = 0; b < ROWS - 1; b++)
            row[b] = sqrtf(flux_near(ears->flux, ears->flux->band[b], beats->at[i], 3.0));
        row[ROWS - 1] = harmony_change(ears->harmony, beats->at[i]);
    }
    return 0;
}

/* The phase at which bars of three begin, by bass, harmony and novelty. */
static size_t three_phase(const float *rows, size_t count, const struct strip_d *beats,
                          const struct meter_ears *ears, float *confidence)
{
    static const float weight[ROWS] = {1.0f, 0.3f, -0.6f, 1.5f};
    float score[3] = {0}, mean[ROWS] = {1e-6f, 1e-6f, 1e-6f, 1e-6f}, sum = 0.0f;
    size_t best = 0;
    for (size_t i = 0; i < count; i++)
        for (int r = 0; r < ROWS; r++)
            mean[r] += rows[i * ROWS + (size_t)r] / (float)count;
    for (size_t i = 0; i < count; i++) {
        float here = 0.05f * novelty_near(ears->novelty, beats->at[i]);
        for (int r = 0; r < ROWS; r++)
            here += weight[r] * rows[i * ROWS + (size_t)r] / mean[r];
        score[i % 3] += 3.0f * here / (float)count;
    }
    for (size_t p = 1; p < 3; p++)
        best = score[p] > score[best] ? p : best;
    for (size_t p = 0; p < 3; p++)
        sum += expf(3.0f * (score[p] - score[best]));
    *confidence = 1.0f / sum;
    return best;
}

/* ---- bars of four --------------------------------------------------------------------
 */

/* Where new sections begin: how sharply the sound changes at the beats of each phase, as
 * logarithms of shares. */
static void add_vote(const struct changes *changes, size_t side, float weight,
                     float score[4])
{
    float sum = 1e-6f, share[4] = {0}, last = 0.0f, here = 0.0f;
    for (size_t i = 4; i + 3 <= changes->beats; i++) {
        float next = changes_at(changes, i, side);
        float sharp = here - 0.5f * (last + next); /* of beat i - 1 */
        if (i > 5 && sharp > 0.0f)
            share[(i - 1) % 4] += sharp * sharp * here;
        last = here;
        here = next;
    }
    for (int p = 0; p < 4; p++)
        sum += share[p];
    for (int p = 0; p < 4; p++)
        score[p] += weight * logf(share[p] / sum + VOTE_FLOOR);
}

/* Logarithms of the chances that the network gives each phase. */
static void judge_window(const struct meter_ears *ears, double bpm, float score[4])
{
    float sum = 0.0f;
    meter_judge_bars(ears, bpm, score);
    for (int p = 0; p < 4; p++)
        sum += score[p] = expf(score[p]);
    for (int p = 0; p < 4; p++)
        score[p] = logf(score[p] / sum + SURE);
}

/* Where the music begins, or the file if a rest of whole beats comes first. */
static void add_first(const struct strip_d *beats, float score[4])
{
    double period = (beats->at[FIRST_BEATS] - beats->at[0]) / FIRST_BEATS;
    double rest = beats->at[0] / period, off = (rest - round(rest)) * period / START_S;
    float is_rest = expf(-0.5f * (float)(off * off));
    score[0] += FIRST * (1.0f - is_rest);
    score[(4 - lrint(rest) % 4) % 4] += FIRST * is_rest;
}

/* Scores of the four phases in each window, by the number of the beat modulo 4. */
static size_t judge_windows(float (*score)[4], const struct strip_d *beats, double bpm,
                            const struct meter_ears *ears, const struct changes *changes)
{
    size_t windows = beats->count < WINDOW ? 1 : (beats->count - WINDOW) / HOP + 1;
    float whole[4], all[4] = {0};
    struct pulse part = {.time = *beats};
    struct meter_ears here = *ears;
    here.pulse = &part;
    meter_judge_bars(&here, bpm, whole);
    if (!isnan(ears->start))
        add_first(beats, all);
    add_vote(changes, 4, VOTE_OF_FOUR, all);
    add_vote(changes, 8, VOTE_OF_EIGHT, all);
    for (size_t w = 0; w < windows; w++) {
        size_t left = beats->count - w * HOP;
        part.time.at = beats->at + w * HOP;
        part.time.count = left < WINDOW ? left : WINDOW;
        judge_window(&here, bpm, score[w]);
        for (int p = 0; p < 4; p++) /* HOP is a multiple of 4: phases keep their number */
            all[p] += LOCAL * score[w][p] / (float)windows;
    }
    for (size_t w = 0; w < windows; w++)
        for (int p = 0; p < 4; p++)
            score[w][p] = HERE * score[w][p] + WHOLE * whole[p] + all[p];
    return windows;
}

/* The best path; returns the mean chance of its phases. */
static float find_path(float (*score)[4], size_t windows, uint8_t *phase)
{
    float total[4], chance = 0.0f;
    uint8_t *from = malloc(windows * 4);
    if (!from)
        return -1.0f;
    memcpy(total, score[0], sizeof total);
    for (size_t w = 1; w < windows; w++) {
        float next[4];
        for (int p = 0; p < 4; p++) {
            int best = p;
            for (int q = 0; q < 4; q++)
                if (total[q] - MOVE_COST > total[best] - (best == p ? 0.0f : MOVE_COST))
                    best = q;
            next[p] = total[best] - (best == p ? 0.0f : MOVE_COST) + score[w][p];
            from[w * 4 + (size_t)p] = (uint8_t)best;
        }
        memcpy(total, next, sizeof total);
    }
    uint8_t best = 0;
    for (uint8_t p = 1; p < 4; p++)
        best = total[p] > total[best] ? p : best;
    for (size_t w = windows; w-- > 0; best = from[w * 4 + best]) {
        float sum = 0.0f;
        phase[w] = best;
        for (int p = 0; p < 4; p++)
            sum += expf(score[w][p] - score[w][best]);
        chance += 1.0f / sum / (float)windows;
        if (w == 0)
            break;
    }
    free(from);
    return chance;
}

static int lay_fours(struct bars *out, const struct strip_d *beats, double bpm,
                     const struct meter_ears *ears, const struct changes *changes)
{
    size_t most = beats->count / HOP + 1, windows;
    float(*score)[4] = malloc(most * sizeof *score);
    uint8_t *phase = malloc(most);
    int err = score && phase ? 0 : -ENOMEM;
    if (!err) {
        windows = judge_windows(score, beats, bpm, ears, changes);
        out->bar_confidence = find_path(score, windows, phase);
        if (out->bar_confidence < 0.0f)
            err = -ENOMEM;
    }
    for (size_t i = 0; !err && i < beats->count; i++) {
        size_t w = i < WINDOW / 2 ? 0 : (i - WINDOW / 2 + HOP / 2) / HOP;
        if (w >= windows)
            w = windows - 1;
        if (i % 4 == phase[w])
            err = STRIP_PUSH(&out->downbeat, beats->at[i]);
    }
    free(score);
    free(phase);
    return err;
}

static int lay_bars(struct bars *out, const struct strip_d *beats, double bpm,
                    const struct meter_ears *ears, const struct changes *changes)
{
    float *rows;
    int err = beat_rows(&rows, beats, ears);
    if (err)
        return err;
    float three = three_score(rows, beats->count);
    if (three > THREE) {
        out->beats_per_bar = 3;
        size_t first = three_phase(rows, beats->count, beats, ears, &out->bar_confidence);
        for (size_t i = first; !err && i < beats->count; i += 3)
            err = STRIP_PUSH(&out->downbeat, beats->at[i]);
    } else {
        out->beats_per_bar = 4;
        err = lay_fours(out, beats, bpm, ears, changes);
    }
    out->bar_confidence *= 1.0f / (1.0f + expf(-3.0f * fabsf(three - THREE)));
    free(rows);
    return err;
}

int bars_init(struct bars *out, const struct strip_d *beats, double bpm,
              const struct meter_ears *ears, const struct changes *changes)
{
    memset(out, 0, sizeof *out);
    return beats->count < 8 ? 0 : lay_bars(out, beats, bpm, ears, changes);
}

void bars_release(struct bars *bars)
{
    free(bars->downbeat.at);
}
