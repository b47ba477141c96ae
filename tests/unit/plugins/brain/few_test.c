/* few_test.c - pools that can't give what the rules of time ask for. */
#include "station.h"

/* The judge's "too soon" is three quarters of a pool of 12. */
static void test_a_short_pool_is_heard_nearly_whole_before_any_track_comes_again(
    void **state)
{
    (void)state;
    for (uint64_t seed = 20; seed < 26; seed++) {
        struct station *s = calloc(1, sizeof *s);
        double pool_s = 0;
        open_station(s, 12, 8, seed);
        for (int i = 0; i < 12; i++)
            pool_s += airtime(&s->catalogue.tracks[i]);
        for (int i = 0; i < 120; i++)
            play(s);
        struct verdict v = judge(s, 0.75 * pool_s, 0);
        assert_int_equal(v.track_too_soon, 0);
        assert_true(v.least >= 9 && v.most <= 11);
        close_station(s);
    }
}

static void test_one_artist_only_is_played_all_the_same(void **state)
{
    struct station *s = calloc(1, sizeof *s);
    (void)state;
    open_station(s, 20, 1, 9);
    for (int i = 0; i < 60; i++)
        play(s);
    struct verdict v = judge(s, 1800, 0);
    assert_int_equal(v.least, 3);
    assert_int_equal(v.most, 3);
    for (int i = 1; i < s->count; i++)
        assert_int_not_equal(s->heard[i], s->heard[i - 1]);
    close_station(s);
}

static void test_an_artist_with_a_third_of_the_pool_is_spread_out(void **state)
{
    struct station *s = calloc(1, sizeof *s);
    int running = 0;
    (void)state;
    open_station(s, 90, 60, 10);
    for (int i = 0; i < 30; i++)
        s->catalogue.tracks[i].artist = 1000;
    methods->destroy(s->brain);
    assert_int_equal(methods->create(&s->rig.host, &s->brain), 0);
    look(s);
    for (int i = 0; i < 90; i++)
        play(s);
    for (int i = 1; i < s->count; i++)
        running += s->heard[i] < 30 && s->heard[i - 1] < 30;
    assert_int_equal(running, 0);
    close_station(s);
}

static void test_one_track_alone_is_repeated(void **state)
{
    struct station *s = calloc(1, sizeof *s);
    (void)state;
    open_station(s, 1, 1, 11);
    for (int i = 0; i < 5; i++)
        play(s);
    close_station(s);
}

/* What can't be played, and is not heard again after so many others, is no part of the
 * pool that the rules of time are for. */
static void test_tracks_that_fail_take_no_places(void **state)
{
    (void)state;
    for (uint64_t seed = 50; seed < 52; seed++) {
        struct station *s = calloc(1, sizeof *s);
        open_station(s, 36, 36, seed);
        for (int n = 8; n < 36; n++) {
            char uri[40];
            snprintf(uri, sizeof uri, "/music/%d.mp3", n);
            methods->report(s->brain, uri, FV_FAILED, "it is too short");
        }
        static char order[1 << 20];
        struct fv_error error;
        assert_int_equal(
            methods->wish(s->brain, "order", "", order, sizeof order, &error), 0);
        json_t *told = json_loads(order, 0, NULL);
        assert_int_equal(json_array_size(json_object_get(told, "order")), 8);
        assert_int_equal(json_array_size(json_object_get(told, "left_out")), 28);
        json_decref(told);
        for (int i = 0; i < 40; i++)
            play(s);
        for (int i = 0; i < s->count; i++) {
            assert_in_range(s->heard[i], 0, 7);
            for (int j = i - 4 > 0 ? i - 4 : 0; j < i; j++)
                assert_int_not_equal(s->heard[i], s->heard[j]);
        }
        close_station(s);
    }
}

/* The draw goes on until it has as many as it wants of those that can be played. */
static void test_files_without_sound_hide_no_songs(void **state)
{
    struct station *s = calloc(1, sizeof *s);
    bool was_heard[200] = {false};
    int songs = 0;
    (void)state;
    open_station(s, 200, 200, 60);
    methods->destroy(s->brain);
    rig_set(&s->rig, "brain.pool", json_integer(6));
    assert_int_equal(methods->create(&s->rig.host, &s->brain), 0);
    for (int i = 0; i < 60; i++) {
        look(s);
        for (int n = 8; n < 200; n++) {
            char uri[40];
            snprintf(uri, sizeof uri, "/music/%d.mp3", n);
            methods->report(s->brain, uri, FV_FAILED, "it has no sound");
        }
    }
    for (int i = 0; i < 24; i++)
        play(s);
    for (int i = 0; i < s->count; i++) {
        assert_in_range(s->heard[i], 0, 7);
        songs += !was_heard[s->heard[i]];
        was_heard[s->heard[i]] = true;
    }
    assert_int_equal(songs, 6);
    close_station(s);
}

struct ahead {
    int tracks[64], count;
};

static int look_ahead(void *ctx, const struct fv_candidate *candidate)
{
    struct ahead *ahead = ctx;
    ahead->tracks[ahead->count++] = number_of(candidate->uri);
    return ahead->count < 64 ? 0 : -ECANCELED;
}

/* It begins in a hurry with five of twelve; what is foretold once all are heard keeps to
 * the rules, beyond the end of the first tour too. */
static void test_what_is_foretold_keeps_its_distance(void **state)
{
    (void)state;
    for (uint64_t seed = 30; seed < 40; seed++) {
        struct station *s = calloc(1, sizeof *s);
        struct fv_choice choice = {.struct_size = sizeof choice};
        struct ahead ahead = {.count = 0};
        open_station(s, 12, 12, seed);
        methods->destroy(s->brain);
        s->catalogue.count = 5;
        assert_int_equal(methods->create(&s->rig.host, &s->brain), 0);
        look(s);
        for (int i = 0; i < 4; i++) {
            assert_int_equal(methods->next(s->brain, FV_HURRY, &choice), 0);
            methods->report(s->brain, choice.uri, FV_SETTLED, NULL);
        }
        s->catalogue.count = 12;
        for (int n = 5; n < 12; n++) {
            char uri[40];
            snprintf(uri, sizeof uri, "/music/%d.mp3", n);
            methods->report(s->brain, uri, FV_ANALYSED, NULL);
        }
        const struct fv_candidate_sink sink = {
            .struct_size = sizeof sink, .ctx = &ahead, .candidate = look_ahead};
        methods->upcoming(s->brain, 16, &sink);
        assert_true(ahead.count >= 12);
        for (int i = 0; i < ahead.count; i++)
            for (int j = i + 1; j < ahead.count && j < i + 7; j++)
                assert_int_not_equal(ahead.tracks[i], ahead.tracks[j]);
        close_station(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files_without_sound_hide_no_songs),
        cmocka_unit_test(test_what_is_foretold_keeps_its_distance),
        cmocka_unit_test(
            test_a_short_pool_is_heard_nearly_whole_before_any_track_comes_again),
        cmocka_unit_test(test_one_artist_only_is_played_all_the_same),
        cmocka_unit_test(test_an_artist_with_a_third_of_the_pool_is_spread_out),
        cmocka_unit_test(test_one_track_alone_is_repeated),
        cmocka_unit_test(test_tracks_that_fail_take_no_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
