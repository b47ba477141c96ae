/* loudness.c - M6 to M8, by libebur128 on the decoded stream. */
#include "figures.h"

#include <ebur128.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define HOP (MIX_RATE / 10)
#define SHORT_HOPS 30 /* of the short-term loudness */
#define EVEN_HOPS 12
#define EDGE_S 6 /* beside an overlap */
#define FLOOR_LUFS (-70.0)

struct levels {
    double *shorts, *moments; /* at the end of each hop */
    int count;
    double programme, peak;
};

static struct levels measure(const float *samples, int64_t frames)
{
    ebur128_state *meter = ebur128_init(
        2, MIX_RATE, EBUR128_MODE_S | EBUR128_MODE_I | EBUR128_MODE_TRUE_PEAK);
    struct levels levels = {.count = (int)(frames / HOP)};
    levels.shorts = calloc((size_t)levels.count + 1, sizeof(double));
    levels.moments = calloc((size_t)levels.count + 1, sizeof(double));
    for (int i = 0; i < levels.count; i++) {
        ebur128_add_frames_float(meter, samples + 2 * (int64_t)i * HOP, HOP);
        ebur128_loudness_shortterm(meter, &levels.shorts[i]);
        ebur128_loudness_momentary(meter, &levels.moments[i]);
        levels.shorts[i] = fmax(levels.shorts[i], FLOOR_LUFS);
        levels.moments[i] = fmax(levels.moments[i], FLOOR_LUFS);
    }
    ebur128_loudness_global(meter, &levels.programme);
    for (unsigned c = 0; c < 2; c++) {
        double peak = 0;
        ebur128_true_peak(meter, c, &peak);
        levels.peak = fmax(levels.peak, peak);
    }
    ebur128_destroy(&meter);
    return levels;
}

static int hop_of(const struct levels *levels, double at)
{
    int hop = (int)(at * 10);
    return hop < 0 ? 0 : hop >= levels->count ? levels->count - 1 : hop;
}

/* The largest change of short-term loudness within 3 s, across the transition. */
static double jump_in(const struct levels *levels, const struct mix_segment *s)
{
    int from = hop_of(levels, s->start), to = hop_of(levels, s->end + 3);
    double most = 0;
    for (int i = from < SHORT_HOPS ? SHORT_HOPS : from; i <= to; i++)
        most = fmax(most, fabs(levels->shorts[i] - levels->shorts[i - SHORT_HOPS]));
    return most;
}

/* The deepest point of momentary loudness under the mean around the overlap. Beats are
 * evened out over 1.2 s: between two kicks every track dips. */
static double dip_in(const struct levels *levels, const struct mix_segment *s)
{
    int first = hop_of(levels, s->start - EDGE_S), last = hop_of(levels, s->end + EDGE_S);
    int from = hop_of(levels, s->start), to = hop_of(levels, s->end + 0.4);
    double mean = 0, least = HUGE_VAL;
    for (int i = first; i <= last; i++)
        mean += pow(10, levels->moments[i] / 10) / (last - first + 1);
    for (int i = from; i <= to; i++) {
        double power = 0;
        for (int k = 0; k < EVEN_HOPS; k++) {
            int hop = i + k < levels->count ? i + k : levels->count - 1;
            power += pow(10, levels->moments[hop] / 10) / EVEN_HOPS;
        }
        least = fmin(least, 10 * log10(power));
    }
    return least - 10 * log10(mean + 1e-12);
}

/* Decibels that the limiter took, each tenth of a second of a track that plays alone at
 * the recorded speed: against the loudest samples of the source. */
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

void score_loudness(struct score *score, const struct mix *mix)
{
    struct levels levels = measure(mix->samples, mix->frames);
    struct sample jumps = {0}, dips = {0}, taken = {0};
    for (int i = 0; i < mix->segment_count; i++) {
        const struct mix_segment *s = &mix->segments[i];
        if (s->part_count == 2 && s->end < (double)mix->frames / MIX_RATE - 4) {
            sample_add(&jumps, jump_in(&levels, s));
            sample_add(&dips, dip_in(&levels, s));
            if (getenv("SCORE_LOG"))
                fprintf(stderr, "transition at %.2f: jump %.2f LU, dip %.2f LU\n",
                        s->start, jumps.at[jumps.count - 1], dips.at[dips.count - 1]);
        } else if (s->part_count == 1 && s->kind == MIX_PLAY && s->parts[0].count == 2) {
            measure_limiter(mix, s, &taken);
        }
    }
    score->value[M6_MEDIAN] = sample_at(&jumps, 0.5);
    score->value[M6_P95] = sample_at(&jumps, 0.95);
    score->value[M6_PROGRAMME] = levels.programme;
    score->value[M7_DIP] = sample_at(&dips, 0);
    score->value[M8_PCM] = mix->pcm_peak_db;
    score->value[M8_DECODED] = 20 * log10(levels.peak + 1e-9);
    score->value[M8_LIMITER] = sample_at(&taken, 0.95);
    sample_release(&jumps);
    sample_release(&dips);
    sample_release(&taken);
    free(levels.shorts);
    free(levels.moments);
}
