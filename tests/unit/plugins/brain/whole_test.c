/* whole_test.c - where two parts of a long track meet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "whole.c"

/* The second part hears the last beat of the first once more, 40 ms late. */
static void test_a_beat_at_the_joint_is_counted_once(void **state)
{
    static const double early[] = {9.0, 9.5, 9.98}, late[] = {0.02, 0.5, 1.0};
    static const struct fv_beat features[3];
    struct whole whole = {.duration = 0.0};
    struct fv_analysis part = {.struct_size = sizeof part,
                               .duration = 10.0,
                               .bpm = 120.0,
                               .tempo_confidence = 0.9f,
                               .beats = early,
                               .beat_count = 3,
                               .features = features,
                               .feature_count = 3,
                               .key = -1};
    (void)state;
    assert_int_equal(whole_add(&whole, &part), 0);
    part.beats = late;
    assert_int_equal(whole_add(&whole, &part), 0);
    struct fv_analysis found = whole_analysis(&whole);
    assert_int_equal(found.beat_count, 5);
    assert_int_equal(found.feature_count, 5);
    assert_true(found.beats[2] == 9.98 && found.beats[3] == 10.5);
    assert_true(found.duration == 20.0);
    assert_int_equal(found.key, -1);
    whole_release(&whole);
}

static void test_doubts_lie_where_their_part_does(void **state)
{
    static const struct fv_span doubt = {2.0, 5.0};
    struct whole whole = {.duration = 0.0};
    struct fv_analysis part = {.struct_size = sizeof part,
                               .duration = 10.0,
                               .unsure = &doubt,
                               .unsure_count = 1,
                               .key = -1};
    (void)state;
    assert_int_equal(whole_add(&whole, &part), 0);
    assert_int_equal(whole_add(&whole, &part), 0);
    struct fv_analysis found = whole_analysis(&whole);
    assert_int_equal(found.unsure_count, 2);
    assert_true(found.unsure[0].start == 2.0 && found.unsure[0].end == 5.0);
    assert_true(found.unsure[1].start == 12.0 && found.unsure[1].end == 15.0);
    whole_release(&whole);
}

/* What is said most surely and for longest is said of the track. */
static void test_the_surest_part_speaks_for_the_track(void **state)
{
    struct whole whole = {.duration = 0.0};
    struct fv_analysis part = {.struct_size = sizeof part,
                               .duration = 10.0,
                               .bpm = 90.0,
                               .tempo_confidence = 0.2f,
                               .key = 3,
                               .key_confidence = 0.9f};
    (void)state;
    assert_int_equal(whole_add(&whole, &part), 0);
    part.bpm = 128.0;
    part.tempo_confidence = 1.0f;
    part.key = 5;
    part.key_confidence = 0.3f;
    assert_int_equal(whole_add(&whole, &part), 0);
    struct fv_analysis found = whole_analysis(&whole);
    assert_true(found.bpm == 128.0);
    assert_true(found.tempo_confidence > 0.59f && found.tempo_confidence < 0.61f);
    assert_int_equal(found.key, 3);
    assert_true(found.key_confidence > 0.44f && found.key_confidence < 0.46f);
    whole_release(&whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_beat_at_the_joint_is_counted_once),
        cmocka_unit_test(test_doubts_lie_where_their_part_does),
        cmocka_unit_test(test_the_surest_part_speaks_for_the_track),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
