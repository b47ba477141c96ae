/* seams.c - M12 and M13: what is in the mix and in no source: clicks, holes, blunted
 * attacks. */
#include "figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define BLOCK 128        /* frames that are judged at a time */
#define SLACK 640        /* frames that a stretched source may lie off */
#define CLICK 3.0        /* times what the sources do there ... */
#define CLICK_LEAST 0.05 /* ... and not less than this */
#define APART_S 0.05     /* less is one click */
#define FEWEST_RISES 10  /* attacks that are stretched, of fewer nothing is said */
#define LEVEL_MS 1.0     /* of a level: what rises faster is not told apart */

/* For the curious. */
static void log_seam(const char *what, const struct mix *mix, double at)
{
    if (getenv("SCORE_LOG"))
        fprintf(stderr, "%s at %.2f\n", what, mix->origin + at);
}

/* ---- clicks ---------------------------------------------------------------------------
 */

/* The largest second difference in each block: of music small, of a click its height. */
static float *bends(const float *samples, int64_t frames)
{
    if (!samples)
        return NULL;
    float *most = calloc((size_t)(frames / BLOCK) + 2, sizeof *most);
    for (int64_t i = 2; i < frames; i++)
        for (int c = 0; c < 2; c++) {
            float bend = fabsf(samples[2 * i + c] - 2 * samples[2 * i - 2 + c] +
                               samples[2 * i - 4 + c]);
            if (bend > most[i / BLOCK])
                most[i / BLOCK] = bend;
        }
    return most;
}

static double bend_near(const float *most, int64_t frames, double at)
{
    int64_t from = ((int64_t)(at * MIX_RATE) - SLACK) / BLOCK;
    int64_t to = ((int64_t)(at * MIX_RATE) + SLACK) / BLOCK + 1;
    double high = 0;
    for (int64_t i = from < 0 ? 0 : from; i <= to && i < frames / BLOCK; i++)
        high = fmax(high, (double)most[i]);
    return high;
}

/* The largest in the four seconds before. */
static double bend_before(const float *most, int64_t frames, double at)
{
    double high = 0;
    for (double back = 0; back < 4; back += (double)SLACK / MIX_RATE)
        high = fmax(high, bend_near(most, frames, at - back));
    return high;
}

static void count_clicks(struct score *score, const struct mix *mix)
{
    float *heard = bends(mix->samples, mix->frames);
    float **sources = calloc((size_t)mix->track_count + 1, sizeof *sources);
    double last = -1;
    for (int i = 0; i < mix->track_count; i++)
        sources[i] = bends(mix->tracks[i].samples, mix->tracks[i].frames);
    for (int i = 0; i < mix->segment_count; i++) {
        const struct mix_segment *s = &mix->segments[i];
        int64_t to = (int64_t)(s->end * MIX_RATE) / BLOCK;
        for (int64_t b = (int64_t)(s->start * MIX_RATE) / BLOCK; b < to; b++) {
            if (b >= mix->frames / BLOCK || (double)heard[b] < CLICK_LEAST)
                continue;
            double at = ((double)b + 0.5) * BLOCK / MIX_RATE, due = 0;
            for (int p = 0; p < s->part_count; p++) {
                const struct mix_part *part = &s->parts[p];
                int64_t frames = mix->tracks[part->track].frames;
                double there = mix_track_time(part, at);
                double bend = bend_near(sources[part->track], frames, there);
                if (s->kind == MIX_CUT && p == 0) /* its last beat may echo */
                    bend = fmax(bend, bend_before(sources[part->track], frames, there));
                due += part->gain * bend;
            }
            if ((double)heard[b] < CLICK * due + CLICK_LEAST)
                continue;
            if (at > last + APART_S) {
                score->clicks++;
                log_seam("click", mix, at);
            }
            last = at;
        }
    }
    score->value[M12_CLICKS] = score->clicks;
    for (int i = 0; i < mix->track_count; i++)
        free(sources[i]);
    free(sources);
    free(heard);
}

/* ---- holes ----------------------------------------------------------------------------
 */

static double rms_at(const float *samples, int64_t frames, double at, int count)
{
    int64_t from = llround(at * MIX_RATE);
    double sum = 0;
    if (from < 0 || from + count > frames)
        return 0;
    for (int64_t i = 2 * from; i < 2 * (from + count); i++)
        sum += (double)samples[i] * (double)samples[i];
    return sqrt(sum / (2 * count));
}

static void count_holes(struct score *score, const struct mix *mix)
{
    enum { SPAN = 882 };
    const double step = (double)SPAN / MIX_RATE, slack = (double)SLACK / MIX_RATE;
    double last = -1, closing = mix->closing != 0 ? mix->closing : HUGE_VAL;
    for (int i = 0; i < mix->segment_count; i++) {
        const struct mix_segment *s = &mix->segments[i];
        for (double at = s->start; at + step < fmin(s->end, closing); at += step) {
            double due = HUGE_VAL;
            for (int p = 0; p < s->part_count; p++) {
                const struct mix_part *part = &s->parts[p];
                const struct mix_track *track = &mix->tracks[part->track];
                double there = mix_track_time(part, at);
                for (int k = -1; k <= 1; k++)
                    due = fmin(due, part->gain * rms_at(track->samples, track->frames,
                                                        there + k * slack, SPAN));
            }
            double heard = rms_at(mix->samples, mix->frames, at, SPAN);
            if (s->kind == MIX_FADE || due < 0.02 || heard > 0.1 * due)
                continue;
            if (at > last + APART_S) {
                score->holes++;
                log_seam("hole", mix, at);
            }
            last = at;
        }
    }
    score->value[M12_HOLES] = score->holes;
}

void score_seams(struct score *score, const struct mix *mix)
{
    count_clicks(score, mix);
    count_holes(score, mix);
}

/* ---- attacks --------------------------------------------------------------------------
 */

/* Milliseconds from a tenth to nine tenths of the rise at a beat; NAN: no clear one. */
static double rise_at(const float *samples, int64_t frames, double at)
{
    enum { STEP = 11, FIRST = -120, COUNT = 320 }; /* quarter milliseconds */
    const int span = (int)(LEVEL_MS * MIX_RATE / 1000);
    double level[COUNT], base = 0, peak = 0;
    int64_t from = llround(at * MIX_RATE) + FIRST * STEP;
    int top = 0;
    if (from < 0 || from + COUNT * STEP + span > frames)
        return NAN;
    for (int i = 0; i < COUNT; i++) {
        level[i] = 0;
        for (int64_t k = from + i * STEP; k < from + i * STEP + span; k++)
            level[i] =
                fmax(level[i], fabs((double)samples[2 * k] + (double)samples[2 * k + 1]));
        if (i < -FIRST - 32)
            base = fmax(base, level[i]);
        if (i < -FIRST + 100 && level[i] > peak) {
            peak = level[i];
            top = i;
        }
    }
    if (peak < 3 * base || peak < 0.05)
        return NAN;
    double low = base + 0.1 * (peak - base), high = base + 0.9 * (peak - base);
    int end = top, begin;
    for (int i = top; i > 0 && level[i] >= high; i--)
        end = i;
    for (begin = end; begin > 0 && level[begin] > low; begin--)
        continue;
    return fmax(LEVEL_MS, 0.25 * (end - begin + 1));
}

void score_attacks(struct score *score, const struct mix *mix)
{
    for (int i = 0; i < mix->segment_count; i++) {
        const struct mix_segment *s = &mix->segments[i];
        const struct mix_part *part = &s->parts[0];
        const struct mix_track *track = &mix->tracks[part->track];
        if (s->part_count != 1 || part->count < 3)
            continue;
        for (int b = 0; b < track->beats.count; b++) {
            double at = mix_mix_time(part, track->beats.at[b]);
            if (at < s->start + 0.1 || at > s->end - 0.1)
                continue;
            double was = rise_at(track->samples, track->frames, track->beats.at[b]);
            double is = rise_at(mix->samples, mix->frames, at);
            if (!isnan(was) && !isnan(is))
                sample_add(&score->rises, is / was);
        }
    }
    if (score->rises.count >= FEWEST_RISES)
        score->value[M13_RISE] = sample_at(&score->rises, 0.5);
}
