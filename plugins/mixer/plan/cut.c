/* cut.c - levels come from what the ears measured each beat. */
#include "cut.h"

#include "loud.h"

#include <math.h>

#define QUIET 0.158 /* of mean power: 8 LU under */
#define CUT_SOON_S 8.0
#define ECHO_DB 1.0  /* less of a drop needs no echo */
#define LEVEL_DB 3.0 /* of a change of loudness that cost as much as half a song */
#define DEAREST 1.5  /* a cut that costs more is worse than a fade */
#define USUAL_DB 1.5 /* of a beat or a second against others, in any music */
#define SILENT_DB (-90.0)
#define SHORT_S 3.0 /* in which a change of loudness is heard as one */
#define HOP_S 0.5
#define PLACES 64

static double power_of(const struct fv_beat *beat)
{
    return (double)beat->low * (double)beat->low + (double)beat->mid * (double)beat->mid +
           (double)beat->high * (double)beat->high;
}

static double mean_power(const struct side *side)
{
    return side->power[0] + side->power[1] + side->power[2];
}

/* The loudness of some beats, LUFS; what is silent is very quiet. */
static double level_of(const struct side *side, int first, int count)
{
    double level =
        loud_level(side, side_beat(side, first), side_beat(side, first + count));
    return fmax(level, SILENT_DB);
}

/* The level of the quietest two beats among some: who goes on softly is not cut to. */
static double quietest(const struct side *side, int first, int count)
{
    double least = HUGE_VAL;
    for (int i = 0; i + 2 <= count; i += 2)
        least = fmin(least, level_of(side, first + i, 2));
    return least;
}

/* Downbeats between two track frames, every one or only those that begin a phrase. */
static int find_bars(const struct side *side, double from, double to, bool is_phrase,
                     int *bars)
{
    int count = 0;
    for (uint32_t i = 0; i < side->found->downbeat_count && count < PLACES; i++) {
        double frame = side->found->downbeats[i] * FV_RATE;
        int beat = side_beat_near(side, frame);
        if (frame >= from && frame <= to && side_is_sure(side, beat, 0) &&
            (!is_phrase || side_is_phrase(side, beat)))
            bars[count++] = beat;
    }
    return count;
}

/* The mean of the beats before a cut, if they are loud: the tail of a last note is
 * nothing to cut off. */
static bool is_loud_before(const struct side *side, int beat)
{
    double sum = 0;
    for (int i = 1; i <= 2; i++) {
        const struct fv_beat *f = side_feature(side, beat - i);
        sum += f ? power_of(f) / 2 : 0;
    }
    return sum > QUIET * mean_power(side);
}

/* The loudness of SHORT_S of what is heard of a cut, from some seconds behind it on. */
static double heard_level(const struct side *out, const struct side *in, double out_at,
                          double in_at, double from_s)
{
    double before = fmin(fmax(-from_s, 0), SHORT_S), behind = SHORT_S - before;
    double from = from_s * FV_RATE, to = (from_s + SHORT_S) * FV_RATE, power = 0;
    if (before > 0)
        power += before * loud_power(out, out_at + from, out_at + fmin(to, 0));
    if (behind > 0)
        power += behind * loud_power(in, in_at + fmax(from, 0), in_at + to);
    return fmax(loud_of_power(power / SHORT_S), SILENT_DB);
}

/* How much louder or softer it gets at most within seconds of a cut: a rest there is
 * heard as the cut's. What was before the track began is none. */
static double jump_over(const struct side *out, const struct side *in, double out_at,
                        double in_at)
{
    double most = 0;
    for (double s = -SHORT_S; s <= 0; s += HOP_S)
        if (out_at + (s - SHORT_S) * FV_RATE >= out->begins)
            most = fmax(most, fabs(heard_level(out, in, out_at, in_at, s) -
                                   heard_level(out, in, out_at, in_at, s - SHORT_S)));
    return most;
}

static void try_cut(const struct side *out, const struct side *in, int out_beat,
                    int in_beat, double from, bool is_soon, struct cut *best)
{
    double before =
        level_of(out, out_beat - 2 * out->beats_per_bar, 2 * out->beats_per_bar);
    int bars = 2 * in->beats_per_bar;
    double drop = before - level_of(in, in_beat, bars);
    double hole = before - quietest(in, in_beat, bars) - USUAL_DB;
    double jump = jump_over(out, in, side_beat(out, out_beat), side_beat(in, in_beat));
    double apart = fmax(fmax(fabs(drop), hole), jump - USUAL_DB);
    double tail =
        fmax(0, out->ends - side_beat(out, out_beat)) / (out->ends - out->begins);
    double head = fmax(0, side_beat(in, in_beat) - in->begins) / (in->ends - in->begins);
    double wait = (side_beat(out, out_beat) - from) / FV_RATE / CUT_SOON_S;
    double cost = apart / LEVEL_DB + 2 * head + (is_soon ? wait : 2 * tail);
    if (cost < best->cost)
        *best = (struct cut){out_beat, in_beat, cost, drop > ECHO_DB};
}

bool cut_find(const struct side *out, const struct side *in, double from, bool is_soon,
              struct cut *cut)
{
    int outs[PLACES], ins[PLACES];
    double earliest = from + 2 * out->period;
    double limit = out->ends - out->tail;
    double last = is_soon ? from + CUT_SOON_S * FV_RATE : out->ends + 0.1 * out->period;
    double head = in->begins + in->head;
    int out_count =
        find_bars(out, is_soon ? earliest : fmax(limit, earliest), last, !is_soon, outs);
    if (out_count == 0)
        out_count = find_bars(out, fmax(limit, earliest), last, false, outs);
    int in_count = find_bars(in, in->begins - 0.1 * FV_RATE, head, true, ins);
    if (in_count == 0)
        in_count = find_bars(in, in->begins - 0.1 * FV_RATE, head, false, ins);
    cut->cost = HUGE_VAL;
    for (int i = 0; i < out_count; i++)
        for (int j = 0; j < in_count; j++)
            if (is_loud_before(out, outs[i]))
                try_cut(out, in, outs[i], ins[j], from, is_soon, cut);
    return cut->cost < DEAREST;
}
