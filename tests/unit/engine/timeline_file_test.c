/* timeline_file_test.c - the timeline of a long show is whole, and takes no memory. */
#include "timeline_file.c"

#include "bytes.h"
#include "check.h"
#include "finding.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/timeline-XXXXXX";

/* `count` segments of a second, one after the other. */
static void make_plan(struct plan *plan, int count)
{
    struct fv_error error;
    struct fv_media media = {.length = 100000, .title = "t"};
    struct fv_analysis found = {.struct_size = sizeof found, .bpm = 120};
    struct track *known = track_new("/x", "/x", "00", &media, finding_copy(&found));
    struct track *track = track_play(known, "a", "");
    const struct fv_warp warp[] = {{0, 0}, {FV_RATE, FV_RATE}};
    struct fv_part part = {
        .struct_size = sizeof part, .id = "a", .warp = warp, .warp_count = 2};
    struct fv_segment segment = {.struct_size = sizeof segment,
                                 .length = FV_RATE,
                                 .parts = &part,
                                 .part_count = 1,
                                 .params = "{}",
                                 .why = "because"};
    for (int i = 0; i < count; i++)
        assert_int_equal(plan_append(plan, &segment, track, NULL, &error), 0);
    track_drop(track);
    track_drop(known);
}

static void open_here(struct timeline_file *timeline)
{
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    assert_int_equal(timeline_file_open(timeline, path), 0);
}

static json_t *close_and_read(struct timeline_file *timeline)
{
    assert_int_equal(timeline_file_close(timeline), 0);
    json_t *root = json_load_file(path, 0, NULL);
    assert_non_null(root);
    assert_int_equal(unlink(path), 0);
    strcpy(path + strlen(path) - 6, "XXXXXX");
    return root;
}

static double number(const json_t *segment, const char *name)
{
    return json_number_value(json_object_get(segment, name));
}

static void test_what_was_heard_is_told(void **state)
{
    (void)state;
    struct timeline_file timeline;
    struct plan plan = {0};
    make_plan(&plan, 3);
    open_here(&timeline);
    plan_cut(&plan, 2 * FV_RATE + FV_RATE / 2); /* as when a track fails there */
    for (size_t i = 0; i < plan.count; i++)
        timeline_file_add(&timeline, plan.segments[i], 2 * FV_RATE + FV_RATE / 4);
    json_t *root = close_and_read(&timeline);
    const json_t *segments = json_object_get(root, "segments");
    const json_t *first = json_array_get(segments, 0),
                 *last = json_array_get(segments, 2);
    assert_int_equal(json_integer_value(json_object_get(root, "sample_rate")), FV_RATE);
    assert_int_equal(json_array_size(segments), 3);
    assert_float_equal(number(first, "end"), 1, 1e-6);
    assert_string_equal(json_string_value(json_object_get(first, "why")), "because");
    assert_float_equal(number(last, "start"), 2, 1e-6);
    assert_float_equal(number(last, "end"), 2.25, 1e-6);
    json_decref(root);
    plan_release(&plan);
}

static void test_nothing_heard_is_whole_json(void **state)
{
    (void)state;
    struct timeline_file timeline;
    open_here(&timeline);
    json_t *root = close_and_read(&timeline);
    assert_int_equal(json_array_size(json_object_get(root, "segments")), 0);
    assert_int_equal(timeline_file_close(&timeline), 0);
    json_decref(root);
}

static void test_a_long_show_takes_no_memory(void **state)
{
    (void)state;
    struct timeline_file timeline;
    struct plan plan = {0};
    make_plan(&plan, 2);
    open_here(&timeline);
    timeline_file_add(&timeline, plan.segments[0], INT64_MAX);
    size_t before = mallinfo2().uordblks;
    for (int i = 0; i < 1000; i++)
        timeline_file_add(&timeline, plan.segments[1], INT64_MAX);
    assert_in_range(mallinfo2().uordblks, 0, before + 4096);
    json_decref(close_and_read(&timeline));
    plan_release(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_was_heard_is_told),
        cmocka_unit_test(test_nothing_heard_is_whole_json),
        cmocka_unit_test(test_a_long_show_takes_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
