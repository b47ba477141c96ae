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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_beginning_at_another_tempo_is_unsure_up_to_the_beats),
        cmocka_unit_test(test_so_is_an_end_and_the_soft_stretch_before_it),
        cmocka_unit_test(test_a_break_is_sure_if_the_tempo_stands_still),
        cmocka_unit_test(test_so_is_where_beats_change_their_tempo),
        cmocka_unit_test(test_nothing_is_said_of_what_lies_behind_the_music),
        cmocka_unit_test(test_beats_that_are_heard_all_along_are_sure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
