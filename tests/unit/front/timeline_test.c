/* timeline_test.c - what is on air at a frame, whatever the plan went through. */
#include "timeline.c"

#include "check.h"

#define F(frames) ((int64_t)(frames)*MP3_SAMPLES)

static void add(struct timeline *timeline, int64_t at, int64_t length, const char *a,
                const char *b)
{
    json_t *tracks = json_array();
    const char *titles[] = {a, b};
    for (int i = 0; i < 2 && titles[i]; i++)
        json_array_append_new(tracks, json_pack("{s:s, s:s, s:[]}", "title", titles[i],
                                                "artist", i ? "" : "X", "warp"));
    assert_int_equal(
        timeline_add(timeline, json_pack("{s:s, s:I, s:I, s:o}", "kind", "play", "at",
                                         (json_int_t)at, "length", (json_int_t)length,
                                         "tracks", tracks)),
        0);
}

static void assert_title(const struct timeline *timeline, uint64_t made,
                         const char *expected)
{
    const char *title = timeline_title(timeline, made);
    if (!expected)
        assert_null(title);
    else
        assert_string_equal(title, expected);
}

TEST(test_title_changes_in_the_middle_of_a_transition)
{
    struct timeline timeline = {0};
    add(&timeline, 0, F(100), "a", NULL);
    add(&timeline, F(100), F(20), "a", "b");
    add(&timeline, F(120), F(100), "b", NULL);
    assert_title(&timeline, 0, "X - a");
    assert_title(&timeline, 109, "X - a");
    assert_title(&timeline, 110, "b"); /* no artist: no dash */
    assert_title(&timeline, 119, "b");
    assert_title(&timeline, 219, "X - b");
    assert_title(&timeline, 220, NULL);
    assert_int_equal(timeline_at(&timeline, 119)->start, F(100));
    assert_int_equal(timeline_at(&timeline, 120)->start, F(120));
    timeline_release(&timeline);
}

TEST(test_segment_that_begins_within_a_frame_is_found_in_the_next)
{
    struct timeline timeline = {0};
    add(&timeline, 0, F(10) + 7, "a", NULL);
    add(&timeline, F(10) + 7, F(10), "b", NULL);
    assert_title(&timeline, 10, "X - a"); /* the first sample of the frame decides */
    assert_title(&timeline, 11, "X - b");
    timeline_release(&timeline);
}

TEST(test_start_within_the_first_frame_counts_as_its_title)
{
    struct timeline timeline = {0};
    add(&timeline, F(5) + 100, F(10), "a", NULL);
    assert_title(&timeline, 4, NULL);
    assert_title(&timeline, 5, "X - a");
    timeline_release(&timeline);
}

TEST(test_revoked_segments_are_gone_and_a_running_one_ends_there)
{
    struct timeline timeline = {0};
    for (int i = 0; i < 5; i++)
        add(&timeline, F(100 * i), F(100), "a", NULL);
    timeline_revoke(&timeline, F(250));
    assert_int_equal(timeline.count, 3);
    assert_int_equal(timeline_at(&timeline, 249)->end, F(250));
    assert_null(timeline_at(&timeline, 250));
    add(&timeline, F(250), F(50), "b", NULL);
    assert_title(&timeline, 250, "X - b");
    timeline_revoke(&timeline, F(1000)); /* behind the end: nothing changes */
    assert_int_equal(timeline_at(&timeline, 299)->end, F(300));
    timeline_revoke(&timeline, 0);
    assert_int_equal(timeline.count, 0);
    timeline_release(&timeline);
}

TEST(test_segment_added_again_takes_the_place_of_the_old)
{
    struct timeline timeline = {0};
    add(&timeline, 0, F(100), "a", NULL);
    add(&timeline, F(100), F(100), "a", NULL);
    add(&timeline, F(100), F(60), "c", NULL);
    assert_int_equal(timeline.count, 2);
    assert_title(&timeline, 150, "X - c");
    assert_title(&timeline, 170, NULL);
    timeline_release(&timeline);
}

TEST(test_what_is_long_past_is_forgotten)
{
    struct timeline timeline = {0};
    for (int i = 0; i < 100; i++)
        add(&timeline, F(10 * i), F(10), "a", NULL);
    timeline_trim(&timeline, F(505));
    assert_int_equal(timeline.count, 50);
    assert_null(timeline_at(&timeline, 499));
    assert_int_equal(timeline_at(&timeline, 505)->start, F(500));
    timeline_release(&timeline);
}

TEST(test_nonsense_is_refused)
{
    static const char *const bad[] = {"{}",
                                      "[]",
                                      "{\"at\": 0, \"length\": 5}",
                                      "{\"at\": 0, \"length\": 0, \"tracks\": [{}]}",
                                      "{\"at\": \"0\", \"length\": 5, \"tracks\": [{}]}",
                                      "{\"at\": 0, \"length\": -5, \"tracks\": [{}]}",
                                      "{\"at\": 0, \"length\": 5, \"tracks\": []}"};
    struct timeline timeline = {0};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(timeline_add(&timeline, json_loads(bad[i], 0, NULL)), -EPROTO);
    assert_int_equal(timeline_add(&timeline, NULL), -EPROTO);
    assert_int_equal(timeline.count, 0);
    timeline_release(&timeline);
}

TEST(test_shown_times_hold_the_silences)
{
    struct timeline timeline = {0};
    static struct stream stream;
    stream.silences[0] = (struct silence){.made = 50, .count = 10};
    stream.silence_count = 1;
    add(&timeline, 0, F(50), "a", NULL);
    add(&timeline, F(50), F(50), "b", NULL);
    json_t *shown = timeline_json(&timeline, &stream, 12.5);
    const json_t *second = json_array_get(json_object_get(shown, "segments"), 1);
    assert_int_equal(json_integer_value(json_object_get(second, "first_frame")), 60);
    assert_float_equal(json_number_value(json_object_get(second, "end")),
                       110.0 * MP3_SAMPLES / MP3_RATE, 1e-6);
    assert_true(json_number_value(json_object_get(shown, "started")) == 12.5);
    json_decref(shown);
    timeline_release(&timeline);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_title_changes_in_the_middle_of_a_transition),
        cmocka_unit_test(test_segment_that_begins_within_a_frame_is_found_in_the_next),
        cmocka_unit_test(test_start_within_the_first_frame_counts_as_its_title),
        cmocka_unit_test(test_revoked_segments_are_gone_and_a_running_one_ends_there),
        cmocka_unit_test(test_segment_added_again_takes_the_place_of_the_old),
        cmocka_unit_test(test_what_is_long_past_is_forgotten),
        cmocka_unit_test(test_nonsense_is_refused),
        cmocka_unit_test(test_shown_times_hold_the_silences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
