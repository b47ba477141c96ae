/* graft.c - the likeliest beats at which a line takes over from the others, and ends.
 *
 * What a beat is worth says how much it sounds like those where the commonest tempo is at
 * home (pattern.h); they count on through where lines meet.
 */
#include "graft.h"

#include <math.h>
#include <string.h>

#include "pattern.h"
#include "pull.h"

#define OTHER 0.025     /* share of a period, from which on it is another */
#define SAME 0.004      /* and up to which it is the same */
#define KIN 0.0015      /* share by which one is 3/4, 2/3, ... of it: heard differently */
#define SHORTEST_S 15.0 /* of a stretch that can tell its tempo */
#define INSET_S 5.0     /* from where another tempo is heard to where it surely is */
#define BEFORE_S 5.0    /* from there back to where it may begin */
#define SURE_S 8.0      /* of the stretch are surely in its tempo */
#define MEET_S 0.010    /* off each other: lines meet there */
#define APART 8.0f      /* what it costs if they do not */
#define BETTER 40.0f    /* what is grafted is worth more by so much than what was there */
#define SURE 0.85f      /* least chance of a phase: a drone of notes has none */
#define CHANCE 6.0f     /* least logarithm of one, as the network says it */
#define NEAR_S 0.002    /* a line may lie beside where it is laid by all beats */
#define FEWEST 32       /* beats that tell what all are like */
#define CLOSEST 0.6     /* of a beat: two are not nearer where lines meet */

struct graft {
    const struct strip_d *beats; /* as they are */
    const struct scion_ears *ears;
    double start, end, usual; /* of the music; the period of most beats; seconds */
    struct pattern pattern;
    struct onsets onsets;
};

/* Where a line stands for the beats as they are. */
struct stretch {
    double from, to; /* seconds */
    bool from_start, to_end;
    struct scion_line line;
    float better; /* than the beats as they are */
    bool is_sure; /* of its phase */
};

static float worth_of(const struct graft *graft, size_t number, double time,
                      double period)
{
    return pattern_worth(&graft->pattern, &graft->onsets, number, time, period);
}

/* What beats as they are are worth from one time to another. */
static float worth_as_they_are(const struct graft *graft, double from, double to)
{
    const double *at = graft->beats->at;
    float sum = 0.0f;
    for (size_t i = 0; i + 1 < graft->beats->count; i++)
        if (at[i] >= from && at[i] < to)
            sum += worth_of(graft, i, at[i], at[i + 1] - at[i]);
    return sum;
}

/* And those of a line; its beat nearest to `meet` is number `number`. */
static float worth_of_line(const struct graft *graft, const struct scion_line *line,
                           double from, double to, double meet, size_t number)
{
    double here = round((meet - line->first) / line->period);
    double k = ceil((from - line->first) / line->period - 0.1);
    float sum = 0.0f;
    for (; line->first + (k + 0.9) * line->period < to; k += 1.0) {
        bool is_odd = fmod(fabs(k - here), 2.0) > 0.5;
        sum += worth_of(graft, number + is_odd, line->first + k * line->period,
                        line->period);
    }
    return sum;
}

/* How near a line comes to a time. */
static float meeting(const struct scion_line *line, double time)
{
    double off = (time - line->first) / line->period;
    off = (off - round(off)) * line->period / MEET_S;
    return -fminf(APART, 0.5f * (float)(off * off));
}

struct seam {
    double time;
    float better; /* the line on its side of the seam than the beats as they are */
};

/* The likeliest of the beats between `from` and `to` at which the line takes over, as far
 * as `far`; or at which it ends, if `far` lies before them. */
static struct seam find_seam(const struct graft *graft, const struct scion_line *line,
                             double from, double to, double far)
{
    struct seam best = {.better = -INFINITY};
    for (size_t i = 0; i < graft->beats->count; i++) {
        double at = graft->beats->at[i], first = fmin(at, far), last = fmax(at, far);
        if (at < from || at >= to)
            continue;
        float better = worth_of_line(graft, line, first, last, at, i) -
                       worth_as_they_are(graft, first, last) + meeting(line, at);
        if (better > best.better)
            best = (struct seam){at, better};
    }
    return best;
}

/* Where a line that is heard from `from` to `to` begins and ends, and how much better
 * that is. */
static void place(struct stretch *out, const struct graft *graft,
                  const struct scion_line *line, double from, double to)
{
    double middle = 0.5 * (from + to);
    /* where it is all there is, splice() shall lay it from start to end */
    struct seam first = {graft->start + (1.0 - CLOSEST) * line->period - PULL_REACH_S,
                         0.0f};
    struct seam last = {graft->end + CLOSEST * line->period, 0.0f};
    if (!out->from_start)
        first = find_seam(graft, line, from - INSET_S - BEFORE_S,
                          out->to_end ? to - SURE_S : middle, out->to_end ? to : middle);
    if (!out->to_end)
        last = find_seam(graft, line, out->from_start ? from + SURE_S : middle,
                         to + INSET_S + BEFORE_S, out->from_start ? from : middle);
    out->from = first.time;
    out->to = last.time;
    out->line = *line;
    out->better = first.better + last.better;
}

static bool is_other(double period, double usual)
{
    static const double kin[] = {2.0 / 3.0, 0.75, 4.0 / 3.0, 1.5};
    double ratio = period / usual;
    for (size_t i = 0; i < sizeof kin / sizeof *kin; i++)
        if (fabs(ratio / kin[i] - 1.0) < KIN)
            return false;
    return fabs(ratio - 1.0) > OTHER;
}

/* Try all phases of a stretch's tempo; out->better stays 0 if it has none of its own. */
static int hear(struct stretch *out, const struct graft *graft, double from, double to)
{
    struct scion scion;
    struct stretch best = *out;
    float top = -INFINITY, sum = 0.0f;
    int err = scion_find(&scion, graft->ears, from, to, graft->usual);
    bool has_own = scion.line.period > 0.0 && is_other(scion.line.period, graft->usual);
    for (int phase = 0; !err && has_own && phase < METER_SUBS; phase++) {
        struct scion_line line = scion.line;
        struct stretch here = *out;
        line.first += phase * line.period / METER_SUBS;
        place(&here, graft, &line, from, to);
        float beats = (float)((here.to - here.from) / line.period) + 1.0f;
        float likely = here.better / beats + scion.chance[phase];
        sum += expf(likely);
        if (likely > top) {
            top = likely;
            best = here;
        }
    }
    *out = best;
    out->is_sure = expf(top) > SURE * sum && scion.chance[0] > CHANCE;
    return err;
}

/* Hear what a doubt is about; and once more when it is known where that begins. */
static int examine(struct stretch *out, const struct graft *graft, struct fv_span doubt)
{
    memset(out, 0, sizeof *out);
    out->from_start = doubt.start <= graft->start + 2.0 * graft->usual;
    out->to_end = doubt.end >= graft->end - 2.0 * graft->usual;
    double from = out->from_start ? graft->start : doubt.start + INSET_S;
    double to = out->to_end ? graft->end : doubt.end - INSET_S;
    if (to - from < SHORTEST_S)
        return 0;
    int err = hear(out, graft, from, to);
    if (err || out->line.period <= 0.0)
        return err;
    from = fmax(out->from, from - INSET_S);
    to = fmin(out->to, to + INSET_S);
    return to - from < SHORTEST_S ? 0 : hear(out, graft, from, to);
}

/* Add beats as they are up to a stretch, and those of its line; `next` is the first beat
 * as it is that was not yet looked at. */
static int splice(struct strip_d *out, size_t *next, const struct graft *graft,
                  const struct stretch *stretch)
{
    const struct strip_d *beats = graft->beats;
    const struct scion_line *line = &stretch->line;
    double near = (1.0 - CLOSEST) * line->period, from = stretch->from - near;
    int err = 0;
    for (; !err && *next < beats->count && beats->at[*next] < from; ++*next)
        err = STRIP_PUSH(out, beats->at[*next]);
    if (out->count > 0) /* a stretch before this one may end late */
        from = fmax(from, out->at[out->count - 1] + CLOSEST * line->period);
    double k = ceil((from - line->first) / line->period);
    double to = stretch->to - CLOSEST * line->period;
    for (; !err && line->first + k * line->period < to; k += 1.0)
        err = STRIP_PUSH(out, line->first + k * line->period);
    while (*next < beats->count && beats->at[*next] < stretch->to - near)
        ++*next;
    return err;
}

static int graft_all(struct strip_d *out, const struct graft *graft,
                     const struct strip_span *doubts, double *left)
{
    size_t next = 0, grafts = 0;
    int err = 0;
    *left = 0.0;
    for (size_t i = 0; !err && i < doubts->count; i++) {
        struct stretch stretch;
        err = examine(&stretch, graft, doubts->at[i]);
        bool is_better = stretch.is_sure && stretch.better > BETTER;
        if (!err && is_better)
            err = splice(out, &next, graft, &stretch);
        grafts += is_better;
        *left += is_better ? 0.0 : doubts->at[i].end - doubts->at[i].start;
    }
    *left = grafts > 0 ? *left : INFINITY;
    for (; !err && next < graft->beats->count; next++)
        err = STRIP_PUSH(out, graft->beats->at[next]);
    return err;
}

/* ---- between doubts ------------------------------------------------------------------
 */

/* How far the beat next to a time lies off a line, if that is near; seconds. */
static double off_line(const struct graft *graft, const struct scion_line *line,
                       double time)
{
    size_t i = 0;
    while (i + 1 < graft->beats->count && graft->beats->at[i] < time)
        i++;
    double off = (graft->beats->at[i] - line->first) / line->period;
    off = fabs(off - round(off)) * line->period;
    return off < PULL_REACH_S ? off : 0.0;
}

/* A line that is like the beats as they are but for where it lies; its period is 0 if
 * they lie well where they are. */
static int find_shifted(struct scion_line *out, const struct graft *graft, double from,
                        double to)
{
    struct scion scion;
    float top = -INFINITY, sum = 0.0f, better = 0.0f;
    int err = scion_find(&scion, graft->ears, from, to, graft->usual);
    bool is_same = fabs(scion.line.period / graft->usual - 1.0) < SAME;
    float now = worth_as_they_are(graft, from, to);
    *out = (struct scion_line){0.0, 0.0};
    for (int phase = 0; !err && is_same && phase < METER_SUBS; phase++) {
        struct scion_line line = scion.line;
        line.first += phase * line.period / METER_SUBS;
        float even = worth_of_line(graft, &line, from, to, line.first, 0);
        float odd = worth_of_line(graft, &line, from, to, line.first, 1);
        float gain = fmaxf(even, odd) - now;
        float likely = gain / (float)((to - from) / line.period) + scion.chance[phase];
        sum += expf(likely);
        if (likely > top) {
            top = likely;
            better = gain;
            *out = line;
        }
    }
    bool is_better = better > BETTER || off_line(graft, out, 0.5 * (from + to)) > NEAR_S;
    if (!is_better || expf(top) < SURE * sum)
        out->period = 0.0;
    return err;
}

/* Lay beats from one time to another: of a line, or as they are. */
static int lay(struct strip_d *out, const struct graft *graft,
               const struct scion_line *line, double from, double to)
{
    int err = 0;
    if (out->count > 0)
        from = fmax(from, out->at[out->count - 1] + CLOSEST * graft->usual);
    for (size_t i = 0; !err && line->period <= 0.0 && i < graft->beats->count; i++)
        if (graft->beats->at[i] >= from && graft->beats->at[i] < to)
            err = STRIP_PUSH(out, graft->beats->at[i]);
    if (line->period <= 0.0)
        return err;
    from = fmax(from, graft->start - PULL_REACH_S);
    double k = ceil((from - line->first) / line->period);
    for (; !err && line->first + k * line->period < fmin(to, graft->end); k += 1.0)
        err = STRIP_PUSH(out, line->first + k * line->period);
    return err;
}

/* Music that was at another tempo for a while comes back to its own, but seldom to its
 * line: lay beats anew between doubts where they are off. */
static int realign(struct strip_d *out, const struct graft *graft,
                   const struct strip_span *doubts)
{
    double from = -HUGE_VAL;
    int err = 0;
    for (size_t i = 0; !err && i <= doubts->count; i++) {
        const struct fv_span *doubt = doubts->at + i;
        bool is_last = i == doubts->count;
        double first = i > 0 ? doubt[-1].end : graft->start;
        double last = is_last ? graft->end : doubt->start;
        double to = is_last ? HUGE_VAL : 0.5 * (doubt->start + doubt->end);
        struct scion_line line = {0.0, 0.0};
        if (last - first >= SHORTEST_S)
            err = find_shifted(&line, graft, first, last);
        if (!err)
            err = lay(out, graft, &line, from, to);
        from = to;
    }
    return err;
}

/* The beats at home, from an even one on; or all if these are few. */
static struct strip_d find_home(const struct strip_d *beats, const struct tempo *tempo)
{
    size_t first = 0, last;
    while (first < beats->count && beats->at[first] < tempo->home_from)
        first += 2;
    for (last = first; last < beats->count && beats->at[last] < tempo->home_to;)
        last++;
    return last < first + FEWEST ? *beats
                                 : (struct strip_d){beats->at + first, last - first, 0};
}

int graft_beats(struct beats *beats, const struct strip_span *doubts,
                const struct scion_ears *ears, const struct tempo *tempo, double start,
                double end, double *left)
{
    struct strip_d aligned = {0}, out = {0};
    struct graft graft = {.beats = &beats->time,
                          .ears = ears,
                          .start = start,
                          .end = end,
                          .usual = 60.0 / beats->bpm};
    *left = INFINITY;
    if (beats->bends || doubts->count == 0)
        return 0;
    int err = onsets_init(&graft.onsets, ears->meter.flux);
    if (!err) {
        const struct strip_d home = find_home(&beats->time, tempo);
        pattern_learn(&graft.pattern, &graft.onsets, &home);
        err = realign(&aligned, &graft, doubts);
    }
    graft.beats = &aligned;
    if (!err)
        err = graft_all(&out, &graft, doubts, left);
    onsets_release(&graft.onsets);
    free(aligned.at);
    free(err ? out.at : beats->time.at);
    beats->time = err ? beats->time : out;
    return err || isinf(*left) ? err : beats_settle(beats, ears->bands, ears->origin);
}
