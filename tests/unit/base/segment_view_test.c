/* segment_view_test.c - times as listeners hear them: from the segment's start, with the
 * silences before it, never beyond where it was cut. */
#include "segment_view.c"

#include "check.h"

static json_t *segment(void)
{
    json_t *json =
        json_loads("{\"kind\": \"beatmatch\", \"why\": \"because\","
                   " \"params\": {\"style\": \"capsule\"}, \"tracks\":"
                   " [{\"title\": \"a\", \"warp\": [[0, 44100], [44100, 88200],"
                   " [88200, 220500]]}]}",
                   0, NULL);
    assert_non_null(json);
    return json;
}

static double warp(const json_t *shown, size_t point, size_t which)
{
    const json_t *track = json_array_get(json_object_get(shown, "tracks"), 0);
    const json_t *line = json_object_get(track, "warp");
    assert_true(point < json_array_size(line));
    return number_at(json_array_get(line, point), which);
}

static size_t warp_count(const json_t *shown)
{
    const json_t *track = json_array_get(json_object_get(shown, "tracks"), 0);
    return json_array_size(json_object_get(track, "warp"));
}

TEST(test_times_are_seconds_of_the_stream)
{
    json_t *plan = segment();
    struct segment_view view = {.start = 441000, .end = 441000 + 88200};
    json_t *shown = segment_view_json(plan, &view);
    assert_string_equal(json_string_value(json_object_get(shown, "kind")), "beatmatch");
    assert_string_equal(json_string_value(json_object_get(shown, "why")), "because");
    assert_string_equal(json_string_value(json_object_get(shown, "style")), "capsule");
    assert_true(json_number_value(json_object_get(shown, "start")) == 10);
    assert_true(json_number_value(json_object_get(shown, "end")) == 12);
    assert_int_equal(json_integer_value(json_object_get(shown, "first_frame")), 382);
    assert_int_equal(warp_count(shown), 3);
    assert_true(warp(shown, 0, 0) == 10 && warp(shown, 0, 1) == 1);
    assert_true(warp(shown, 2, 0) == 12 && warp(shown, 2, 1) == 5);
    json_decref(shown);
    json_decref(plan);
}

TEST(test_warp_ends_where_the_segment_was_cut)
{
    json_t *plan = segment();
    struct segment_view view = {.start = 0, .end = 66150};
    json_t *shown = segment_view_json(plan, &view);
    assert_int_equal(warp_count(shown), 3);
    assert_true(warp(shown, 2, 0) == 1.5 && warp(shown, 2, 1) == 3.5);
    json_decref(shown);
    view.end = 44100; /* exactly at a point */
    shown = segment_view_json(plan, &view);
    assert_int_equal(warp_count(shown), 2);
    assert_true(warp(shown, 1, 0) == 1 && warp(shown, 1, 1) == 2);
    json_decref(shown);
    view.end = 22050; /* within the first stretch */
    shown = segment_view_json(plan, &view);
    assert_int_equal(warp_count(shown), 2);
    assert_true(warp(shown, 1, 0) == 0.5 && warp(shown, 1, 1) == 1.5);
    json_decref(shown);
    json_decref(plan);
}

TEST(test_a_rate_shows_in_a_single_sample)
{
    json_t *plan = segment();
    struct segment_view view = {.start = 40183193, .end = 40183194};
    json_t *shown = segment_view_json(plan, &view);
    double rate = (warp(shown, 1, 1) - warp(shown, 0, 1)) /
                  (warp(shown, 1, 0) - warp(shown, 0, 0));
    assert_float_equal(rate, 1, 1e-3);
    json_decref(shown);
    json_decref(plan);
}

static uint64_t ten_before_frame_100(void *ctx, uint64_t made)
{
    return made >= *(uint64_t *)ctx ? 10 : 0;
}

TEST(test_silences_move_what_comes_after_them)
{
    json_t *plan = segment();
    uint64_t from = 100;
    struct segment_view view = {.start = 100 * SEGMENT_FRAME,
                                .end = 100 * SEGMENT_FRAME + 88200,
                                .silent_before = ten_before_frame_100,
                                .ctx = &from};
    json_t *shown = segment_view_json(plan, &view);
    assert_int_equal(json_integer_value(json_object_get(shown, "first_frame")), 110);
    assert_float_equal(json_number_value(json_object_get(shown, "start")),
                       110.0 * SEGMENT_FRAME / SEGMENT_RATE, 1e-6);
    assert_float_equal(warp(shown, 0, 0), 110.0 * SEGMENT_FRAME / SEGMENT_RATE, 1e-6);
    json_decref(shown);
    from = 101; /* in the middle: the start stays, the end moves */
    shown = segment_view_json(plan, &view);
    assert_int_equal(json_integer_value(json_object_get(shown, "first_frame")), 100);
    assert_float_equal(json_number_value(json_object_get(shown, "end")),
                       110.0 * SEGMENT_FRAME / SEGMENT_RATE + 2, 1e-6);
    json_decref(shown);
    json_decref(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_times_are_seconds_of_the_stream),
        cmocka_unit_test(test_warp_ends_where_the_segment_was_cut),
        cmocka_unit_test(test_a_rate_shows_in_a_single_sample),
        cmocka_unit_test(test_silences_move_what_comes_after_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
