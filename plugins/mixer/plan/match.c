/* match.c - every place and length is tried. */
#include "match.h"

#include "warp.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

#define LIMIT 0.06     /* of tempo */
#define LEANLESS 0.039 /* that the incoming track takes of it; the outgoing the rest */
#define SWAP_INSIDE 48 /* steps of an overlap whose bass changes hands half way */
#define PLACES 48      /* that are looked at in a track */
#define LOOSE (0.003 * FV_RATE) /* that beats may lie off a line in LOOSE_STEPS ... */
#define LOOSE_STEPS 32          /* ... and less in fewer, which tell a line less well */
#define SOON_S 9.0              /* in which a skip should have begun */

bool match_fold(const struct side *out, const struct side *in, struct match *match)
{
    static const int per_step[3][2] = {{1, 1}, {1, 2}, {2, 1}};
    double least = HUGE_VAL;
    if (!(out->period > 0) || !(in->period > 0))
        return false;
    for (int i = 0; i < 3; i++) {
        double rate = per_step[i][1] * in->period / (per_step[i][0] * out->period);
        if (fabs(log(rate)) >= least)
            continue;
        least = fabs(log(rate));
        match->out_per_step = per_step[i][0];
        match->in_per_step = per_step[i][1];
        match->rate = rate;
    }
    return fabs(match->rate - 1) <= LIMIT;
}

/* ---- places ---------------------------------------------------------------------------
 */

static int add_place(int *places, int count, int beat)
{
    for (int i = 0; i < count; i++)
        if (places[i] == beat)
            return count;
    if (count < PLACES)
        places[count++] = beat;
    return count;
}

/* Beats at which an overlap may begin, between two track frames. */
static int find_places(const struct side *side, double from, double to, bool is_by_bars,
                       int *places)
{
    const struct fv_analysis *found = side->found;
    const double *times = is_by_bars ? found->downbeats : found->phrases;
    uint32_t total = is_by_bars ? found->downbeat_count : found->phrase_count;
    int count = 0;
    uint32_t stride = is_by_bars && total > 4 * PLACES ? 2 : 1;
    for (uint32_t i = 0; i < total; i += stride) {
        double frame = times[i] * FV_RATE;
        if (frame >= from && frame <= to)
            count = add_place(places, count, side_beat_near(side, frame));
    }
    return count;
}

/* The places of the outgoing track lie towards its end, or, for a skip, right here. */
static int places_out(const struct side *out, const struct match_wish *wish, int *places)
{
    if (wish->is_soon)
        return find_places(out, wish->from, wish->from + SOON_S * FV_RATE, true, places);
    double reach = (OVERLAP_STEPS + 2) * 2 * out->period;
    double tail = fmax(out->tail, 8 * out->period);
    double from = fmax(wish->from, out->ends - tail - reach);
    if (!out->has_phrase)
        from = fmax(from, out->ends - 60 * FV_RATE);
    return find_places(out, from, out->ends, !out->has_phrase, places);
}

/* Of a track that comes in its first bar is one of the places, wherever phrases begin:
 * but not behind a long beginning without a beat, which would be left out. */
static int places_in(const struct side *in, const struct match_wish *wish, int *places)
{
    double from = in->opens - 0.1 * FV_RATE, last = in->begins + in->head;
    int count = find_places(in, from, last, wish->is_soon || !in->has_phrase, places);
    int first = side_bar_behind(in, from);
    double bar = in->beats_per_bar * in->period;
    bool is_early =
        first < INT_MAX && side_beat(in, first) <= fmax(last, in->begins + bar);
    return is_early ? add_place(places, count, first) : count;
}

/* The speed of the outgoing track in an overlap: as recorded, if the other need not be
 * changed by more than LEANLESS then. */
static double lean_of(const struct side *out, const struct side *in,
                      const struct match *match)
{
    int out_end = match->out_beat + match->steps * match->out_per_step;
    int in_end = match->in_beat + match->steps * match->in_per_step;
    double rate = (side_beat(in, in_end) - side_beat(in, match->in_beat)) /
                  (side_beat(out, out_end) - side_beat(out, match->out_beat));
    return fmin(fmax(rate, 1 - LEANLESS), 1 + LEANLESS) / rate;
}

/* Whether an overlap fits into both tracks, with something left of the second, and with
 * time to lean before it. */
static bool is_possible(const struct side *out, const struct side *in,
                        const struct match *match, const struct match_wish *wish)
{
    int out_end = match->out_beat + match->steps * match->out_per_step;
    int in_end = match->in_beat + match->steps * match->in_per_step;
    double slack = 0.25 * out->period;
    double left = out->ends - side_beat(out, out_end);
    double whole = in->ends - in->begins;
    int leans = match->out_beat - warp_lean_beats(match->lean);
    return left >= -slack && (wish->is_soon || left <= out->tail) &&
           (match->lean == 1 || side_beat(out, leans) >= wish->from) &&
           fabs(match->lean - 1) <= LIMIT && side_beat(in, match->in_beat) >= in->opens &&
           side_beat(in, in_end) <= in->begins + 0.5 * whole;
}

/* The ears tell a played tempo's beats too roughly to lay others on them. */
static bool is_steady(const struct side *side, int beat, int count, int steps)
{
    return side_ripple(side, beat, count) <= LOOSE * fmin(1, (double)steps / LOOSE_STEPS);
}

static bool is_held(const struct side *out, const struct side *in,
                    const struct match *match)
{
    int outs = match->steps * match->out_per_step,
        ins = match->steps * match->in_per_step;
    return side_is_sure(out, match->out_beat, outs) &&
           side_is_sure(in, match->in_beat, ins) &&
           is_steady(out, match->out_beat, outs + 1, match->steps) &&
           is_steady(in, match->in_beat, ins + 1, match->steps);
}

static bool is_nearly(const struct match *a, const struct match *b)
{
    return a->out_beat == b->out_beat && a->in_beat == b->in_beat && a->steps == b->steps;
}

static void keep(struct match *best, struct match *second, const struct match *tried)
{
    if (tried->cost < best->cost) {
        *second = *best;
        *best = *tried;
    } else if (tried->cost < second->cost && !is_nearly(tried, best)) {
        *second = *tried;
    }
}

/* Try every place and length. */
static void try_all(const struct pair *pair, const struct match_wish *wish,
                    const int *outs, int out_count, const int *ins, int in_count,
                    struct match *tried, struct match *best, struct match *second)
{
    const struct side *out = pair->sides[0], *in = pair->sides[1];
    for (int steps = wish->longest; steps >= out->beats_per_bar; steps /= 2) {
        tried->steps = steps;
        tried->swap = steps >= SWAP_INSIDE ? steps / 2 : steps;
        for (int i = 0; i < out_count; i++)
            for (int j = 0; j < in_count; j++) {
                tried->out_beat = outs[i];
                tried->in_beat = ins[j];
                tried->lean = wish->is_soon ? 1 : lean_of(out, in, tried);
                if (!is_possible(out, in, tried, wish) || !is_held(out, in, tried))
                    continue;
                overlap_cost(pair, tried);
                if (wish->is_soon) /* the sooner the better, the rest of the song is no
                                      loss */
                    tried->cost += i * 0.2 - tried->reasons[REASON_HEARD];
                keep(best, second, tried);
            }
    }
}

bool match_search(const struct side *out, const struct side *in,
                  const struct match_wish *wish, struct match *best, struct match *second)
{
    int outs[PLACES], ins[PLACES];
    struct pair pair = {.sides = {out, in}, .from = wish->from};
    struct match tried = {0};
    best->cost = second->cost = HUGE_VAL;
    if (!match_fold(out, in, &tried))
        return false;
    int out_count = places_out(out, wish, outs), in_count = places_in(in, wish, ins);
    if (overlap_measure(&pair, 0, outs, out_count) &&
        overlap_measure(&pair, 1, ins, in_count))
        try_all(&pair, wish, outs, out_count, ins, in_count, &tried, best, second);
    overlap_release(&pair);
    return best->cost < HUGE_VAL;
}
