/* stray_test.c - beats that have left their line are met where they are played. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../../../plugins/brain/ears/grid/stray.h"

#define BEATS 128
#define PERIOD 0.5
#define FIRST_S 0.2
#define END_S 66.0
#define LOUD 8.0f
#define ROOM 8192
#define STRANGE 16   /* strokes a beat that belong to none */
#define NEAR_S 0.011 /* a frame, and what rounding adds */

static float onset[FLUX_BANDS][ROOM];
static double played[BEATS];
static uint32_t chance;
static struct strip_d beat;

/* On a line. */
static void lay(double *time)
{
    for (int i = 0; i < BEATS; i++)
        time[i] = FIRST_S + i * PERIOD;
}

static void strike(int band, double time)
{
    onset[band][(size_t)(time * FLUX_FPS + 0.5)] += LOUD;
}

/* Strokes in no order, one in each band. */
static void strike_anywhere(double from, double length)
{
    for (int band = 0; band < FLUX_BANDS; band++) {
        chance = chance * 1664525u + 1013904223u;
        strike(band, from + length * (chance >> 8) / (1 << 24));
    }
}

/* Kick and snare by turns, hats on beats and between, up to beat number `free`; then
 * strokes in no order. */
static void play(int free)
{
    chance = 1;
    memset(onset, 0, sizeof onset);
    for (int i = 0; i < free; i++) {
        double next = i + 1 < BEATS ? played[i + 1] : played[i] + PERIOD;
        strike(FLUX_HIGH, 0.5 * (played[i] + next));
        strike(i % 2 ? FLUX_MID : FLUX_LOW, played[i]);
        strike(FLUX_HIGH, played[i]);
    }
    for (int i = free; i < BEATS; i++)
        strike_anywhere(played[i], PERIOD);
}

static void mend(void)
{
    double line[BEATS];
    const struct flux flux = {.band = {onset[0], onset[1], onset[2], onset[3]},
                              .frames = (size_t)(END_S * FLUX_FPS)};
    lay(line);
    beat.count = 0;
    for (int i = 0; i < BEATS; i++)
        assert_int_equal(STRIP_PUSH(&beat, line[i]), 0);
    assert_int_equal(stray_mend(&beat, &flux, END_S), 0);
}

static void assert_on_line(size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (fabs(beat.at[i] - FIRST_S - (double)i * PERIOD) > 1e-9)
            fail_msg("beat %zu is at %.3f s", i, beat.at[i]);
}

static void assert_as_played(size_t from, size_t to, double near)
{
    for (size_t i = from; i < to; i++)
        if (fabs(beat.at[i] - played[i]) > near)
            fail_msg("beat %zu is at %.3f s, played at %.3f", i, beat.at[i], played[i]);
}

/* Beats from number 40 up to `to` are `late` seconds late. */
static void swerve(int to, double late)
{
    lay(played);
    for (int i = 40; i < to; i++)
        played[i] += late;
    play(BEATS);
    mend();
}

static void test_beats_that_swerve_are_met(void **state)
{
    (void)state;
    for (int side = -1; side <= 1; side += 2) {
        swerve(52, side * 0.03);
        assert_int_equal(beat.count, BEATS);
        assert_as_played(40, 52, NEAR_S);
        assert_on_line(0, 39);
        assert_on_line(53, BEATS);
    }
}

static void test_what_is_a_frame_off_stays_on_the_line(void **state)
{
    (void)state;
    swerve(52, 0.0);
    assert_on_line(0, BEATS);
    swerve(60, 0.01);
    assert_on_line(0, BEATS);
}

static void test_beats_that_are_little_alike_stay(void **state)
{
    (void)state;
    lay(played);
    for (int i = 40; i < 52; i++)
        played[i] += 0.03;
    play(BEATS);
    for (int i = 0; i < STRANGE * BEATS; i++)
        strike_anywhere(FIRST_S, BEATS * PERIOD);
    mend();
    assert_on_line(0, BEATS);
}

/* The last dozen beats are ever longer. */
static void slow_down(int free)
{
    double period = PERIOD;
    lay(played);
    for (int i = BEATS - 12; i < BEATS; i++) {
        period *= 1.04;
        played[i] = played[i - 1] + period;
    }
    play(free);
    mend();
}

static void test_an_end_that_slows_down_is_followed(void **state)
{
    (void)state;
    slow_down(BEATS);
    assert_on_line(0, BEATS - 13);
    assert_as_played(BEATS - 12, BEATS - 1, 0.06);
}

static void test_an_end_unlike_the_beats_goes_on(void **state)
{
    (void)state;
    slow_down(BEATS - 12);
    assert_int_equal(beat.count, BEATS);
    assert_on_line(0, BEATS);
}

static void test_few_beats_are_left_alone(void **state)
{
    const struct flux flux = {.band = {onset[0], onset[1], onset[2], onset[3]},
                              .frames = (size_t)(END_S * FLUX_FPS)};
    double line[BEATS];
    (void)state;
    lay(line);
    for (size_t few = 0; few < 60; few++) {
        beat.count = 0;
        for (size_t i = 0; i < few; i++)
            assert_int_equal(STRIP_PUSH(&beat, line[i]), 0);
        assert_int_equal(stray_mend(&beat, &flux, END_S), 0);
        if (few < 40)
            assert_on_line(0, few);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_beats_that_swerve_are_met),
        cmocka_unit_test(test_what_is_a_frame_off_stays_on_the_line),
        cmocka_unit_test(test_beats_that_are_little_alike_stay),
        cmocka_unit_test(test_an_end_that_slows_down_is_followed),
        cmocka_unit_test(test_an_end_unlike_the_beats_goes_on),
        cmocka_unit_test(test_few_beats_are_left_alone),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(beat.at);
    return failed;
}
