/* beats.c - M1 to M5: from the truth, the timeline, and a check that the audio lies where
 * the timeline says. */
#include "figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define NEAR_BAR_S 0.06
#define NEAR 1323 /* frames, 30 ms */
#define FAR 13230 /* half a beat of what is not slow */

/* ---- grids ----------------------------------------------------------------------------
 */

/* The time nearest to `at`, going on evenly beyond both ends. */
static double nearest(const struct mix_times *times, double at)
{
    double best = NAN;
    int last = times->count - 1;
    if (times->count < 2)
        return NAN;
    if (at < times->at[0]) {
        double gap = times->at[1] - times->at[0];
        return times->at[0] - gap * round((times->at[0] - at) / gap);
    }
    if (at > times->at[last]) {
        double gap = times->at[last] - times->at[last - 1];
        return times->at[last] + gap * round((at - times->at[last]) / gap);
    }
    for (int i = 0; i < times->count; i++)
        if (isnan(best) || fabs(times->at[i] - at) < fabs(best - at))
            best = times->at[i];
    return best;
}

static bool is_overlap(const struct mix_segment *s)
{
    return s->part_count == 2 && s->kind != MIX_CUT;
}

static bool has_truth(const struct mix *mix, const struct mix_segment *s)
{
    return mix->tracks[s->parts[0].track].beats.count > 1 &&
           mix->tracks[s->parts[1].track].beats.count > 1;
}

/* ---- where the audio lies -------------------------------------------------------------
 */

/* Seconds that a part's beat is heard later than the timeline says, `most` frames at
 * most; NAN when it cannot be told. Differences from sample to sample are compared:
 * attacks more than what lasts. */
static double heard_late(const struct mix *mix, const struct mix_part *part, double beat,
                         int most)
{
    enum { COUNT = 3072, LEAD = 441 };
    static float heard[COUNT + 1], source[COUNT + 2 * FAR + 1];
    const struct mix_track *track = &mix->tracks[part->track];
    double alike;
    int64_t here = llround(mix_mix_time(part, beat) * MIX_RATE) - LEAD - 1;
    int64_t there = llround(beat * MIX_RATE) - LEAD - 1;
    mix_mono(mix->samples, mix->frames, here, COUNT + 1, heard);
    mix_mono(track->samples, track->frames, there - most, COUNT + 2 * most + 1, source);
    for (int i = 0; i < COUNT; i++)
        heard[i] = heard[i + 1] - heard[i];
    for (int i = 0; i < COUNT + 2 * most; i++)
        source[i] = source[i + 1] - source[i];
    int lag = mix_lag(heard, source, COUNT, most, &alike);
    return alike > 0.6 ? (double)lag / MIX_RATE : NAN;
}

/* How late the beats of a part are heard between two mix times. Those that can be told
 * are added to `lates`. returns of how many it was asked */
static int hear_beats(const struct mix *mix, const struct mix_part *part,
                      const double times[2], int most, double *late, struct sample *lates)
{
    const struct mix_times *beats = &mix->tracks[part->track].beats;
    int asked = 0;
    for (int i = 0; i < beats->count; i++) {
        double at = mix_mix_time(part, beats->at[i]);
        bool is_in = at > times[0] && at < times[1];
        asked += is_in;
        late[i] = is_in ? heard_late(mix, part, beats->at[i], most) : (double)NAN;
        if (!isnan(late[i]))
            sample_add(lates, late[i]);
    }
    return asked;
}

/* How late each beat of a part is heard; where it cannot be told, the median of those
 * that can. Of a part that is nowhere near, most beats may be far. late has room for all
 * beats of the track. */
static void find_lates(const struct mix *mix, const struct mix_segment *s,
                       const struct mix_part *part, double *late)
{
    /* only where this part is the louder one: drums of both may be alike */
    double middle = (s->start + s->end) / 2;
    bool is_first = part == &s->parts[0];
    const double times[2] = {is_first ? s->start + 0.1 : middle,
                             is_first ? middle : s->end - 0.1};
    const struct mix_times *beats = &mix->tracks[part->track].beats;
    struct sample lates = {0};
    int asked = hear_beats(mix, part, times, NEAR, late, &lates);
    bool is_lost = lates.count == 0;
    if (is_lost)
        hear_beats(mix, part, times, FAR, late, &lates);
    bool is_guess = is_lost && 2 * lates.count < asked;
    double median = !is_guess && lates.count >= 3 ? sample_at(&lates, 0.5) : 0;
    for (int i = 0; i < beats->count; i++)
        late[i] = is_guess || isnan(late[i]) ? median : late[i];
    sample_release(&lates);
}

/* ---- M1 - M4 --------------------------------------------------------------------------
 */

/* Slope of errors over mix time, times 32 beats. */
static double drift_of(const double *times, const double *errors, int count,
                       double beat_s)
{
    double mean_x = 0, mean_y = 0, xx = 1e-12, xy = 0;
    for (int i = 0; i < count; i++) {
        mean_x += times[i] / count;
        mean_y += errors[i] / count;
    }
    for (int i = 0; i < count; i++) {
        xx += (times[i] - mean_x) * (times[i] - mean_x);
        xy += (times[i] - mean_x) * (errors[i] - mean_y);
    }
    return fabs(xy / xx) * 32 * beat_s;
}

static double lateness_of(const struct mix_times *beats, const double *late, double beat)
{
    for (int i = 0; i < beats->count; i++)
        if (fabs(beats->at[i] - beat) < 1e-9)
            return late[i];
    return 0;
}

/* For the curious: each overlap by itself. */
static void log_phase(double start, const double *errors, int count,
                      const struct sample *drifts)
{
    double sum = 0, most = 0;
    for (int i = 0; i < count; i++) {
        sum += fabs(errors[i]) / count;
        most = fmax(most, fabs(errors[i]));
    }
    fprintf(stderr, "overlap at %.2f: %d beats, %.2f ms off on average, %.2f at most, ",
            start, count, sum, most);
    fprintf(stderr, "drift %.2f\n", drifts->count ? drifts->at[drifts->count - 1] : 0);
}

static void measure_phase(const struct mix *mix, const struct mix_segment *s,
                          struct score *to)
{
    const struct mix_part *a = &s->parts[0], *b = &s->parts[1];
    const struct mix_times *beats = &mix->tracks[a->track].beats;
    const struct mix_times *others = &mix->tracks[b->track].beats;
    if (mix->tracks[b->track].bpm < mix->tracks[a->track].bpm / 1.5) {
        const struct mix_part *swap = a; /* count by the slower one's beats */
        const struct mix_times *swap_beats = beats;
        a = b;
        b = swap;
        beats = others;
        others = swap_beats;
    }
    double *late = calloc((size_t)(beats->count + others->count), sizeof *late);
    double *other_late = late + beats->count;
    find_lates(mix, s, a, late);
    find_lates(mix, s, b, other_late);
    double times[1024], errors[1024];
    int count = 0;
    for (int i = 0; i < beats->count && count < 1024; i++) {
        double at = mix_mix_time(a, beats->at[i]);
        if (at < s->start - 0.01 || at > s->end + 0.01)
            continue;
        double near = nearest(others, mix_track_time(b, at));
        double other = mix_mix_time(b, near) + lateness_of(others, other_late, near);
        times[count] = at;
        errors[count] = 1000 * (other - at - late[i]);
        sample_add(&to->errors, fabs(errors[count]));
        count++;
    }
    free(late);
    if (count > 16) /* of fewer a slope says nothing */
        sample_add(&to->drifts, drift_of(times, errors, count,
                                         (times[count - 1] - times[0]) / (count - 1)));
    if (getenv("SCORE_LOG"))
        log_phase(mix->origin + s->start, errors, count, &to->drifts);
}

static void measure_bars(const struct mix *mix, const struct mix_segment *s,
                         struct score *to)
{
    const struct mix_part *a = &s->parts[0], *b = &s->parts[1];
    const struct mix_times *bars = &mix->tracks[a->track].downbeats;
    const struct mix_times *others = &mix->tracks[b->track].downbeats;
    if (mix->tracks[b->track].bpm < mix->tracks[a->track].bpm / 1.5) {
        const struct mix_part *swap = a;
        const struct mix_times *swap_bars = bars;
        a = b;
        b = swap;
        bars = others;
        others = swap_bars;
    }
    int seen = 0, right = 0;
    for (int i = 0; i < bars->count; i++) {
        double at = mix_mix_time(a, bars->at[i]);
        if (at < s->start - 0.01 || at > s->end - 0.01)
            continue;
        double other = mix_mix_time(b, nearest(others, mix_track_time(b, at)));
        seen++;
        right += fabs(other - at) < NEAR_BAR_S;
    }
    if (seen == 0)
        return;
    to->bars++;
    to->bars_right += right * 10 >= seen * 9;
}

static void measure_switches(const struct mix *mix, const struct mix_segment *s,
                             struct score *to)
{
    const double ends[2] = {s->start, s->end};
    for (int e = 0; e < 2; e++)
        for (int p = 0; p < 2; p++) {
            const struct mix_times *phrases = &mix->tracks[s->parts[p].track].phrases;
            double at = mix_track_time(&s->parts[p], ends[e]);
            to->switches++;
            to->switches_right += fabs(nearest(phrases, at) - at) < NEAR_BAR_S;
        }
}

void score_beats(struct score *score, const struct mix *slice)
{
    /* honest fades are no claim, unless a mixer makes no other transitions */
    bool has_choice = score->beatmatched + score->cuts > 0;
    for (int i = 0; i < slice->segment_count; i++) {
        const struct mix_segment *s = &slice->segments[i];
        bool counts = is_overlap(s) && has_truth(slice, s) &&
                      (s->kind == MIX_BEATMATCH || !has_choice);
        if (!counts)
            continue;
        measure_phase(slice, s, score);
        measure_bars(slice, s, score);
        measure_switches(slice, s, score);
    }
    score->value[M1_MEDIAN] = sample_at(&score->errors, 0.5);
    score->value[M1_P95] = sample_at(&score->errors, 0.95);
    score->value[M1_MAX] = sample_at(&score->errors, 1);
    score->value[M2_DRIFT] = sample_at(&score->drifts, 1);
    if (score->bars)
        score->value[M3_DOWNBEATS] = 100.0 * score->bars_right / score->bars;
    if (score->switches)
        score->value[M4_PHRASES] = 100.0 * score->switches_right / score->switches;
}

/* ---- M5 -------------------------------------------------------------------------------
 */

struct tempo_samples {
    struct sample off; /* one a tenth of a second of a part */
    double most, ramp, step;
    double *rate; /* of each track where it was last */
};

static void measure_rates(const struct mix *mix, const struct mix_segment *s, int p,
                          struct tempo_samples *to)
{
    const struct mix_part *part = &s->parts[p];
    double bpm = mix->tracks[part->track].bpm;
    double beat_s = bpm > 0 ? 60 / bpm : 0.5;
    for (int i = 1; i < part->count; i++) {
        const struct mix_point *a = &part->points[i - 1], *b = &part->points[i];
        double span = b->mix - a->mix, rate = (b->track - a->track) / span;
        double off = 100 * fabs(rate - 1), was = to->rate[part->track];
        for (double t = 0; t < span; t += 0.1)
            sample_add(&to->off, off);
        to->most = fmax(to->most, off);
        if (was > 0) {
            double change = 100 * fabs(rate - was);
            to->step = fmax(to->step, change);
            if (s->kind != MIX_BEATMATCH) /* within an overlap it follows the other */
                to->ramp = fmax(to->ramp, change / fmax(1, span / beat_s / 1.02));
        }
        to->rate[part->track] = rate;
    }
}

void score_tempo(struct score *score, const struct mix *mix)
{
    struct tempo_samples samples = {
        .rate = calloc((size_t)mix->track_count + 1, sizeof(double))};
    for (int i = 0; i < mix->segment_count; i++) {
        const struct mix_segment *s = &mix->segments[i];
        for (int p = 0; p < s->part_count; p++)
            if (s->kind != MIX_CUT)
                measure_rates(mix, s, p, &samples);
        if (s->part_count == 2) /* the next time it is heard is another playing */
            samples.rate[s->parts[0].track] = 0;
    }
    score->value[M5_P95] = sample_at(&samples.off, 0.95);
    score->value[M5_MAX] = samples.most;
    score->value[M5_RAMP] = samples.ramp;
    score->value[M5_STEP] = samples.step;
    sample_release(&samples.off);
    free(samples.rate);
}
