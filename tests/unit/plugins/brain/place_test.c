/* place_test.c - the beat is where the first of what is struck together begins. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "place.h"

#define RATE 22050
#define BEATS 24
#define FIRST_S 0.5
#define PERIOD_S 0.5
#define COUNT ((BEATS + 2) * RATE / 2)

static float samples[COUNT];

/* On every beat, `late_s` behind it: a tone that is there at once, or swells. */
static void add_tone(double hz, double size, double late_s, double swell_s)
{
    for (int beat = 0; beat < BEATS; beat++) {
        int from = (int)lrint((FIRST_S + beat * PERIOD_S + late_s) * RATE);
        for (int i = 0; i < RATE / 4; i++) {
            double t = (double)i / RATE, up = swell_s > 0 ? fmin(1, t / swell_s) : 1;
            samples[from + i] +=
                (float)(size * up * exp(-t / 0.06) * sin(2 * M_PI * hz * t));
        }
    }
}

/* Noise up to some 4 kHz, as of distorted guitars. */
static void add_wall(double size)
{
    uint32_t seed = 1;
    double pole[4] = {0};
    for (int i = 0; i < COUNT; i++) {
        seed = seed * 1664525u + 1013904223u;
        double in = size * ((double)(seed >> 8) / 8388608.0 - 1.0);
        for (int k = 0; k < 4; k++)
            in = pole[k] += 0.6 * (in - pole[k]);
        samples[i] += (float)in;
    }
}

/* Where the beats come to lie that were found `off_s` beside the true ones. */
static double placed(double off_s)
{
    double time[BEATS];
    struct bands bands = {0};
    struct attacks attacks;
    for (int beat = 0; beat < BEATS; beat++)
        time[beat] = FIRST_S + beat * PERIOD_S + off_s;
    assert_int_equal(bands_feed(&bands, samples, COUNT), 0);
    attacks_init(&attacks, &bands, 0);
    double shift = place_shift(&attacks, time, BEATS);
    bands_release(&bands);
    return off_s + shift;
}

static void test_hat_over_a_late_bass_places_the_beat(void **state)
{
    (void)state;
    memset(samples, 0, sizeof samples);
    add_tone(60, 0.5, 0.022, 0.01);
    add_tone(7000, 0.1, 0, 0);
    assert_true(fabs(placed(0.024)) < 0.0015);
    assert_true(fabs(placed(0.0)) < 0.0015);
}

static void test_hats_place_the_beat_through_a_wall_of_guitars(void **state)
{
    (void)state;
    memset(samples, 0, sizeof samples);
    add_wall(1.0);
    add_tone(9000, 0.1, 0, 0);
    assert_true(fabs(placed(0.02)) < 0.0015);
}

static void test_a_louder_echo_does_not_hide_what_it_follows(void **state)
{
    (void)state;
    memset(samples, 0, sizeof samples);
    add_tone(900, 0.4, 0, 0);
    add_tone(9000, 0.1, 0, 0);
    add_tone(9000, 0.4, 0.028, 0);
    assert_true(fabs(placed(0.0)) < 0.0015);
    assert_true(fabs(placed(0.028)) < 0.0015);
}

static void test_one_sound_alone_places_it_too(void **state)
{
    (void)state;
    memset(samples, 0, sizeof samples);
    add_tone(900, 0.4, 0, 0);
    assert_true(fabs(placed(-0.012)) < 0.0015);
}

/* 20 ms before a beat. */
static void add_early_hat(int beat)
{
    for (int i = 0; i < RATE / 50; i++)
        samples[(int)((FIRST_S + beat * PERIOD_S - 0.02) * RATE) + i] +=
            i % 2 ? 0.3f : -0.3f;
}

/* What is struck on few beats does not move all of them. */
static void test_single_early_hats_do_not_count(void **state)
{
    (void)state;
    memset(samples, 0, sizeof samples);
    add_tone(60, 0.5, 0, 0);
    add_tone(900, 0.3, 0, 0);
    add_early_hat(3);
    assert_true(fabs(placed(0.0)) < 0.002);
}

/* Nor if there is nothing else so high. */
static void test_nor_do_some_in_a_band_of_their_own(void **state)
{
    (void)state;
    memset(samples, 0, sizeof samples);
    add_tone(60, 0.5, 0, 0);
    for (int beat = 3; beat < BEATS; beat += 8)
        add_early_hat(beat);
    assert_true(fabs(placed(0.0)) < 0.003);
}

static void test_silence_moves_nothing(void **state)
{
    (void)state;
    memset(samples, 0, sizeof samples);
    assert_true(placed(0.01) == 0.01);
}

static void test_the_place_is_finer_than_what_it_is_counted_by(void **state)
{
    double least = 1.0, most = -1.0;
    (void)state;
    memset(samples, 0, sizeof samples);
    add_tone(2000, 0.4, 0, 0);
    for (int step = 0; step < 10; step++) {
        double at = placed(1e-4 * step);
        least = fmin(least, at);
        most = fmax(most, at);
    }
    assert_true(most - least < 1e-4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hat_over_a_late_bass_places_the_beat),
        cmocka_unit_test(test_hats_place_the_beat_through_a_wall_of_guitars),
        cmocka_unit_test(test_a_louder_echo_does_not_hide_what_it_follows),
        cmocka_unit_test(test_one_sound_alone_places_it_too),
        cmocka_unit_test(test_single_early_hats_do_not_count),
        cmocka_unit_test(test_nor_do_some_in_a_band_of_their_own),
        cmocka_unit_test(test_silence_moves_nothing),
        cmocka_unit_test(test_the_place_is_finer_than_what_it_is_counted_by),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
