/* fours.c - views of the one, of all beats and of windows of eight bars, and a path
 * through them that pays for each move.
 *
 * Music that starts on its one and has a bar of two early on is told by its beginning:
 * see `begin_by_first`.
 */
#include "fours.h"

#include <math.h>
#include <string.h>

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
#define FIRST_HOLDS 2 /* windows, at least, that count by the first beat */
#define REACH 24      /* beats by which a count may end elsewhere than windows say */
#define VOTE_FLOOR 0.05f

/* Scores by the number of the beat modulo 4: logarithms of chances. */
struct views {
    size_t windows;
    float (*here)[4]; /* of each window: HOP is a multiple of 4, so numbers stay */
    float all[4];     /* what the whole track says, of every window */
    float first[4];   /* how it begins; in `all`, too */
    uint8_t *phase;   /* that is chosen */
};

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
static void hear_first(const struct strip_d *beats, float score[4])
{
    double period = (beats->at[FIRST_BEATS] - beats->at[0]) / FIRST_BEATS;
    double rest = beats->at[0] / period, off = (rest - round(rest)) * period / START_S;
    float is_rest = expf(-0.5f * (float)(off * off));
    score[0] += FIRST * (1.0f - is_rest);
    score[(4 - lrint(rest) % 4) % 4] += FIRST * is_rest;
}

static void judge_windows(struct views *views, const struct strip_d *beats, double bpm,
                          const struct meter_ears *ears, const struct changes *changes)
{
    float whole[4], mean[4] = {0};
    struct pulse part = {.time = *beats};
    struct meter_ears here = *ears;
    here.pulse = &part;
    meter_judge_bars(&here, bpm, whole);
    if (!isnan(ears->start))
        hear_first(beats, views->first);
    memcpy(views->all, views->first, sizeof views->all);
    add_vote(changes, 4, VOTE_OF_FOUR, views->all);
    add_vote(changes, 8, VOTE_OF_EIGHT, views->all);
    for (size_t w = 0; w < views->windows; w++) {
        size_t left = beats->count - w * HOP;
        part.time.at = beats->at + w * HOP;
        part.time.count = left < WINDOW ? left : WINDOW;
        judge_window(&here, bpm, views->here[w]);
        for (int p = 0; p < 4; p++)
            mean[p] += views->here[w][p] / (float)views->windows;
    }
    for (int p = 0; p < 4; p++)
        views->all[p] += LOCAL * mean[p] + WHOLE * whole[p];
}

static float score_of(const struct views *views, size_t window, int phase)
{
    return HERE * views->here[window][phase] + views->all[phase];
}

/* The best path; returns the mean chance of its phases. */
static float find_path(struct views *views)
{
    float total[4], chance = 0.0f;
    uint8_t *from = malloc(views->windows * 4);
    if (!from)
        return -1.0f;
    for (int p = 0; p < 4; p++)
        total[p] = score_of(views, 0, p);
    for (size_t w = 1; w < views->windows; w++) {
        float next[4];
        for (int p = 0; p < 4; p++) {
            int best = p;
            for (int q = 0; q < 4; q++)
                if (total[q] - MOVE_COST > total[best] - (best == p ? 0.0f : MOVE_COST))
                    best = q;
            next[p] =
                total[best] - (best == p ? 0.0f : MOVE_COST) + score_of(views, w, p);
            from[w * 4 + (size_t)p] = (uint8_t)best;
        }
        memcpy(total, next, sizeof total);
    }
    uint8_t best = 0;
    for (uint8_t p = 1; p < 4; p++)
        best = total[p] > total[best] ? p : best;
    for (size_t w = views->windows; w-- > 0; best = from[w * 4 + best]) {
        float sum = 0.0f;
        views->phase[w] = best;
        for (int p = 0; p < 4; p++)
            sum += expf(score_of(views, w, p) - score_of(views, w, best));
        chance += 1.0f / sum / (float)views->windows;
        if (w == 0)
            break;
    }
    free(from);
    return chance;
}

/* Where the path does not begin with the first beat, though the windows there do: what
 * follows outvotes them, for a bar of two comes between. That music begins on its one and
 * that its pattern says so, together, are hardly ever wrong. */
static void begin_by_first(struct views *views)
{
    float gain = 0.0f, most = 0.0f;
    size_t held = 0;
    uint8_t first = 0;
    for (uint8_t p = 1; p < 4; p++)
        first = views->first[p] > views->first[first] ? p : first;
    if (views->first[first] == 0.0f || views->phase[0] == first)
        return;
    for (size_t w = 0; w < views->windows; w++) {
        gain += views->here[w][first] - views->here[w][views->phase[w]];
        held = gain > most ? w + 1 : held;
        most = fmaxf(gain, most);
    }
    if (held >= FIRST_HOLDS)
        memset(views->phase, first, held);
}

/* A section is eight bars long, or sixteen; some are of four, few of another length. */
static float likely(size_t bars)
{
    return bars % 8 == 0 ? 1.0f : bars % 4 == 0 ? 0.5f : 0.33f;
}

/* The beat at which windows from `window` on take over from those before, whose first
 * one is `from`: of those that are ones by then, where most changes, and a section may
 * well end. */
static size_t border_of(const struct views *views, size_t window, size_t from,
                        size_t beats, const struct changes *changes)
{
    size_t middle = window * HOP + WINDOW / 2 - HOP / 2;
    size_t first = middle > from + REACH ? middle - REACH : from, best = middle;
    float most = -1.0f;
    for (size_t i = first; i <= middle + REACH && i < beats; i++) {
        float here = changes_at(changes, i, 8) * likely((i - from) / 4);
        if (i % 4 != views->phase[window] || here <= most)
            continue;
        best = i;
        most = here;
    }
    return best;
}

static int lay(struct strip_d *downbeat, const struct views *views,
               const struct strip_d *beats, const struct changes *changes)
{
    int err = 0;
    for (size_t w = 0, i = 0, end; !err && w < views->windows; i = end) {
        uint8_t phase = views->phase[w];
        while (w < views->windows && views->phase[w] == phase)
            w++;
        i += (phase + 4 - i % 4) % 4;
        end = w < views->windows ? border_of(views, w, i, beats->count, changes)
                                 : beats->count;
        for (; !err && i < end; i += 4)
            err = STRIP_PUSH(downbeat, beats->at[i]);
    }
    return err;
}

int fours_lay(struct strip_d *downbeat, float *chance, const struct strip_d *beats,
              double bpm, const struct meter_ears *ears, const struct changes *changes)
{
    struct views views = {
        .windows = beats->count < WINDOW ? 1 : (beats->count - WINDOW) / HOP + 1};
    views.here = malloc(views.windows * sizeof *views.here);
    views.phase = malloc(views.windows);
    int err = views.here && views.phase ? 0 : -ENOMEM;
    if (!err) {
        judge_windows(&views, beats, bpm, ears, changes);
        *chance = find_path(&views);
        err = *chance < 0.0f ? -ENOMEM : 0;
    }
    if (!err) {
        begin_by_first(&views);
        err = lay(downbeat, &views, beats, changes);
    }
    free(views.here);
    free(views.phase);
    return err;
}
