/* stray.c - the likeliest path beside the line, by dynamic programming over beats; and
 * the likeliest slowing down, by trying them all.
 */
#include "stray.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "pattern.h"

#define CLEAR 4.0f /* contrast of a pattern that tells beats from what is beside them */

#define REACH 5 /* frames, on either side: less than any sixteenth */
#define LAGS (2 * REACH + 1)
#define STEP 6.0f  /* what it costs to go a frame away from the line or back to it ... */
#define AWAY 0.5f  /* ... and each beat that is off */
#define FARTHEST 2 /* frames, at least, that a beat of a stray lies off */

#define FIRST 24     /* beats before the end from which a piece slows down, at most ... */
#define LAST 4       /* ... and at least */
#define SLOW 0.005   /* by which each beat is longer, as a share: the least, ... */
#define SLOWER 1.15  /* ... times more each, ... */
#define SLOWEST 0.2  /* ... the most */
#define BETTER 12.0f /* by which they must be worth more, all of them */

struct stray {
    struct strip_d *beat;
    double end; /* of the music, seconds */
    struct pattern pattern;
    struct onsets onsets;
};

static float worth_of(const struct stray *stray, size_t number, double start,
                      double period)
{
    return pattern_worth(&stray->pattern, &stray->onsets, number, start, period);
}

/* ---- beside the line -----------------------------------------------------------------
 */

struct paths {
    float (*worth)[LAGS];  /* of each beat at each lag */
    uint8_t (*from)[LAGS]; /* the lag of the beat before, on the best path there */
};

/* The best paths to each lag of the last beat; returns the best of them. */
static int find_paths(const struct paths *paths, size_t count)
{
    float score[LAGS] = {0}, next[LAGS];
    for (size_t i = 0; i < count; i++) {
        for (int lag = 0; lag < LAGS; lag++) {
            next[lag] = -INFINITY;
            for (int from = 0; from < LAGS; from++) {
                float way = score[from] - (i > 0 ? STEP * (float)abs(lag - from) : 0.0f);
                if (way > next[lag]) {
                    next[lag] = way;
                    paths->from[i][lag] = (uint8_t)from;
                }
            }
            next[lag] += paths->worth[i][lag] - (lag == REACH ? 0.0f : AWAY);
        }
        memcpy(score, next, sizeof score);
    }
    int best = REACH;
    for (int lag = 0; lag < LAGS; lag++)
        best = score[lag] > score[best] ? lag : best;
    return best;
}

/* Move a run of beats that are all off the line, if one of them is far off. */
static void move_run(double *beat, const int8_t *off, size_t count)
{
    int farthest = 0;
    for (size_t i = 0; i < count; i++)
        farthest = abs(off[i]) > farthest ? abs(off[i]) : farthest;
    for (size_t i = 0; i < count && farthest >= FARTHEST; i++)
        beat[i] += off[i] / FLUX_FPS;
}

/* `off` has room for `count`. */
static void follow_strays(double *beat, size_t count, const struct paths *paths,
                          int8_t *off)
{
    int lag = find_paths(paths, count);
    for (size_t i = count; i-- > 0;) {
        off[i] = (int8_t)(lag - REACH);
        lag = paths->from[i][lag];
    }
    for (size_t i = 0; i < count;) {
        size_t run = 0;
        while (i + run < count && off[i + run] != 0)
            run++;
        move_run(beat + i, off + i, run);
        i += run + 1;
    }
}

static int mend_strays(struct stray *stray)
{
    double *beat = stray->beat->at;
    size_t count = stray->beat->count - 1;
    struct paths paths = {calloc(count, sizeof *paths.worth),
                          calloc(count, sizeof *paths.from)};
    int8_t *off = malloc(count);
    bool is_out = !paths.worth || !paths.from || !off;
    for (size_t i = 0; !is_out && i < count; i++)
        for (int lag = 0; lag < LAGS; lag++)
            paths.worth[i][lag] = worth_of(stray, i, beat[i] + (lag - REACH) / FLUX_FPS,
                                           beat[i + 1] - beat[i]);
    if (!is_out)
        follow_strays(beat, count, &paths, off);
    free(paths.worth);
    free(paths.from);
    free(off);
    return is_out ? -ENOMEM : 0;
}

/* ---- the end -------------------------------------------------------------------------
 */

/* From beat number `from` on, each is longer by a share of the one before. */
struct ending {
    size_t from;
    double period, slower;
    float better; /* by which that is worth more than the beats as they are */
};

/* Try one that slows down by `slower`; the beats as they are are worth `line`. */
static void try_ending(struct ending *best, const struct stray *stray, size_t from,
                       double slower, float line)
{
    double time = stray->beat->at[from], period = best->period * (1.0 + slower);
    float better = -line;
    for (size_t i = from; time + period <= stray->end; i++) {
        better += worth_of(stray, i, time, period);
        time += period;
        period *= 1.0 + slower;
    }
    if (better > best->better)
        *best = (struct ending){from, best->period, slower, better};
}

static struct ending find_ending(const struct stray *stray)
{
    const double *beat = stray->beat->at;
    size_t last = stray->beat->count - 1;
    struct ending best = {.period =
                              (beat[last - FIRST] - beat[last - 2 * FIRST]) / FIRST};
    float line = 0.0f;
    for (size_t from = last; from-- > last - FIRST;) {
        line += worth_of(stray, from, beat[from], beat[from + 1] - beat[from]);
        for (double slower = SLOW; slower < SLOWEST && last - from >= LAST;
             slower *= SLOWER)
            try_ending(&best, stray, from, slower, line);
    }
    return best;
}

static int mend_end(struct stray *stray)
{
    struct ending ending = find_ending(stray);
    double period = ending.period * (1.0 + ending.slower);
    double time = stray->beat->at[ending.from] + period;
    int err = 0;
    if (ending.better < BETTER)
        return 0;
    stray->beat->count = ending.from + 1;
    for (; !err && time <= stray->end; time += period) {
        err = STRIP_PUSH(stray->beat, time);
        period *= 1.0 + ending.slower;
    }
    return err;
}

int stray_mend(struct strip_d *beat, const struct flux *flux, double end)
{
    struct stray stray = {.beat = beat, .end = end};
    if (beat->count < 2 * FIRST + 2)
        return 0;
    int err = onsets_init(&stray.onsets, flux);
    if (!err) {
        pattern_learn(&stray.pattern, &stray.onsets, beat);
        bool is_clear = stray.pattern.contrast >= CLEAR;
        err = is_clear ? mend_strays(&stray) : 0;
        err = is_clear && !err ? mend_end(&stray) : err;
    }
    onsets_release(&stray.onsets);
    return err;
}
