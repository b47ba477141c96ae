/* loudness.c - M6 to M8, by libebur128 on the decoded stream. */
#include "figures.h"

#include <ebur128.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define HOP (MIX_RATE / 10)
#define SHORT_HOPS 30 /* of the short-term loudness */
#define EVEN_HOPS 12
#define EDGE_S 6    /* beside an overlap, for its mean */
#define BESIDE_S 10 /* for the rests of the tracks alone ... */
#define AROUND_S 30 /* ... and for their jumps */
#define REST_LU (-4.0)
#define JUMP_LU 3.0
#define AS_DEEP 1.259 /* 1 LU */
#define FLOOR_LUFS (-70.0)

struct meter {
    ebur128_state *state;
    struct sample shorts, moments; /* at the end of each hop */
    int into;                      /* frames of the hop that was begun */
};

static struct meter *meter_new(void)
{
    struct meter *meter = calloc(1, sizeof *meter);
    if (!meter)
        abort();
    meter->state = ebur128_init(2, MIX_RATE,
                                EBUR128_MODE_S | EBUR128_MODE_I | EBUR128_MODE_TRUE_PEAK);
    return meter;
}

static void meter_free(struct meter *meter)
{
    if (!meter)
        return;
    ebur128_destroy(&meter->state);
    sample_release(&meter->shorts);
    sample_release(&meter->moments);
    free(meter);
}

void score_hear(struct score *score, const float *samples, int64_t frames)
{
    if (!score->meter)
        score->meter = meter_new();
    struct meter *meter = score->meter;
    for (int64_t at = 0; at < frames;) {
        int64_t run = HOP - meter->into;
        double level[2];
        run = run < frames - at ? run : frames - at;
        ebur128_add_frames_float(meter->state, samples + 2 * at, (size_t)run);
        at += run;
        meter->into += (int)run;
        if (meter->into < HOP)
            continue;
        meter->into = 0;
        ebur128_loudness_shortterm(meter->state, &level[0]);
        ebur128_loudness_momentary(meter->state, &level[1]);
        sample_add(&meter->shorts, fmax(level[0], FLOOR_LUFS));
        sample_add(&meter->moments, fmax(level[1], FLOOR_LUFS));
    }
}

void score_release(struct score *score)
{
    meter_free(score->meter);
    sample_release(&score->errors);
    sample_release(&score->drifts);
    sample_release(&score->taken);
    sample_release(&score->rises);
    *score = (struct score){0};
}

static int hop_of(const struct meter *meter, double at)
{
    int hop = (int)(at * 10), count = meter->shorts.count;
    return hop < 0 ? 0 : hop >= count ? count - 1 : hop;
}

/* The largest change of short-term loudness within 3 s, from one hop to another. */
static double most_change(const struct meter *meter, int from, int to)
{
    double most = 0;
    for (int i = from < SHORT_HOPS ? SHORT_HOPS : from; i <= to; i++)
        most = fmax(most, fabs(meter->shorts.at[i] - meter->shorts.at[i - SHORT_HOPS]));
    return most;
}

/* Where tracks play alone beside a transition, `most` seconds at most: from `before` to
 * its start, and from its end to `behind`. */
static void times_beside(const struct mix *mix, int segment, double most, double *before,
                         double *behind)
{
    const struct mix_segment *s = &mix->segments[segment];
    *before = segment > 0 ? s[-1].start : 0;
    *behind = segment + 1 < mix->segment_count ? s[1].end : s->end;
    *before = fmax(*before, s->start - most);
    *behind = fmin(*behind, s->end + most);
}

/* The largest change across the transition. Where the tracks, alone beside it, change as
 * much, it is the music's own and counts for no more than JUMP_LU. */
static double jump_in(const struct meter *meter, const struct mix *mix, int segment)
{
    const struct mix_segment *s = &mix->segments[segment];
    int from = hop_of(meter, s->start), to = hop_of(meter, s->end + 3);
    double before, behind, jump = most_change(meter, from, to);
    times_beside(mix, segment, AROUND_S, &before, &behind);
    double beside = most_change(meter, hop_of(meter, before) + 2 * SHORT_HOPS, from);
    beside = fmax(beside, most_change(meter, to + SHORT_HOPS, hop_of(meter, behind)));
    return beside >= jump ? fmin(jump, JUMP_LU) : jump;
}

/* The least momentary power from one hop to another. Beats are evened out over 1.2 s:
 * between two kicks every track dips. */
static double least_power(const struct meter *meter, int from, int to)
{
    double least = HUGE_VAL;
    for (int i = from; i <= to; i++) {
        double power = 0;
        for (int k = 0; k < EVEN_HOPS; k++) {
            int hop = i + k < meter->moments.count ? i + k : meter->moments.count - 1;
            power += pow(10, meter->moments.at[hop] / 10) / EVEN_HOPS;
        }
        least = fmin(least, power);
    }
    return least;
}

/* The deepest point of momentary loudness under the mean around the overlap. Where the
 * tracks, alone beside it, go as deep (but for 1 LU), it is a rest of the music and
 * counts for no more than REST_LU. */
static double dip_in(const struct meter *meter, const struct mix *mix, int segment)
{
    const struct mix_segment *s = &mix->segments[segment];
    int first = hop_of(meter, s->start - EDGE_S), last = hop_of(meter, s->end + EDGE_S);
    int from = hop_of(meter, s->start), to = hop_of(meter, s->end + 0.4);
    double mean = 1e-12, least = least_power(meter, from, to);
    double before, behind;
    times_beside(mix, segment, BESIDE_S, &before, &behind);
    for (int i = first; i <= last; i++)
        mean += pow(10, meter->moments.at[i] / 10) / (last - first + 1);
    int far = hop_of(meter, before + 0.4);
    double beside = least_power(meter, far, from - EVEN_HOPS);
    far = hop_of(meter, behind - 1.2);
    beside = fmin(beside, least_power(meter, to + EVEN_HOPS, far));
    double dip = 10 * log10(least / mean);
    return beside <= AS_DEEP * least ? fmax(dip, REST_LU) : dip;
}

/* Decibels that the limiter took, each tenth of a second of a track that plays alone at
 * the recorded speed: its level against that of the source. */
static void measure_limiter(const struct mix *mix, const struct mix_segment *s,
                            struct sample *taken)
{
    const struct mix_part *part = &s->parts[0];
    const struct mix_track *track = &mix->tracks[part->track];
    for (double at = s->start + 0.1; at + 0.2 < s->end; at += 0.1) {
        int64_t here = llround(at * MIX_RATE);
        int64_t there = llround(mix_track_time(part, at) * MIX_RATE);
        double heard = 1e-9, source = 1e-9;
        if (there < 0 || there + HOP > track->frames || here + HOP > mix->frames)
            continue;
        for (int64_t i = 0; i < 2 * (int64_t)HOP; i++) {
            double x = (double)mix->samples[2 * here + i];
            double y = (double)track->samples[2 * there + i] * part->gain;
            heard += x * x;
            source += y * y;
        }
        sample_add(taken, fmax(0, 10 * log10(source / heard)));
    }
}

void score_limiter(struct score *score, const struct mix *slice)
{
    for (int i = 0; i < slice->segment_count; i++) {
        const struct mix_segment *s = &slice->segments[i];
        if (s->part_count == 1 && s->kind == MIX_PLAY && s->parts[0].count == 2)
            measure_limiter(slice, s, &score->taken);
    }
    score->value[M8_LIMITER] = sample_at(&score->taken, 0.95);
}

void score_loudness(struct score *score, const struct mix *whole)
{
    const struct meter *meter = score->meter;
    struct sample jumps = {0}, dips = {0};
    double peak = 1e-9;
    for (int i = 0; i < whole->segment_count; i++) {
        const struct mix_segment *s = &whole->segments[i];
        if (s->part_count != 2 || s->end > 0.1 * meter->shorts.count - 4)
            continue;
        sample_add(&jumps, jump_in(meter, whole, i));
        sample_add(&dips, dip_in(meter, whole, i));
        if (getenv("SCORE_LOG"))
            fprintf(stderr, "transition at %.2f: jump %.2f LU, dip %.2f LU\n", s->start,
                    jumps.at[jumps.count - 1], dips.at[dips.count - 1]);
    }
    for (unsigned c = 0; c < 2; c++) {
        double one = 0;
        ebur128_true_peak(meter->state, c, &one);
        peak = fmax(peak, one);
    }
    score->value[M6_MEDIAN] = sample_at(&jumps, 0.5);
    score->value[M6_P95] = sample_at(&jumps, 0.95);
    score->value[M7_DIP] = sample_at(&dips, 0);
    ebur128_loudness_global(meter->state, &score->value[M6_PROGRAMME]);
    score->value[M8_PCM] = whole->pcm_peak_db;
    score->value[M8_DECODED] = 20 * log10(peak);
    sample_release(&jumps);
    sample_release(&dips);
}
