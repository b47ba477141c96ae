/* overlap.c - the loudness of an overlap is foretold beat by beat from what the ears
 * measured and from what the faders will do; the rest is read from what they say of
 * beats.
 */
#include "overlap.h"

#include "loud.h"
#include "trim.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PREFERRED 0.04 /* of tempo; dearer above it */
#define FREE_JUMP 1.0  /* dB */
#define HOLE_S 1.2     /* of quiet that is heard as a hole */
#define FREE_HOLE 2.0  /* dB */
#define HEARD 0.8      /* of a cost of level: from here on anybody hears it ... */
#define STEEPER 8.0    /* ... and it is so much dearer */
#define AROUND 10      /* steps before and behind an overlap whose level counts */
#define FORETOLD (OVERLAP_STEPS + 2 * AROUND)
#define NOTHING 1e-9

static const double weights[REASONS] = {
    [REASON_HEARD] = 2.0,  [REASON_STRUCTURE] = 0.6, [REASON_LEVEL] = 0.7,
    [REASON_TIMBRE] = 0.3, [REASON_VOICE] = 0.8,     [REASON_BASS] = 0.4,
    [REASON_CHROMA] = 0.6, [REASON_TEMPO] = 0.4,     [REASON_LENGTH] = 0.5,
};

const char *overlap_reason_name(enum reason reason)
{
    static const char *const names[REASONS] = {"heard",  "structure", "level",
                                               "timbre", "voice",     "bass",
                                               "chroma", "tempo",     "length"};
    return names[reason];
}

static double share_between(double at, double from, double to)
{
    double share = to > from ? (at - from) / (to - from) : at >= to;
    return share < 0 ? 0 : share > 1 ? 1 : share;
}

void overlap_gains(const struct match *match, double step, double gains[2][3])
{
    double from = 0.125 * match->steps, to = match->steps;
    if (match->swap < match->steps) /* as much before the swap as behind it */
        to = 2 * match->swap - from;
    double high = share_between(step, from, to) * M_PI / 2;
    double low =
        share_between(step, match->swap - OVERLAP_SWAP_STEPS, match->swap) * M_PI / 2;
    gains[0][0] = cos(low);
    gains[1][0] = sin(low);
    for (int band = 1; band < 3; band++) {
        gains[0][band] = cos(high);
        gains[1][band] = sin(high);
    }
}

/* ---- what it would sound like ---------------------------------------------------------
 */

static void measure_beat(const struct side *side, int beat, double out[LOUD_BANDS])
{
    loud_bands(side, side_beat(side, beat), side_beat(side, beat + 1), out);
}

bool overlap_measure(struct pair *pair, int which, const int *places, int count)
{
    int least = INT_MAX, most = INT_MIN;
    for (int i = 0; i < count; i++) {
        least = places[i] < least ? places[i] : least;
        most = places[i] > most ? places[i] : most;
    }
    if (count == 0)
        return false;
    pair->first[which] = least - 2 * AROUND;
    pair->count[which] = most - least + 2 * (OVERLAP_STEPS + 2 * AROUND);
    pair->powers[which] =
        malloc((size_t)pair->count[which] * sizeof *pair->powers[which]);
    for (int i = 0; pair->powers[which] && i < pair->count[which]; i++)
        measure_beat(pair->sides[which], pair->first[which] + i, pair->powers[which][i]);
    return pair->powers[which];
}

static void powers(const struct pair *pair, int which, int beat, int per_step,
                   double out[3])
{
    double(*from)[3] = pair->powers[which] + (beat - pair->first[which]);
    for (int band = 0; band < 3; band++)
        out[band] = per_step == 1 ? from[0][band] : (from[0][band] + from[1][band]) / 2;
}

struct foretold {
    double power[FORETOLD][2];  /* of each track, as its faders and its knob leave it */
    double turned[FORETOLD][2]; /* dB: the knobs */
    double level[FORETOLD];     /* LUFS ... */
    double wanted[FORETOLD];    /* ... and what the knobs aim at */
    double bass[FORETOLD];      /* of the mean of whoever has it */
};

/* The knobs around an overlap. As long as the outgoing track leads, what it plays is what
 * goes out: its frames count as output frames. */
static void find_trim(const struct pair *pair, const struct match *match,
                      struct trim *trim)
{
    int ends[2] = {match->out_beat + match->steps * match->out_per_step,
                   match->in_beat + match->steps * match->in_per_step};
    double begin = side_beat(pair->sides[0], match->out_beat);
    double length = side_beat(pair->sides[0], ends[0]) - begin;
    double in_begin = side_beat(pair->sides[1], match->in_beat);
    double in_length = side_beat(pair->sides[1], ends[1]) - in_begin;
    *trim = (struct trim){.sides = {pair->sides[0], pair->sides[1]},
                          .tracks = {begin, in_begin},
                          .rates = {1, in_length / length},
                          .from = (int64_t)pair->from,
                          .at = (int64_t)begin,
                          .length = (int64_t)length};
    trim_init(trim);
}

static void foretell(const struct pair *pair, const struct match *match,
                     const struct trim *trim, struct foretold *f)
{
    const struct side *out = pair->sides[0];
    double mean_out = SIDE_LOW_K * out->power[0] * pow(10, out->heard_db / 10);
    for (int i = 0; i < match->steps + 2 * AROUND; i++) {
        int step = i - AROUND, beat = match->out_beat + step * match->out_per_step;
        double here =
            (side_beat(out, beat) + side_beat(out, beat + match->out_per_step)) / 2;
        int in_beat = match->in_beat + step * match->in_per_step;
        double gains[2][3], bands[2][3], sum = NOTHING, bass = 0;
        overlap_gains(match, step + 0.5, gains);
        powers(pair, 0, beat, match->out_per_step, bands[0]);
        powers(pair, 1, in_beat, match->in_per_step, bands[1]);
        for (int part = 0; part < 2; part++) {
            f->turned[i][part] = trim_db(trim, part, (int64_t)here);
            double heard[3], raised = pow(10, f->turned[i][part] / 10);
            for (int band = 0; band < 3; band++)
                heard[band] =
                    gains[part][band] * gains[part][band] * bands[part][band] * raised;
            f->power[i][part] = heard[0] + heard[1] + heard[2];
            sum += f->power[i][part];
            bass += heard[0];
        }
        f->level[i] = loud_of_power(sum);
        f->wanted[i] = trim_wanted_db(trim, here);
        f->bass[i] = bass / (mean_out + NOTHING);
    }
}

/* The mean power of some steps, dB. */
static double level_around(const double *level, int from, int to)
{
    double power = 0;
    for (int i = from; i < to; i++)
        power += pow(10, level[i] / 10) / (to - from);
    return 10 * log10(power);
}

/* In the overlap both knobs are turned besides, to fill what the faders leave. */
static void ride(struct foretold *f, int count, double step_s)
{
    double ridden[FORETOLD];
    int wide = (int)fmin(round(TRIM_BESIDE_S / step_s), AROUND);
    for (int i = AROUND; i < count - AROUND; i++) {
        double off = f->wanted[i] - level_around(f->level, i - wide, i + wide + 1);
        double power = NOTHING, by = fmin(fmax(off, TRIM_RIDE_LEAST_DB), TRIM_RIDE_DB);
        for (int part = 0; part < 2; part++)
            power += f->power[i][part] *
                     pow(10, fmin(by, TRIM_MOST_DB - f->turned[i][part]) / 10);
        ridden[i] = loud_of_power(power);
    }
    memcpy(f->level + AROUND, ridden + AROUND,
           (size_t)(count - 2 * AROUND) * sizeof *ridden);
}

/* How far the quietest HOLE_S that begin in the overlap lie under the mean of all, in
 * decibels: breaks and intros have places that windows of three seconds do not see. */
static double hole_in(const struct foretold *f, int count, double step_s)
{
    double mean = 0, least = HUGE_VAL;
    int wide = (int)lround(HOLE_S / step_s);
    wide = wide < 1 ? 1 : wide;
    for (int i = 0; i < count; i++)
        mean += pow(10, f->level[i] / 10) / count;
    for (int i = AROUND; i < count - AROUND && i + wide <= count; i++) {
        double power = 0;
        for (int j = 0; j < wide; j++)
            power += pow(10, f->level[i + j] / 10) / wide;
        least = fmin(least, power);
    }
    return least < HUGE_VAL ? 10 * log10(mean / least) : 0;
}

/* The largest change of short-term loudness within 3 s, and the deepest dip below both
 * ends; the first decibel of a jump is free, and two of a hole. */
static double cost_of_level(const struct foretold *f, int count, double step_s)
{
    double jump = 0, least = HUGE_VAL, ends = 0, means[FORETOLD] = {0};
    int wide = (int)lround(3 / step_s);
    wide = wide < 3 ? 3 : wide > AROUND ? AROUND : wide;
    for (int i = 0; i + wide <= count; i++) {
        means[i] = 0;
        for (int j = 0; j < wide; j++)
            means[i] += pow(10, f->level[i + j] / 10) / wide;
        means[i] = 10 * log10(means[i]);
        least = fmin(least, means[i]);
        if (i >= wide)
            jump = fmax(jump, fabs(means[i] - means[i - wide]));
    }
    ends = fmin(means[0], means[count - wide]);
    double dip = fmax(0, ends - least);
    double cost = fmax(0, jump - FREE_JUMP) / 2 + dip / 4 +
                  fmax(0, hole_in(f, count, step_s) - FREE_HOLE) / 2;
    return cost + STEEPER * fmax(0, cost - HEARD);
}

static double cost_of_bass(const struct foretold *f, int count)
{
    int missing = 0;
    for (int i = AROUND; i < count - AROUND; i++)
        missing += f->bass[i] < 0.1;
    return (double)missing / (count - 2 * AROUND);
}

/* ---- what that costs ------------------------------------------------------------------
 */

/* Share of a summed chroma that lies a semitone or a tritone apart. */
static double dissonance(const float *a, const float *b)
{
    double clash = 0, all = NOTHING;
    for (int i = 0; i < FV_CHROMA; i++)
        for (int j = 0; j < FV_CHROMA; j++) {
            int apart = (j - i + FV_CHROMA) % FV_CHROMA;
            double both = (double)a[i] * (double)b[j];
            all += both;
            if (apart == 1 || apart == 11 || apart == 6)
                clash += both;
        }
    return clash / all;
}

static double timbre_distance(const struct fv_beat *a, const struct fv_beat *b)
{
    double sum = 0;
    for (int i = 1; i < FV_TIMBRE; i++) {
        double d = (double)a->timbre[i] - (double)b->timbre[i];
        sum += d * d;
    }
    return sqrt(sum / (FV_TIMBRE - 1));
}

/* What both tracks do at the same time, weighed by how much of both is heard. */
static void cost_of_overlap(const struct side *out, const struct side *in,
                            struct match *match)
{
    double voice = 0, chroma = 0, timbre = 0, weight = NOTHING;
    for (int step = 0; step < match->steps; step++) {
        const struct fv_beat *a =
            side_feature(out, match->out_beat + step * match->out_per_step);
        const struct fv_beat *b =
            side_feature(in, match->in_beat + step * match->in_per_step);
        double gains[2][3];
        if (!a || !b)
            continue;
        overlap_gains(match, step + 0.5, gains);
        double both = 2 * gains[0][1] * gains[1][1]; /* 1 where both are equal */
        double lead_a = (double)a->voice * (double)a->mid / sqrt(out->power[1]);
        double lead_b = (double)b->voice * (double)b->mid / sqrt(in->power[1]);
        voice += both * fmin(fmin(lead_a, lead_b), 1);
        double tonal = fmin(fmin((double)a->mid / sqrt(out->power[1]),
                                 (double)b->mid / sqrt(in->power[1])),
                            1);
        chroma += both * tonal * fmax(0, dissonance(a->chroma, b->chroma) - 0.15);
        timbre += both * timbre_distance(a, b);
        weight += both;
    }
    match->reasons[REASON_VOICE] = voice / weight;
    match->reasons[REASON_CHROMA] = 4 * chroma / weight;
    double apart = timbre / weight;
    match->reasons[REASON_TIMBRE] = apart / (apart + 1);
}

static double cost_of_label(const char *label, bool is_out)
{
    if (strcmp(label, is_out ? "outro" : "intro") == 0)
        return 0;
    if (strcmp(label, "break") == 0)
        return 0.5;
    return 0.3;
}

static void cost_of_place(const struct side *out, const struct side *in,
                          struct match *match)
{
    const char *label_out, *label_in;
    int out_end = match->out_beat + match->steps * match->out_per_step;
    int in_end = match->in_beat + match->steps * match->in_per_step;
    int out_swap = match->out_beat + match->swap * match->out_per_step;
    int in_swap = match->in_beat + match->swap * match->in_per_step;
    double left = fmax(0, out->ends - side_beat(out, out_end));
    double head = fmax(0, side_beat(in, match->in_beat) - in->begins);
    match->reasons[REASON_HEARD] =
        left / (out->ends - out->begins) + head / (in->ends - in->begins);
    side_energy(out, side_beat(out, match->out_beat), &label_out);
    side_energy(in, side_beat(in, match->in_beat), &label_in);
    double lines = 0;
    lines += !side_is_phrase(out, match->out_beat);
    lines += !side_is_phrase(in, match->in_beat);
    lines += !side_is_phrase(out, out_end);
    lines += !side_is_phrase(in, in_end);
    lines += !side_is_phrase(out, out_swap) || !side_is_phrase(in, in_swap);
    match->reasons[REASON_STRUCTURE] =
        cost_of_label(label_out, true) + cost_of_label(label_in, false) + lines;
    double off = fabs(match->rate - 1);
    match->reasons[REASON_TEMPO] =
        off / PREFERRED + (off > PREFERRED ? 4 * (off / PREFERRED - 1) : 0);
    static const double lengths[] = {1.5, 1.2, 1.0, 0.8, 0.5, 0.15, 0};
    int step = 0;
    while ((1 << step) < match->steps)
        step++;
    match->reasons[REASON_LENGTH] = lengths[step < 7 ? step : 6];
}

void overlap_release(struct pair *pair)
{
    free(pair->powers[0]);
    free(pair->powers[1]);
}

void overlap_cost(const struct pair *pair, struct match *match)
{
    const struct side *out = pair->sides[0], *in = pair->sides[1];
    struct foretold f;
    int count = match->steps + 2 * AROUND;
    double step_s = out->period * match->out_per_step / FV_RATE;
    struct trim trim;
    find_trim(pair, match, &trim);
    foretell(pair, match, &trim, &f);
    if (trim.length >= TRIM_RIDE_S * FV_RATE)
        ride(&f, count, step_s);
    cost_of_place(out, in, match);
    cost_of_overlap(out, in, match);
    match->reasons[REASON_LEVEL] = cost_of_level(&f, count, step_s);
    match->reasons[REASON_BASS] = cost_of_bass(&f, count);
    match->cost = 0;
    for (int i = 0; i < REASONS; i++) {
        match->reasons[i] *= weights[i];
        match->cost += match->reasons[i];
    }
}
