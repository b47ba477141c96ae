/* cut_test.c - where no beat is laid on another: fades that are honest, cuts, skips. */
#include "songs.h"

/* Of one of two songs that go well together the ears are not sure. */
static void expect_fade(float *confidence, float unsure, struct song *a, struct song *b,
                        const char *why)
{
    static struct plan_kept plan;
    float sure = *confidence;
    *confidence = unsure;
    plan_pair(&plan, a, b, (struct fv_cursor){40000, 1}, INT64_MAX, 0);
    assert_null(find_kind(&plan, FV_BEATMATCH));
    assert_null(find_kind(&plan, FV_CUT));
    assert_non_null(find_kind(&plan, FV_CROSSFADE));
    assert_non_null(strstr(find_kind(&plan, FV_CROSSFADE)->segment.why, why));
    forget(&plan);
    *confidence = sure;
}

static void test_ears_that_are_not_sure_get_an_honest_fade(void **state)
{
    (void)state;
    static struct song a, b;
    static struct plan_kept plan;
    song_make(&a, "a", 120, 124, 0.3, 32);
    song_make(&b, "b", 120, 124, 0.1, 32);
    plan_pair(&plan, &a, &b, (struct fv_cursor){40000, 1}, INT64_MAX, 0);
    assert_non_null(find_kind(&plan, FV_BEATMATCH));
    forget(&plan);
    expect_fade(&a.found.tempo_confidence, 0.7f, &a, &b, "the beat is not sure");
    expect_fade(&a.found.beat_confidence, 0.4f, &a, &b, "the beat is not sure");
    expect_fade(&a.found.bar_confidence, 0.85f, &a, &b, "the downbeat is not sure");
    expect_fade(&b.found.bar_confidence, 0.85f, &a, &b, "the downbeat is not sure");
    song_free(&a);
    song_free(&b);
}

static void hum(struct song *song, double hz)
{
    memset(song->sound.samples, 0,
           2 * (size_t)song->sound.pcm.length * sizeof *song->sound.samples);
    sound_add_sine(&song->sound, hz, 0.2);
}

/* Of a sine in so many frames, its amplitude. */
static double heard_of(const float *at, int frames, double hz)
{
    double re = 0, im = 0;
    for (int i = 0; i < frames; i++) {
        double window = 1 - cos(TURN * i / frames);
        re += window * (double)at[2 * i] * cos(TURN * hz * i / FV_RATE);
        im += window * (double)at[2 * i] * sin(TURN * hz * i / FV_RATE);
    }
    return 2 * hypot(re, im) / frames;
}

static void test_a_crossfade_has_one_bass_at_a_time(void **state)
{
    (void)state;
    enum { FRAMES = FV_RATE / 4 };
    static struct song a, b;
    static struct plan_kept plan;
    song_make(&a, "a", 60, 100, 0, 32);
    song_make(&b, "b", 60, 131, 0, 32);
    a.found.beat_confidence = 0.3f;
    hum(&a, 60);
    hum(&b, 100);
    plan_pair(&plan, &a, &b, (struct fv_cursor){0, 1}, INT64_MAX, 0);
    const struct kept *fade = find_kind(&plan, FV_CROSSFADE);
    assert_non_null(fade);
    int count = (int)fade->segment.length, both = 0, none = 0, windows = 0;
    float *out = render_from(fade, &a, &b, 0, count, 1152);
    double whole = 0.2 * pow(10, fade->parts[0].gain_db / 20);
    for (int i = 0; i + FRAMES <= count; i += FRAMES / 2, windows++) {
        bool is_first = heard_of(out + 2 * i, FRAMES, 60) > 0.4 * whole;
        bool is_second = heard_of(out + 2 * i, FRAMES, 100) > 0.4 * whole;
        both += is_first && is_second;
        none += !is_first && !is_second;
    }
    assert_true(windows > 10 && both <= 3 && none == 0);
    free(out);
    forget(&plan);
    song_free(&a);
    song_free(&b);
}

static void test_tempos_that_do_not_meet_are_cut_on_the_downbeat(void **state)
{
    (void)state;
    static struct song a, b;
    static struct plan_kept plan;
    song_make(&a, "a", 120, 124, 0.3, 32);
    song_make(&b, "b", 120, 150, 0.1, 32);
    plan_pair(&plan, &a, &b, (struct fv_cursor){40000, 1}, INT64_MAX, 0);
    assert_null(find_kind(&plan, FV_BEATMATCH));
    const struct kept *kept = find_kind(&plan, FV_CUT);
    assert_non_null(kept);
    double bar = (end_of(kept, 0) / FV_RATE - 0.3) / (4 * 60 / 124.0);
    assert_true(fabs(bar - round(bar)) < 1e-3);
    forget(&plan);
    song_free(&a);
    song_free(&b);
}

/* One song is left for the other by a fade, and not by a cut; both are freed. */
static void assert_faded(struct song *a, struct song *b)
{
    static struct plan_kept plan;
    plan_pair(&plan, a, b, (struct fv_cursor){40000, 1}, INT64_MAX, 0);
    assert_null(find_kind(&plan, FV_CUT));
    assert_non_null(find_kind(&plan, FV_CROSSFADE));
    forget(&plan);
    song_free(a);
    song_free(b);
}

static void test_no_bar_is_cut_to_where_the_ears_do_not_hold_by_it(void **state)
{
    (void)state;
    static struct song a, b;
    static const struct fv_span all = {0, 120};
    song_make(&a, "a", 120, 124, 0.3, 32);
    song_make(&b, "b", 120, 150, 0.1, 32);
    b.found.unsure = &all;
    b.found.unsure_count = 1;
    assert_faded(&a, &b);
}

static void test_what_goes_on_softly_is_not_cut_to(void **state)
{
    (void)state;
    static struct song a, b;
    song_make(&a, "a", 120, 124, 0.3, 32);
    song_make(&b, "b", 120, 150, 0.1, 32);
    for (uint32_t n = 0; n < b.found.feature_count; n++)
        if (n % 4 >= 2) /* half of each bar is next to nothing */
            b.features[n] = (struct fv_beat){.low = 0.02f, .mid = 0.01f, .high = 5e-3f};
    assert_faded(&a, &b);
}

static void test_a_cut_does_not_follow_a_rest(void **state)
{
    (void)state;
    static struct song a, b;
    static struct plan_kept plan;
    song_make(&a, "a", 120, 124, 0.3, 32);
    song_make(&b, "b", 120, 150, 0.1, 32);
    uint32_t rest = 7 * 32 - 15, end = 7 * 32 - 8; /* before the last phrase */
    for (uint32_t n = rest; n < end; n++)
        a.features[n] = (struct fv_beat){.low = 0.02f, .mid = 0.01f, .high = 5e-3f};
    plan_pair(&plan, &a, &b, (struct fv_cursor){40000, 1}, INT64_MAX, 0);
    const struct kept *kept = find_kind(&plan, FV_CUT);
    assert_non_null(kept);
    assert_true(end_of(kept, 0) / FV_RATE < a.found.beats[rest] + 60.0 / 124);
    forget(&plan);
    song_free(&a);
    song_free(&b);
}

static void test_a_cut_does_not_lie_between_rests(void **state)
{
    (void)state;
    static struct song a, b;
    static struct plan_kept plan;
    song_make(&a, "a", 120, 124, 0.3, 32);
    song_make(&b, "b", 120, 150, 0.1, 32);
    uint32_t rest = 7 * 32 - 12; /* and another: three seconds are as soft as the next */
    for (uint32_t n = rest; n < 7 * 32 - 2; n++)
        if (n < rest + 4 || n >= rest + 6)
            a.features[n] = (struct fv_beat){.low = 0.02f, .mid = 0.01f, .high = 5e-3f};
    for (uint32_t n = 0; n < 8; n++) { /* two bars are as soft as two bars there */
        b.features[n].low *= 0.7f;
        b.features[n].mid *= 0.7f;
        b.features[n].high *= 0.7f;
    }
    plan_pair(&plan, &a, &b, (struct fv_cursor){40000, 1}, INT64_MAX, 0);
    const struct kept *kept = find_kind(&plan, FV_CUT);
    assert_true(!kept || end_of(kept, 0) / FV_RATE < a.found.beats[rest] + 60.0 / 124);
    forget(&plan);
    song_free(&a);
    song_free(&b);
}

static void test_what_was_before_a_track_is_no_rest(void **state)
{
    (void)state;
    static struct song a, b;
    static struct plan_kept plan;
    song_make(&a, "a", 120, 124, 0.3, 32);
    song_make(&b, "b", 120, 150, 0.1, 32);
    plan_pair(&plan, &a, &b, (struct fv_cursor){FV_RATE, 1}, INT64_MAX, FV_SOON);
    const struct kept *kept = find_kind(&plan, FV_CUT);
    assert_non_null(kept);
    assert_true(end_of(kept, 0) < 3 * FV_RATE);
    forget(&plan);
    song_free(&a);
    song_free(&b);
}

static void test_a_skip_leaves_within_ten_seconds(void **state)
{
    (void)state;
    static struct song a, b;
    static struct plan_kept plan;
    const double others[] = {124, 150};
    for (int i = 0; i < 2; i++) {
        song_make(&a, "a", 120, 122, 0.3, 32);
        song_make(&b, "b", 120, others[i], 0.1, 32);
        plan_pair(&plan, &a, &b, (struct fv_cursor){20 * FV_RATE, 1}, INT64_MAX, FV_SOON);
        int64_t alone =
            plan.at[0].segment.part_count == 1 ? plan.at[0].segment.length : 0;
        assert_true(alone < 10 * FV_RATE);
        forget(&plan);
        song_free(&a);
        song_free(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ears_that_are_not_sure_get_an_honest_fade),
        cmocka_unit_test(test_a_crossfade_has_one_bass_at_a_time),
        cmocka_unit_test(test_tempos_that_do_not_meet_are_cut_on_the_downbeat),
        cmocka_unit_test(test_no_bar_is_cut_to_where_the_ears_do_not_hold_by_it),
        cmocka_unit_test(test_what_goes_on_softly_is_not_cut_to),
        cmocka_unit_test(test_a_cut_does_not_follow_a_rest),
        cmocka_unit_test(test_a_cut_does_not_lie_between_rests),
        cmocka_unit_test(test_what_was_before_a_track_is_no_rest),
        cmocka_unit_test(test_a_skip_leaves_within_ten_seconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
