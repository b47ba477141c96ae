/* plan_test.c - any two tracks, however short or odd and whatever is said of them: the
 * plan has no gap, the tracks go on where they were, and its sound can be begun anywhere.
 */
#include "songs.h"

#define SOFT 100 /* beats */

static uint32_t seed;

static double dice(double from, double to)
{
    seed = seed * 1664525u + 1013904223u;
    return from + (to - from) * (double)(seed >> 8) / 16777216.0;
}

static void song_silence(struct song *song, double from, double to)
{
    for (uint32_t n = 0; n < song->found.feature_count; n++)
        if (song->beats[n] > from && song->beats[n] < to)
            song->features[n] = (struct fv_beat){.low = 0};
}

/* Whatever the ears may say, within what the host lets through. */
static void song_doubt(struct song *song)
{
    struct fv_analysis *found = &song->found;
    double *chances[] = {&found->loudness_lufs, &found->true_peak_dbtp,
                         &found->silence_head, &found->silence_tail};
    const double least[] = {-70, -60, 0, 0}, most[] = {0, 6, 20, 20};
    for (int i = 0; i < 4; i++)
        if (dice(0, 1) < 0.3)
            *chances[i] = dice(least[i], most[i]);
    if (dice(0, 1) < 0.3)
        found->tempo_confidence = (float)dice(0, 1);
    if (dice(0, 1) < 0.3)
        found->bar_confidence = (float)dice(0, 1);
    if (dice(0, 1) < 0.3)
        found->phrase_confidence = (float)dice(0, 1);
    if (dice(0, 1) < 0.2)
        found->beats_per_bar = (uint32_t)dice(0, 4.99);
    if (dice(0, 1) < 0.2)
        found->phrase_count = (uint32_t)dice(0, found->phrase_count + 0.99);
    if (dice(0, 1) < 0.2)
        found->downbeat_count = (uint32_t)dice(0, found->downbeat_count + 0.99);
    if (dice(0, 1) < 0.2)
        found->feature_count = (uint32_t)dice(0, found->feature_count + 0.99);
    if (dice(0, 1) < 0.2)
        for (uint32_t i = 1; i < found->beat_count; i++)
            song->beats[i] = song->beats[i - 1] + dice(0.001, 1.2);
    if (dice(0, 1) < 0.1)
        found->beat_count = (uint32_t)dice(0, 3.99);
    if (dice(0, 1) < 0.2)
        song_silence(song, dice(0, found->duration), dice(0, found->duration));
    if (dice(0, 1) < 0.05)
        song->track.analysis = NULL;
}

/* ---- judging --------------------------------------------------------------------------
 */

/* Segments of one track follow each other in it. */
static void check_continuity(const struct plan_kept *plan, const struct song *from,
                             double cursor)
{
    const char *id = from ? from->track.id : NULL;
    double at = cursor;
    for (int i = 0; i < plan->count; i++) {
        const struct kept *kept = &plan->at[i];
        if (id && strcmp(kept->parts[0].id, id) == 0)
            assert_true(fabs(kept->parts[0].warp[0].track - at) < 1.01);
        uint32_t last = kept->segment.part_count - 1;
        id = kept->parts[last].id;
        at = end_of(kept, last);
    }
}

static void check_sound(const struct kept *kept, struct song *a, struct song *b)
{
    enum { MOST = 3 * FV_RATE, SPAN = 3000 };
    int count = kept->segment.length < MOST ? (int)kept->segment.length : MOST;
    float *whole = render_from(kept, a, b, 0, count, 1152);
    int offset = (int)dice(0, count - 1), span = count - offset;
    span = span < SPAN ? span : SPAN;
    float *part = render_from(kept, a, b, offset, span, 1 + (int)dice(0, 700));
    assert_memory_equal(part, whole + 2 * offset, (size_t)span * 2 * sizeof *part);
    free(whole);
    free(part);
    span = kept->segment.length < SPAN ? (int)kept->segment.length : SPAN;
    free(render_from(kept, a, b, kept->segment.length - span, span, 1152));
}

static int64_t length_of(const struct plan_kept *plan)
{
    int64_t length = 0;
    for (int i = 0; i < plan->count; i++)
        length += plan->at[i].segment.length;
    return length;
}

/* ---- tests ----------------------------------------------------------------------------
 */

static void test_any_two_tracks_make_a_plan_without_a_gap(void **state)
{
    (void)state;
    static struct song a, b;
    static struct plan_kept plan;
    for (uint32_t round = 0; round < 150; round++) {
        seed = round * 2654435761u + 17;
        double length = pow(10, dice(-4, 2.1)), other = pow(10, dice(-4, 2.1));
        double bpm = dice(60, 180);
        song_make(&a, "a", length, bpm, dice(0, 1), 32);
        song_make(&b, "b", other,
                  dice(0, 1) < 0.5 ? bpm * dice(0.95, 1.05) : dice(60, 180), dice(0, 1),
                  dice(0, 1) < 0.5 ? 32 : 16);
        song_doubt(&a);
        song_doubt(&b);
        struct fv_cursor cursor = {floor(dice(0, length * FV_RATE)), 1};
        if (dice(0, 1) < 0.2)
            cursor.rate = dice(0.94, 1.06);
        int64_t until =
            dice(0, 1) < 0.3 ? 1000 + (int64_t)(pow(10, dice(0, 7))) : INT64_MAX;
        uint32_t flags = dice(0, 1) < 0.3 ? FV_SOON : 0;
        struct fv_cursor after = plan_pair(&plan, &a, &b, cursor, until, flags);
        assert_true(plan.count > 0);
        assert_true(until == INT64_MAX || length_of(&plan) <= until - 1000);
        check_continuity(&plan, &a, cursor.track);
        if (until == INT64_MAX) {
            const struct kept *last = &plan.at[plan.count - 1];
            assert_string_equal(last->parts[last->segment.part_count - 1].id, "b");
            double end = end_of(last, last->segment.part_count - 1);
            assert_true(fabs(end - after.track) < 1.01);
        }
        for (int i = 0; i < plan.count; i++)
            check_sound(&plan.at[i], &a, &b);
        forget(&plan);
        song_free(&a);
        song_free(&b);
    }
}

static void test_beats_lie_on_beats_and_phrases_on_phrases(void **state)
{
    (void)state;
    static struct song a, b;
    static struct plan_kept plan;
    song_make(&a, "a", 120, 124, 0.3, 32);
    song_make(&b, "b", 120, 128, 0.1, 32);
    plan_pair(&plan, &a, &b, (struct fv_cursor){40000, 1}, INT64_MAX, 0);
    const struct kept *kept = find_kind(&plan, FV_BEATMATCH);
    assert_non_null(kept);
    double out = kept->parts[0].warp[0].track / FV_RATE;
    double in = kept->parts[1].warp[0].track / FV_RATE;
    double phrase_a = (out - 0.3) / (32 * 60 / 124.0);
    double phrase_b = (in - 0.1) / (32 * 60 / 128.0);
    assert_true(fabs(phrase_a - round(phrase_a)) < 1e-4);
    assert_true(fabs(phrase_b - round(phrase_b)) < 1e-4);
    const struct fv_warp *warp = kept->parts[1].warp;
    assert_true(fabs((warp[1].track - warp[0].track) / (warp[1].mix - warp[0].mix) -
                     124.0 / 128) < 1e-4);
    forget(&plan);
    song_free(&a);
    song_free(&b);
}

/* The phrase on which `a` is left for a song whose phrases are not sure, if it is held to
 * be in doubt until a beat; NAN: none. */
static double phrase_left(int doubted)
{
    static struct song a, b;
    static struct plan_kept plan;
    const double beat_s = 60 / 124.0;
    const struct fv_span doubt = {0, doubted * beat_s};
    song_make(&a, "a", 236 * beat_s + 0.3, 124, 0.3, 32);
    song_make(&b, "b", 120, 124, 0.1, 32);
    a.found.unsure = &doubt;
    a.found.unsure_count = 1;
    b.found.phrase_confidence = 0.3f;
    plan_pair(&plan, &a, &b, (struct fv_cursor){40000, 1}, INT64_MAX, 0);
    const struct kept *kept = find_kind(&plan, FV_BEATMATCH);
    double left = kept ? kept->parts[0].warp[0].track / FV_RATE : NAN;
    forget(&plan);
    song_free(&a);
    song_free(&b);
    return (left - 0.3) / (32 * beat_s);
}

static void test_a_track_is_left_on_its_phrases_whatever_the_other_has(void **state)
{
    (void)state;
    assert_true(fabs(phrase_left(190) - 6) < 1e-4);
    assert_true(isnan(phrase_left(220))); /* no room behind the next */
}

/* From a time on, its beats are at another tempo. */
static void song_change(struct song *song, double from, double bpm)
{
    struct fv_analysis *found = &song->found;
    for (uint32_t n = 1; n < found->beat_count; n++)
        if (song->beats[n] > from)
            song->beats[n] = song->beats[n - 1] + 60 / bpm;
    while (found->beat_count > 0 &&
           song->beats[found->beat_count - 1] > found->duration - 0.01)
        found->beat_count--;
    found->feature_count = found->beat_count;
    found->downbeat_count = found->phrase_count = 0;
    for (uint32_t n = 0; n < found->beat_count; n += 4)
        song->downbeats[found->downbeat_count++] = song->beats[n];
    for (uint32_t n = 0; n < found->beat_count; n += 32)
        song->phrases[found->phrase_count++] = song->beats[n];
}

/* 100 BPM that end at 124 are met by 124, and 124 by 124 that goes on at 100. */
static void test_tempos_meet_that_are_heard_where_tracks_do(void **state)
{
    (void)state;
    static struct song a, b;
    static struct plan_kept plan;
    for (int is_in = 0; is_in < 2; is_in++) {
        song_make(&a, "a", 180, is_in ? 124 : 100, 0.3, 32);
        song_make(&b, "b", 180, 124, 0.1, 32);
        song_change(is_in ? &b : &a, is_in ? 60 : 100, is_in ? 100 : 124);
        plan_pair(&plan, &a, &b, (struct fv_cursor){40000, 1}, INT64_MAX, 0);
        const struct kept *kept = find_kind(&plan, FV_BEATMATCH);
        assert_non_null(kept);
        assert_true(kept->parts[0].warp[0].track > (is_in ? 0 : 100 * FV_RATE));
        const struct fv_warp *warp = kept->parts[1].warp;
        assert_true(fabs((warp[1].track - warp[0].track) / (warp[1].mix - warp[0].mix) -
                         1) < 1e-3);
        forget(&plan);
        song_free(&a);
        song_free(&b);
    }
}

/* Two beats of each phrase are very quiet to the ears. */
static void song_hush(struct song *song)
{
    for (uint32_t n = 0; n < song->found.feature_count; n++)
        if (n % 32 == 12 || n % 32 == 13)
            song->features[n] =
                (struct fv_beat){.low = 0.002f, .mid = 0.001f, .high = 5e-4f};
}

/* The track time of b, in frames, while a is at one; NAN if they do not sound together.
 */
static double over(const struct plan_kept *plan, double time_a)
{
    struct voice a, b;
    for (int i = 0; i < plan->count; i++) {
        const struct kept *kept = &plan->at[i];
        if (kept->segment.part_count < 2)
            continue;
        voice_open(&a, &kept->segment, 0, NULL, -1);
        voice_open(&b, &kept->segment, 1, NULL, -1);
        for (int64_t at = 0; at < kept->segment.length; at += FV_RATE / 20)
            if (fabs(voice_at(&a, (double)at) - time_a) < FV_RATE / 20)
                return voice_at(&b, (double)at);
    }
    return NAN;
}

/* Soft for so long at its start, and at its end. */
static void song_frame_softly(struct song *song, double head_s, double tail_s)
{
    for (uint32_t n = 0; n < song->found.feature_count; n++)
        if (song->beats[n] < head_s || song->beats[n] > song->found.duration - tail_s)
            song->features[n] =
                (struct fv_beat){.low = 4e-3f, .mid = 2e-3f, .high = 1e-3f};
}

static void test_of_a_short_song_three_fifths_are_heard(void **state)
{
    (void)state;
    static struct song a, b;
    static struct plan_kept into, out_of;
    for (uint32_t round = 0; round < 20; round++) {
        seed = round * 2654435761u + 5;
        double length = dice(40, 170);
        song_make(&a, "a", length, 120, 0, 16);
        song_make(&b, "b", 150, round % 2 ? 121 : 145, 0, 16);
        song_frame_softly(&a, dice(0, 0.2) * length, dice(0, 0.3) * length);
        plan_pair(&into, &b, &a, (struct fv_cursor){40000, 1}, INT64_MAX, 0);
        plan_pair(&out_of, &a, &b, (struct fv_cursor){0, 1}, INT64_MAX, 0);
        const struct kept *in = NULL, *out = NULL;
        for (int i = into.count; i-- > 0;)
            if (strcmp(into.at[i].parts[into.at[i].segment.part_count - 1].id, "a") == 0)
                in = &into.at[i];
        for (int i = 0; i < out_of.count; i++)
            if (strcmp(out_of.at[i].parts[0].id, "a") == 0)
                out = &out_of.at[i];
        assert_true(in && out);
        double head = in->parts[in->segment.part_count - 1].warp[0].track;
        double heard = (end_of(out, 0) - head) / FV_RATE;
        assert_true(heard > 0.6 * length - 0.2 || heard > 89.8);
        forget(&into);
        forget(&out_of);
        song_free(&a);
        song_free(&b);
    }
}

/* Of what a silence parts the longer is heard, and the silence not. */
static void test_nobody_waits_for_a_hidden_song(void **state)
{
    (void)state;
    static const struct fv_span silences[] = {{140, 200}, {40, 100}, {-1, 60}};
    static struct song a, b;
    static struct plan_kept into, out_of;
    song_make(&b, "b", 150, 121, 0, 16);
    for (int i = 0; i < 3; i++) {
        song_make(&a, "a", 240, 120, 0, 16);
        song_silence(&a, silences[i].start, silences[i].end);
        plan_pair(&into, &b, &a, (struct fv_cursor){40000, 1}, INT64_MAX, 0);
        plan_pair(&out_of, &a, &b, (struct fv_cursor){40000, 1}, INT64_MAX, 0);
        const struct kept *in = &into.at[into.count - 1], *out = &out_of.at[0];
        while (in > into.at &&
               strcmp(in[-1].parts[in[-1].segment.part_count - 1].id, "a") == 0)
            in--;
        while (strcmp(out[1].parts[0].id, "a") == 0)
            out++;
        double head = in->parts[in->segment.part_count - 1].warp[0].track / FV_RATE;
        double tail = end_of(out, 0) / FV_RATE;
        if (i == 0)
            assert_true(head < 60 && tail > 80 && tail < 141);
        else
            assert_true(head > silences[i].end - 1 && head < 160 && tail > 180);
        forget(&into);
        forget(&out_of);
        song_free(&a);
    }
    song_free(&b);
}

/* Whether parts of two tracks that a segment lays over each other touch a stretch of the
 * second, in seconds. */
static bool is_laid_on(const struct kept *kept, struct fv_span span)
{
    double from = kept->parts[1].warp[0].track / FV_RATE;
    return from < span.end && end_of(kept, 1) / FV_RATE > span.start;
}

static void test_no_beats_are_laid_where_the_ears_do_not_hold_by_theirs(void **state)
{
    (void)state;
    static struct song a, b;
    static struct plan_kept plan;
    static const struct fv_span head = {0, 15}, all = {0, 240};
    song_make(&a, "a", 180, 120, 0, 16);
    song_make(&b, "b", 240, 120, 0, 16);
    b.found.unsure_count = 1;
    b.found.unsure = &head;
    plan_pair(&plan, &a, &b, (struct fv_cursor){40000, 1}, INT64_MAX, 0);
    const struct kept *kept = find_kind(&plan, FV_BEATMATCH);
    assert_non_null(kept);
    assert_false(is_laid_on(kept, head));
    forget(&plan);
    b.found.unsure = &all;
    plan_pair(&plan, &a, &b, (struct fv_cursor){40000, 1}, INT64_MAX, 0);
    assert_null(find_kind(&plan, FV_BEATMATCH));
    assert_non_null(find_kind(&plan, FV_CROSSFADE));
    forget(&plan);
    plan_pair(&plan, &b, &a, (struct fv_cursor){40000, 1}, INT64_MAX, 0);
    assert_null(find_kind(&plan, FV_BEATMATCH));
    forget(&plan);
    song_free(&a);
    song_free(&b);
}

static void test_a_long_beginning_without_a_beat_is_heard(void **state)
{
    (void)state;
    static struct song a, b;
    static struct plan_kept plan;
    song_make(&a, "a", 180, 120, 0, 16);
    song_make(&b, "b", 240, 120, 70, 16);
    plan_pair(&plan, &a, &b, (struct fv_cursor){40000, 1}, INT64_MAX, 0);
    const struct kept *into = &plan.at[0];
    while (strcmp(into->parts[into->segment.part_count - 1].id, "b") != 0)
        into++;
    double entry = into->parts[into->segment.part_count - 1].warp[0].track / FV_RATE;
    assert_true(entry < 0.2 * 240);
    forget(&plan);
    song_free(&a);
    song_free(&b);
}

static void test_quiet_places_are_not_laid_over_each_other(void **state)
{
    (void)state;
    static struct song a, b;
    static struct plan_kept plan;
    const double phrase = 16.0 * FV_RATE, quiet = 6.2 * FV_RATE;
    song_make(&a, "a", 180, 120, 0, 32);
    song_make(&b, "b", 180, 120, 0, 32);
    song_hush(&a);
    song_hush(&b);
    plan_pair(&plan, &a, &b, (struct fv_cursor){30.0 * FV_RATE, 1}, INT64_MAX, 0);
    for (int n = 2; n < 11; n++) {
        double there = over(&plan, n * phrase + quiet) - quiet;
        assert_false(fabs(there - phrase * round(there / phrase)) < FV_RATE);
    }
    forget(&plan);
    song_free(&a);
    song_free(&b);
}

static void test_it_glides_home_by_less_than_a_thousandth_a_beat(void **state)
{
    (void)state;
    static struct song a, b;
    static struct plan_kept plan;
    song_make(&a, "a", 120, 124, 0.3, 32);
    song_make(&b, "b", 120, 129, 0.1, 32);
    struct fv_cursor after =
        plan_pair(&plan, &a, &b, (struct fv_cursor){40000, 1}, INT64_MAX, 0);
    assert_true(after.rate == 1 && after.track == floor(after.track));
    const struct kept *kept = &plan.at[plan.count - 1];
    assert_int_equal(kept->segment.kind, FV_PLAY);
    double last = 124.0 / 129;
    for (uint32_t i = 1; i < kept->parts[0].warp_count; i++) {
        const struct fv_warp *w = &kept->parts[0].warp[i];
        double rate = (w[0].track - w[-1].track) / (w[0].mix - w[-1].mix);
        assert_true(fabs(rate - last) < 0.00101);
        last = rate;
    }
    assert_true(fabs(last - 1) < 0.00101);
    forget(&plan);
    song_free(&a);
    song_free(&b);
}

static double rate_behind(const struct fv_warp *w)
{
    return (w[1].track - w[0].track) / (w[1].mix - w[0].mix);
}

/* Changes of the speed of "a" from `rate` on, within the show's first segments, up to and
 * with the overlap. */
static void check_lean(const struct plan_kept *plan, double rate)
{
    for (int i = 0; i < plan->count; i++) {
        const struct fv_part *part = &plan->at[i].parts[0];
        for (uint32_t w = 0; w + 1 < part->warp_count; w++) {
            assert_true(fabs(rate_behind(part->warp + w) - rate) < 0.00101);
            rate = rate_behind(part->warp + w);
        }
        if (plan->at[i].segment.kind == FV_BEATMATCH)
            return;
    }
}

/* Neither is changed by more than four per cent, the second by most, and beats lie on
 * beats. */
static void test_far_tempos_come_towards_each_other(void **state)
{
    (void)state;
    static const double bpm_b[] = {126.8, 113.6, 123.6};
    static struct song a, b;
    static struct plan_kept plan;
    for (int i = 0; i < 3; i++) {
        bool is_far = i < 2;
        song_make(&a, "a", 120, 120, 0.3, 32);
        song_make(&b, "b", 120, bpm_b[i], 0.1, 32);
        plan_pair(&plan, &a, &b, (struct fv_cursor){40000, 1}, INT64_MAX, 0);
        const struct kept *kept = find_kind(&plan, FV_BEATMATCH);
        assert_non_null(kept);
        double rate_a = rate_behind(kept->parts[0].warp);
        double rate_b = rate_behind(kept->parts[1].warp);
        assert_true(fabs(rate_b - 1) <= 0.04 &&
                    fabs(rate_b * bpm_b[i] / 120 - rate_a) < 1e-4);
        assert_true(is_far ? fabs(rate_a - 1) > 0.01 && fabs(rate_a - 1) < 0.025
                           : rate_a == 1);
        check_lean(&plan, 1);
        struct voice voice;
        voice_open(&voice, &kept->segment, 1, NULL, -1);
        double beat_s = 60 / 120.0 / rate_a,
               first = (kept->parts[0].warp[0].track / FV_RATE - 0.3) / 0.5;
        first = (ceil(first - 0.01) - first) * beat_s;
        for (double at = first; at * FV_RATE < (double)kept->segment.length;
             at += beat_s) {
            double beat =
                (voice_at(&voice, at * FV_RATE) / FV_RATE - 0.1) * bpm_b[i] / 60;
            assert_true(fabs(beat - round(beat)) < 0.001);
        }
        forget(&plan);
        plan_pair(&plan, &a, &b, (struct fv_cursor){40.0 * FV_RATE, 1}, INT64_MAX,
                  FV_SOON);
        kept = find_kind(&plan, FV_BEATMATCH); /* a skip has no time for it */
        assert_true(!kept || rate_behind(kept->parts[0].warp) == 1);
        forget(&plan);
        song_free(&a);
        song_free(&b);
    }
}

/* Gliding home takes 55 beats, and is longer than what is left of the song. */
static void test_a_short_song_ends_before_it_would_be_home(void **state)
{
    (void)state;
    static struct song a, b;
    static struct plan_kept plan;
    song_make(&a, "a", 120, 122, 0.3, 32);
    song_make(&b, "b", 36, 128, 0.1, 32);
    struct fv_cursor after =
        plan_pair(&plan, &a, &b, (struct fv_cursor){40000, 1}, INT64_MAX, 0);
    assert_non_null(find_kind(&plan, FV_BEATMATCH));
    assert_true(after.track < 28.0 * FV_RATE); /* there is time to leave it */
    forget(&plan);
    plan_pair(&plan, &b, &a, after, INT64_MAX, 0);
    const struct kept *cross = find_kind(&plan, FV_CROSSFADE);
    assert_non_null(cross);
    assert_true(cross->segment.length >= 2 * FV_RATE);
    forget(&plan);
    song_free(&a);
    song_free(&b);
}

/* A glide is over a millionth away from the recorded speed. */
static void test_nearly_the_recorded_speed_is_no_glide(void **state)
{
    (void)state;
    static struct song a, b;
    static struct plan_kept plan;
    song_make(&a, "a", 120, 124, 0.3, 32);
    song_make(&b, "b", 120, 124, 0.1, 32);
    plan_pair(&plan, &a, &b, (struct fv_cursor){40000, 1 + 5e-7}, INT64_MAX, 0);
    assert_non_null(find_kind(&plan, FV_BEATMATCH));
    forget(&plan);
    song_free(&a);
    song_free(&b);
}

static void test_a_beatmatch_that_is_refused_says_what_it_would_have_cost(void **state)
{
    (void)state;
    static struct song a, b;
    static struct plan_kept plan;
    song_make(&a, "a", 120, 124, 0.3, 32);
    song_make(&b, "b", 120, 124, 0.1, 32);
    for (uint32_t n = 0; n < 100; n++) /* it begins 40 dB under what follows */
        b.features[n] = (struct fv_beat){.low = 0.002f, .mid = 0.001f, .high = 5e-4f};
    plan_pair(&plan, &a, &b, (struct fv_cursor){40000, 1}, INT64_MAX, 0);
    assert_null(find_kind(&plan, FV_BEATMATCH));
    const char *why = NULL;
    for (int i = 0; i < plan.count; i++)
        if (plan.at[i].segment.part_count == 2)
            why = strstr(plan.at[i].segment.why, "no beatmatch: the best one's cost ");
    assert_non_null(why);
    assert_true(strtod(why + strlen("no beatmatch: the best one's cost "), NULL) > 2.5);
    assert_non_null(strstr(why, "(level "));
    forget(&plan);
    song_free(&a);
    song_free(&b);
}

/* What it costs to come in over the last half phrase of a song. */
static double late_cost(int phrase_of_incoming)
{
    static struct song a, b;
    static struct plan_kept plan;
    song_make(&a, "a", 120, 124, 0.3, 32);
    song_make(&b, "b", 120, 124, 0.1, phrase_of_incoming);
    double near_end = 200 * 60 / 124.0 * FV_RATE;
    plan_pair(&plan, &a, &b, (struct fv_cursor){near_end, 1}, INT64_MAX, 0);
    const struct kept *kept = find_kind(&plan, FV_BEATMATCH);
    assert_non_null(kept);
    const char *why = strstr(kept->segment.why, "cost ");
    assert_non_null(why);
    double cost = strtod(why + strlen("cost "), NULL);
    forget(&plan);
    song_free(&a);
    song_free(&b);
    return cost;
}

static void test_an_overlap_would_end_on_a_phrase_of_either(void **state)
{
    (void)state;
    assert_true(late_cost(16) < late_cost(32));
}

/* Whether a song is matched that begins softer by `gain`, for longer than an overlap. */
static bool is_soft_one_matched(float gain)
{
    static struct song a, b;
    static struct plan_kept plan;
    song_make(&a, "a", 120, 124, 0.3, 32);
    song_make(&b, "b", 120, 124, 0.1, 32);
    for (uint32_t n = 0; n < SOFT; n++) {
        struct fv_beat *soft = &b.features[n];
        *soft = (struct fv_beat){
            .low = gain * soft->low, .mid = gain * soft->mid, .high = gain * soft->high};
    }
    plan_pair(&plan, &a, &b, (struct fv_cursor){40000, 1}, INT64_MAX, 0);
    bool is_matched = find_kind(&plan, FV_BEATMATCH) != NULL;
    forget(&plan);
    song_free(&a);
    song_free(&b);
    return is_matched;
}

static void test_a_dip_that_anybody_hears_is_no_beatmatch(void **state)
{
    (void)state;
    assert_true(is_soft_one_matched(0.18f)); /* the knobs make up for it */
    assert_false(is_soft_one_matched(0.1f));
}

static void test_nothing_begins_that_the_end_of_the_show_cuts_off(void **state)
{
    (void)state;
    static struct song a, b;
    static struct plan_kept plan;
    song_make(&a, "a", 120, 124, 0.3, 32);
    song_make(&b, "b", 120, 124, 0.1, 32);
    static const int lefts[] = {60, 104, 119}; /* seconds of the show; 100 of the song */
    for (int n = 0; n < 3; n++) {
        int left = lefts[n];
        int64_t until = 1000 + (int64_t)left * FV_RATE;
        plan_pair(&plan, &a, &b, (struct fv_cursor){20.0 * FV_RATE, 1}, until, 0);
        bool is_alone = left < 119;
        for (int i = 0; i < plan.count; i++)
            is_alone &= plan.at[i].segment.part_count == 1 &&
                        strcmp(plan.at[i].parts[0].id, "a") == 0;
        assert_int_equal(is_alone, left < 119);
        assert_true(length_of(&plan) == until - 1000 || left == 119);
        forget(&plan);
    }
    song_free(&a);
    song_free(&b);
}

/* The last song ends four seconds before the show. */
static void test_the_last_fade_is_over_when_its_song_is(void **state)
{
    (void)state;
    enum { FADE = 6 * FV_RATE, REST = 4 * FV_RATE };
    static struct song a;
    static struct plan_kept plan;
    song_make(&a, "a", 120, 124, 0.3, 32);
    for (int64_t i = 0; i < 2 * a.sound.pcm.length; i++)
        a.sound.samples[i] = 0.2f;
    plan_pair(&plan, &a, NULL, (struct fv_cursor){100.0 * FV_RATE, 1},
              1000 + 24 * FV_RATE, 0);
    const struct kept *last = &plan.at[plan.count - 1];
    assert_int_equal(last->segment.kind, FV_FADEOUT);
    assert_in_range(last->segment.length, FADE + REST - 1, FADE + REST);
    float *out = render_from(last, &a, NULL, 0, FADE + REST - 1, 1152);
    float full = out[0];
    assert_true(full > 0.05f);
    for (int i = 1; i < FADE + REST - 1; i++)
        assert_true(fabsf(out[2 * i] - out[2 * i - 2]) < 0.001f * full);
    assert_true(fabsf(out[2 * (FADE - 10)]) < 0.001f * full);
    free(out);
    forget(&plan);
    song_free(&a);
}

static void test_no_sound_passes_the_ceiling(void **state)
{
    (void)state;
    static struct song a;
    static struct plan_kept plan;
    float peak = 0;
    song_make(&a, "a", 20, 124, 0.3, 32);
    memset(a.sound.samples, 0, 2 * 20 * FV_RATE * sizeof(float));
    sound_add_sine(&a.sound, 441, 0.9);
    a.found.loudness_lufs = -20;
    plan_pair(&plan, &a, NULL, (struct fv_cursor){40000, 1}, INT64_MAX, 0);
    const struct kept *kept = find_kind(&plan, FV_PLAY);
    assert_non_null(kept);
    assert_true(0.9 * pow(10, kept->parts[0].gain_db / 20) > 1);
    float *out = render_from(kept, &a, &a, FV_RATE, FV_RATE, 1152);
    for (int i = 0; i < 2 * FV_RATE; i++)
        peak = fmaxf(peak, fabsf(out[i]));
    assert_true(fabs(20 * log10((double)peak) + 2.8) < 0.02);
    free(out);
    forget(&plan);
    song_free(&a);
}

static void test_the_same_question_has_the_same_answer(void **state)
{
    (void)state;
    static struct song a, b;
    static struct plan_kept once, again;
    song_make(&a, "a", 120, 122, 0.3, 32);
    song_make(&b, "b", 120, 124, 0.1, 32);
    plan_pair(&once, &a, &b, (struct fv_cursor){44100, 1}, INT64_MAX, 0);
    plan_pair(&again, &a, &b, (struct fv_cursor){44100, 1}, INT64_MAX, 0);
    assert_int_equal(once.count, again.count);
    for (int i = 0; i < once.count; i++) {
        assert_string_equal(once.at[i].segment.params, again.at[i].segment.params);
        assert_string_equal(once.at[i].segment.why, again.at[i].segment.why);
        assert_int_equal(once.at[i].segment.length, again.at[i].segment.length);
    }
    forget(&once);
    forget(&again);
    song_free(&a);
    song_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_two_tracks_make_a_plan_without_a_gap),
        cmocka_unit_test(test_beats_lie_on_beats_and_phrases_on_phrases),
        cmocka_unit_test(test_a_track_is_left_on_its_phrases_whatever_the_other_has),
        cmocka_unit_test(test_tempos_meet_that_are_heard_where_tracks_do),
        cmocka_unit_test(test_of_a_short_song_three_fifths_are_heard),
        cmocka_unit_test(test_nobody_waits_for_a_hidden_song),
        cmocka_unit_test(test_no_beats_are_laid_where_the_ears_do_not_hold_by_theirs),
        cmocka_unit_test(test_a_long_beginning_without_a_beat_is_heard),
        cmocka_unit_test(test_quiet_places_are_not_laid_over_each_other),
        cmocka_unit_test(test_it_glides_home_by_less_than_a_thousandth_a_beat),
        cmocka_unit_test(test_far_tempos_come_towards_each_other),
        cmocka_unit_test(test_a_short_song_ends_before_it_would_be_home),
        cmocka_unit_test(test_nearly_the_recorded_speed_is_no_glide),
        cmocka_unit_test(test_a_beatmatch_that_is_refused_says_what_it_would_have_cost),
        cmocka_unit_test(test_an_overlap_would_end_on_a_phrase_of_either),
        cmocka_unit_test(test_a_dip_that_anybody_hears_is_no_beatmatch),
        cmocka_unit_test(test_nothing_begins_that_the_end_of_the_show_cuts_off),
        cmocka_unit_test(test_the_last_fade_is_over_when_its_song_is),
        cmocka_unit_test(test_no_sound_passes_the_ceiling),
        cmocka_unit_test(test_the_same_question_has_the_same_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
