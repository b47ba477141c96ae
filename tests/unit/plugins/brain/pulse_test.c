/* pulse_test.c - when the whole track is one line, and when its tempo changes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../../../plugins/brain/ears/pulse/pulse.h"

#define SECONDS 120
#define ROOM 16384

static float onset[ROOM];
static uint32_t state_of_chance;

/* 0..1 */
static double chance(void)
{
    state_of_chance = state_of_chance * 1664525u + 1013904223u;
    return (double)(state_of_chance >> 8) / 16777216.0;
}

static void hush(void)
{
    state_of_chance = 1;
    for (size_t i = 0; i < ROOM; i++)
        onset[i] = (float)(0.1 * chance());
}

/* An onset each `period` seconds from `time` to `end`, up to `loose` seconds off. */
static void play(double time, double end, double period, double loose)
{
    for (; time < end - 0.1; time += period) {
        double at = (time + loose * (2.0 * chance() - 1.0)) * FLUX_FPS;
        onset[(size_t)at] += (float)(1.0 - (at - floor(at)));
        onset[(size_t)at + 1] += (float)(at - floor(at));
    }
}

static void listen(struct tempo *tempo, struct pulse *pulse)
{
    const struct flux flux = {.all = onset, .frames = (size_t)(SECONDS * FLUX_FPS)};
    assert_true(flux.frames < ROOM);
    assert_int_equal(tempo_init(tempo, &flux), 0);
    assert_int_equal(pulse_init(pulse, &flux, tempo), 0);
}

static void let_go(struct tempo *tempo, struct pulse *pulse)
{
    tempo_release(tempo);
    pulse_release(pulse);
}

/* Period of the pulses around a time, to the nearest octave of `near`. */
static double period_at(const struct pulse *pulse, double time, double near)
{
    double number = round(pulse_number(pulse, time));
    double period =
        (pulse_time(pulse, number + 8.0) - pulse_time(pulse, number - 8.0)) / 16.0;
    return period * pow(2.0, round(log2(near / period)));
}

static void test_a_tempo_that_changes_half_way_is_no_line(void **state)
{
    struct tempo tempo;
    struct pulse pulse;
    (void)state;
    hush();
    play(0.2, 70.0, 0.5, 0.0);
    play(70.2, SECONDS, 0.4, 0.0);
    listen(&tempo, &pulse);
    assert_false(pulse.is_line);
    assert_float_equal(period_at(&pulse, 40.0, 0.5), 0.5, 0.003);
    assert_float_equal(period_at(&pulse, 100.0, 0.4), 0.4, 0.003);
    let_go(&tempo, &pulse);
}

static void test_a_long_beginning_at_another_tempo_counts_though_it_is_soft(void **state)
{
    struct tempo tempo;
    struct pulse pulse;
    (void)state;
    hush();
    for (int quarter = 0; quarter < 4; quarter++) {
        play(0.2 + quarter * 0.116, 45.0, 0.464, 0.0);
        play(45.2 + quarter * 0.136, SECONDS, 0.544, 0.015);
    }
    for (size_t i = 0; i < (size_t)(45.0 * FLUX_FPS); i++)
        onset[i] *= 0.3f;
    const struct flux flux = {.all = onset, .frames = (size_t)(SECONDS * FLUX_FPS)};
    assert_int_equal(tempo_init(&tempo, &flux), 0);
    tempo.elsewhere = 0.1; /* as if other sounds hid how clearly it is there */
    assert_int_equal(pulse_init(&pulse, &flux, &tempo), 0);
    assert_false(pulse.is_line);
    assert_float_equal(period_at(&pulse, 25.0, 0.464), 0.464, 0.003);
    assert_float_equal(period_at(&pulse, 90.0, 0.544), 0.544, 0.003);
    let_go(&tempo, &pulse);
}

static void test_a_long_end_without_a_beat_leaves_the_line(void **state)
{
    struct tempo tempo;
    struct pulse pulse;
    (void)state;
    hush();
    play(0.2, 70.0, 0.5, 0.0);
    listen(&tempo, &pulse);
    assert_true(pulse.is_steady);
    assert_float_equal(period_at(&pulse, 100.0, 0.5), 0.5, 0.0003);
    let_go(&tempo, &pulse);
}

static void test_an_intro_in_cross_rhythm_keeps_the_tempo(void **state)
{
    struct tempo tempo;
    struct pulse pulse;
    (void)state;
    hush();
    play(0.2, 50.2, 0.375, 0.0);
    play(0.2, SECONDS, 0.5, 0.0);
    play(50.2, SECONDS, 0.25, 0.0);
    listen(&tempo, &pulse);
    for (size_t w = 1; w < tempo.count; w++)
        assert_float_equal(tempo.period[w], tempo.period[0],
                           0.03f * (float)tempo.period[0]);
    let_go(&tempo, &pulse);
}

static void test_loose_playing_is_a_line_where_bending_meets_no_more(void **state)
{
    struct tempo tempo;
    struct pulse pulse;
    (void)state;
    hush();
    play(0.2, SECONDS, 0.5, 0.03);
    play(0.45, SECONDS, 0.5, 0.06);
    play(0.325, SECONDS, 0.5, 0.06);
    play(0.575, SECONDS, 0.5, 0.06);
    listen(&tempo, &pulse);
    assert_true(pulse.is_line);
    assert_float_equal(period_at(&pulse, 60.0, 0.5), 0.5, 0.001);
    let_go(&tempo, &pulse);
}

static void test_a_tempo_that_sways_is_no_line(void **state)
{
    struct tempo tempo;
    struct pulse pulse;
    (void)state;
    hush();
    for (double time = 0.2; time < SECONDS - 1.0;
         time += 0.5 + 0.003 * sin(2.0 * M_PI * time / 24.0))
        play(time, time + 0.11, 0.5, 0.0);
    listen(&tempo, &pulse);
    assert_false(pulse.is_line);
    let_go(&tempo, &pulse);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_tempo_that_changes_half_way_is_no_line),
        cmocka_unit_test(test_a_long_beginning_at_another_tempo_counts_though_it_is_soft),
        cmocka_unit_test(test_a_long_end_without_a_beat_leaves_the_line),
        cmocka_unit_test(test_an_intro_in_cross_rhythm_keeps_the_tempo),
        cmocka_unit_test(test_loose_playing_is_a_line_where_bending_meets_no_more),
        cmocka_unit_test(test_a_tempo_that_sways_is_no_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
