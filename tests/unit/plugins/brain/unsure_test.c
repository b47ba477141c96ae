/* unsure_test.c - beats that go on where another tempo is heard, or nothing. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../../../plugins/brain/ears/grid/unsure.c"

#define SECONDS 120
#define PERIOD 0.6
#define ROOM 16384

static float all[ROOM];

static void play(double from, double to, double period)
{
    for (double time = from; time < to; time += period / 2)
        all[(size_t)(time * FLUX_FPS)] += 1.0f;
}

static void hush(void)
{
    memset(all, 0, sizeof all);
}

/* What is said of beats that go on at PERIOD whatever is played. */
static struct strip_span find_until(double end, bool bends)
{
    const struct flux flux = {.all = all, .frames = (size_t)(SECONDS * FLUX_FPS)};
    struct tempo tempo;
    struct beats beats = {.bends = bends};
    struct strip_span out = {0};
    assert_true(flux.frames <= ROOM);
    for (double time = 0.0; time < SECONDS; time += PERIOD)
        assert_int_equal(STRIP_PUSH(&beats.time, time), 0);
    assert_int_equal(tempo_init(&tempo, &flux), 0);
    assert_int_equal(unsure_find(&out, &beats, &tempo, end), 0);
    tempo_release(&tempo);
    beats_release(&beats);
    return out;
}

static struct strip_span find(bool bends)
{
    return find_until(SECONDS - 1.0, bends);
}

static void test_a_beginning_at_another_tempo_is_unsure_up_to_the_beats(void **state)
{
    static const double other[] = {PERIOD * 1.2, PERIOD * 4.0 / 3.0, PERIOD * 1.2};
    static const double goes_on[] = {30.0, 30.0, 12.0};
    (void)state;
    for (int k = 0; k < 3; k++) {
        hush();
        play(0.0, goes_on[k], other[k]);
        play(30.0, SECONDS, PERIOD);
        struct strip_span out = find(false);
        assert_int_equal(out.count, 1);
        assert_true(out.at[0].start == 0.0);
        assert_true(out.at[0].end >= 30.0 && out.at[0].end < 42.0);
        free(out.at);
    }
}

static void test_so_is_an_end_and_the_soft_stretch_before_it(void **state)
{
    (void)state;
    hush();
    play(0.0, 70.0, PERIOD);
    play(90.0, SECONDS, PERIOD * 1.2);
    struct strip_span out = find(false);
    assert_int_equal(out.count, 1);
    assert_true(out.at[0].start > 55.0 && out.at[0].start <= 71.0);
    assert_true(out.at[0].end == SECONDS - 1.0);
    free(out.at);
}

static void test_a_break_is_sure_if_the_tempo_stands_still(void **state)
{
    (void)state;
    hush();
    play(0.0, 40.0, PERIOD);
    play(66.0, SECONDS, PERIOD);
    struct strip_span still = find(false), moving = find(true);
    assert_int_equal(still.count, 0);
    assert_int_equal(moving.count, 1);
    assert_true(moving.at[0].start > 25.0 && moving.at[0].start < 45.0);
    assert_true(moving.at[0].end > 60.0 && moving.at[0].end < 80.0);
    free(moving.at);
}

/* A seam of two lines, both of which are heard. */
static void test_so_is_where_beats_change_their_tempo(void **state)
{
    const struct flux flux = {.all = all, .frames = (size_t)(SECONDS * FLUX_FPS)};
    struct beats beats = {.bends = false};
    struct strip_span out = {0};
    struct tempo tempo;
    (void)state;
    hush();
    play(0.0, 60.0, PERIOD);
    play(60.0, SECONDS, PERIOD * 1.025);
    for (double time = 0.0; time < SECONDS; time += time < 59.9 ? PERIOD : PERIOD * 1.025)
        assert_int_equal(STRIP_PUSH(&beats.time, time), 0);
    assert_int_equal(tempo_init(&tempo, &flux), 0);
    assert_int_equal(unsure_find(&out, &beats, &tempo, SECONDS - 1.0), 0);
    assert_int_equal(out.count, 1);
    assert_true(out.at[0].start > 45.0 && out.at[0].start < 58.0);
    assert_true(out.at[0].end > 62.0 && out.at[0].end < 75.0);
    tempo_release(&tempo);
    beats_release(&beats);
    free(out.at);
}

static void test_nothing_is_said_of_what_lies_behind_the_music(void **state)
{
    (void)state;
    hush();
    play(0.0, 60.0, PERIOD);
    struct strip_span out = find_until(60.0, true);
    for (size_t i = 0; i < out.count; i++)
        assert_true(out.at[i].start < out.at[i].end && out.at[i].end <= 60.0);
    free(out.at);
}

static void test_beats_that_are_heard_all_along_are_sure(void **state)
{
    (void)state;
    hush();
    play(0.0, SECONDS, PERIOD);
    struct strip_span out = find(true);
    assert_int_equal(out.count, 0);
}

/* ---- beats that bend -----------------------------------------------------------------
 */

#define POINTS 80000 /* of an envelope, more than SECONDS */

static uint16_t code[POINTS * BANDS];

/* What is said of beats that bend and are struck from one time on to another. */
static struct strip_span say_faint(double from, double to, bool bends)
{
    const struct strip_w envelope = {.at = code, .count = POINTS * BANDS};
    struct attacks attacks = {.envelope = &envelope};
    struct beats beats = {.bends = bends};
    struct strip_span out = {0};
    memset(code, 0, sizeof code);
    for (int c = 0; c < 256; c++)
        attacks.loud[0][c] = (float)c / 255.0f;
    for (double time = 0.1; time < SECONDS - 1.0; time += PERIOD) {
        size_t first = (size_t)attacks_point(&attacks, time);
        assert_int_equal(STRIP_PUSH(&beats.time, time), 0);
        for (size_t n = first; n < first + 40 && n < POINTS; n++)
            code[n * BANDS] = time >= from && time < to ? 200 : 4;
    }
    assert_int_equal(unsure_add_faint(&out, &beats, &attacks, SECONDS), 0);
    beats_release(&beats);
    return out;
}

static void test_both_ends_where_hardly_a_beat_is_struck_are_unsure(void **state)
{
    (void)state;
    struct strip_span out = say_faint(30.0, 90.0, true);
    assert_int_equal(out.count, 2);
    assert_true(out.at[0].start == 0.0);
    assert_true(out.at[0].end > 26.0 && out.at[0].end < 31.0);
    assert_true(out.at[1].start > 89.0 && out.at[1].start < 94.0);
    assert_true(out.at[1].end == SECONDS);
    free(out.at);
}

static void test_beats_on_a_line_go_on_where_none_is_struck(void **state)
{
    (void)state;
    assert_int_equal(say_faint(30.0, 90.0, false).count, 0);
}

static void test_a_few_soft_beats_are_followed(void **state)
{
    (void)state;
    assert_int_equal(say_faint(4.0, SECONDS, true).count, 0);
}

static void test_stretches_that_meet_are_one(void **state)
{
    struct strip_span spans = {0};
    static const struct fv_span some[] = {
        {50.0, 60.0}, {0.0, 10.0}, {8.0, 20.0}, {20.0, 21.0}, {52.0, 55.0}};
    (void)state;
    for (int i = 0; i < 5; i++)
        assert_int_equal(STRIP_PUSH(&spans, some[i]), 0);
    join(&spans);
    assert_int_equal(spans.count, 2);
    assert_true(spans.at[0].start == 0.0 && spans.at[0].end == 21.0);
    assert_true(spans.at[1].start == 50.0 && spans.at[1].end == 60.0);
    free(spans.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_beginning_at_another_tempo_is_unsure_up_to_the_beats),
        cmocka_unit_test(test_so_is_an_end_and_the_soft_stretch_before_it),
        cmocka_unit_test(test_a_break_is_sure_if_the_tempo_stands_still),
        cmocka_unit_test(test_so_is_where_beats_change_their_tempo),
        cmocka_unit_test(test_nothing_is_said_of_what_lies_behind_the_music),
        cmocka_unit_test(test_beats_that_are_heard_all_along_are_sure),
        cmocka_unit_test(test_both_ends_where_hardly_a_beat_is_struck_are_unsure),
        cmocka_unit_test(test_beats_on_a_line_go_on_where_none_is_struck),
        cmocka_unit_test(test_a_few_soft_beats_are_followed),
        cmocka_unit_test(test_stretches_that_meet_are_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
