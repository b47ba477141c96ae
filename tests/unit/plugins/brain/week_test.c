/* week_test.c - a week on air with a pool of 500: refreshes, requests, failures, skips
 * and restarts. */
#include "station.h"

static void test_a_week_with_all_that_happens(void **state)
{
    struct station *s = calloc(1, sizeof *s);
    uint64_t dice = 99;
    (void)state;
    open_station(s, 500, 180, 7);
    while (s->now_s < WEEK_S) {
        if (s->count % 40 == 13)
            look(s);
        if (s->count % 37 == 5)
            ask_for(s, "add", "/music/%d.mp3", (int)roll(&dice, 500));
        if (s->count % 300 == 50)
            ask_for(s, "add", "/music/%d.mp3 next", (int)roll(&dice, 500));
        if (s->count % 500 == 70)
            swap(s, NULL);
        if (s->count % 90 == 20) { /* one can't be read this time */
            struct fv_choice choice = {.struct_size = sizeof choice};
            assert_int_equal(methods->next(s->brain, 0, &choice), 0);
            methods->report(s->brain, choice.uri, FV_FAILED, "broken");
        }
        play(s);
    }
    struct verdict v = judge(s, 10800, 3600);
    print_message("           %d tracks: too soon: tracks %d, artists %d; beatmatchable "
                  "%.1f %%, keys agree %.1f %%; each heard %d to %d times\n",
                  s->count, v.track_too_soon, v.artist_too_soon,
                  100.0 * v.matched / v.pairs, 100.0 * v.in_key / v.pairs, v.least,
                  v.most);
    assert_int_equal(v.track_too_soon, 0);
    assert_int_equal(v.artist_too_soon, 0);
    assert_true(v.matched >= 0.95 * v.pairs);
    assert_true(v.in_key >= 0.8 * v.pairs);
    assert_true(v.least >= 4); /* a week is five times the pool */
    assert_true(v.most <= v.least + 6);
    close_station(s);
}

/* What can't be read comes back later, but not between tracks that it has nothing to do
 * with. */
static void test_what_failed_comes_back_where_it_fits(void **state)
{
    struct station *s = calloc(1, sizeof *s);
    (void)state;
    open_station(s, 500, 180, 9);
    for (int i = 0; i < 1000; i++) {
        struct fv_choice choice = {.struct_size = sizeof choice};
        if (i % 40 == 13)
            look(s);
        if (i % 20 == 7) {
            assert_int_equal(methods->next(s->brain, 0, &choice), 0);
            methods->report(s->brain, choice.uri, FV_FAILED, "broken");
        }
        play(s);
    }
    struct verdict v = judge(s, 10800, 3600);
    print_message("           beatmatchable %.1f %%\n", 100.0 * v.matched / v.pairs);
    assert_int_equal(v.track_too_soon + v.artist_too_soon, 0);
    assert_true(v.matched >= 0.99 * v.pairs);
    close_station(s);
}

static void test_the_pool_changes_under_way(void **state)
{
    struct station *s = calloc(1, sizeof *s);
    (void)state;
    open_station(s, 560, 200, 8);
    write_crate(s, 0, 500);
    look(s);
    for (int i = 0; i < 300; i++)
        play(s);
    write_crate(s, 60, 560); /* 60 go, 60 come */
    look(s);
    int begun = s->count;
    for (int i = 0; i < 520; i++)
        play(s);
    int fresh = 0;
    for (int i = begun; i < s->count; i++) {
        assert_true(s->heard[i] >= 60);
        fresh += s->heard[i] >= 500 && i < begun + 300;
    }
    assert_true(fresh >= 30); /* new ones are not put off to the next tour */
    struct verdict v = judge(s, 10800, 3600);
    assert_int_equal(v.track_too_soon + v.artist_too_soon, 0);
    close_station(s);
}

static void test_the_same_seed_makes_the_same_week(void **state)
{
    struct station *a = calloc(1, sizeof *a), *b = calloc(1, sizeof *b);
    (void)state;
    open_station(a, 100, 50, 14);
    open_station(b, 100, 50, 14);
    for (int i = 0; i < 300; i++) {
        play(a);
        play(b);
        assert_int_equal(a->heard[i], b->heard[i]);
    }
    close_station(a);
    close_station(b);
}

static void test_the_arc_is_followed(void **state)
{
    struct station *s = calloc(1, sizeof *s);
    double calm = 0, lively = 0;
    int calm_count = 0, lively_count = 0;
    (void)state;
    open_station(s, 200, 100, 15);
    rig_set(&s->rig, "brain.arc", json_pack("[f, f, f, f]", 0.1, 0.1, 0.9, 0.9));
    look(s);
    for (int i = 0; i < 180; i++)
        play(s);
    for (int i = 0; i < s->count; i++) {
        double hour = fmod(s->began_s[i] / 3600, 4);
        double energy = (double)s->catalogue.tracks[s->heard[i]].energy;
        if (hour < 1) {
            calm += energy;
            calm_count++;
        } else if (hour >= 2 && hour < 3) {
            lively += energy;
            lively_count++;
        }
    }
    assert_true(lively / lively_count > calm / calm_count + 0.3);
    close_station(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_week_with_all_that_happens),
        cmocka_unit_test(test_what_failed_comes_back_where_it_fits),
        cmocka_unit_test(test_the_pool_changes_under_way),
        cmocka_unit_test(test_the_same_seed_makes_the_same_week),
        cmocka_unit_test(test_the_arc_is_followed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
