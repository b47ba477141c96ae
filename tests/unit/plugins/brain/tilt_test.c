/* tilt_test.c - what the attacks of a piece say of the tempo that its beats were given.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tilt.c"

#define BEATS 64
#define PERIOD 0.49143
#define FIRST_S 0.3
#define RATE 22050
#define COUNT (34 * RATE)

static float samples[COUNT];

/* Bars whose other beats are early, each by its own measure, and a stray attack or two,
 * beside coarse beats that are a little slow. */
static void play_early(struct pull *pull, double slow)
{
    static const double early[4] = {0.001, 0.013, 0.046, 0.0305};
    static const double weight[4] = {1.5, 1.28, 0.2, 1.05};
    for (int b = 0; b < BEATS; b++) {
        double attack = FIRST_S + b * PERIOD - early[b % 4];
        double at = FIRST_S + 0.005 + b * (PERIOD + slow);
        if (b % 16 == 6)
            attack += 0.04;
        pull[b] = (struct pull){at, attack - at, weight[b % 4]};
    }
}

static void test_early_beats_do_not_tilt_the_line(void **state)
{
    static const double slow[] = {0.0, 0.0003, -0.0003};
    (void)state;
    for (int k = 0; k < 3; k++) {
        struct pull pull[BEATS];
        play_early(pull, slow[k]);
        struct slopes slopes = {.reach = REACH_S / (pull[BEATS - 1].at - pull[0].at)};
        add_pairs(&slopes, pull, BEATS);
        double period = (PERIOD + slow[k]) * (1.0 + most_common(&slopes));
        if (fabs(period - PERIOD) > 6e-7)
            fail_msg("%.8f s instead of %.8f", period, PERIOD);
    }
}

/* A tone on each beat, `late_s` behind it, that swells and dies away. */
static void strike(int beat, double hz, double size, double late_s, double swell_s)
{
    int from = (int)lrint((FIRST_S + beat * PERIOD + late_s) * RATE);
    for (int i = 0; i < RATE / 4; i++) {
        double t = (double)i / RATE;
        samples[from + i] += (float)(size * fmin(1, t / swell_s) * exp(-t / 0.06) *
                                     sin(2 * M_PI * hz * t));
    }
}

/* The slope between the beats as they are played and as they are given. */
static double tilt_of_samples(double slow)
{
    double time[BEATS], slope;
    struct bands bands = {0};
    struct attacks attacks;
    for (int beat = 0; beat < BEATS; beat++)
        time[beat] = FIRST_S + beat * (PERIOD + slow);
    assert_int_equal(bands_feed(&bands, samples, COUNT), 0);
    attacks_init(&attacks, &bands, 0);
    assert_int_equal(tilt_find(&slope, time, BEATS, &attacks), 0);
    bands_release(&bands);
    return slope;
}

static void test_sounds_that_rise_more_slowly_do_not_tilt_the_line(void **state)
{
    (void)state;
    memset(samples, 0, sizeof samples);
    for (int beat = 0; beat < BEATS; beat++) {
        bool is_late = beat >= BEATS / 2;
        strike(beat, 60, is_late ? 0.8 : 0.05, 0.02, 0.01);
        strike(beat, 7000, is_late ? 0.02 : 0.2, 0, 1e-4);
    }
    assert_true(fabs(tilt_of_samples(0)) * BEATS * PERIOD < 5e-4);
    double slow = 0.0004;
    assert_true(fabs(tilt_of_samples(slow) + slow / PERIOD) * BEATS * PERIOD < 5e-4);
}

static void test_silence_says_nothing_of_the_tempo(void **state)
{
    (void)state;
    memset(samples, 0, sizeof samples);
    assert_true(fabs(tilt_of_samples(0.0004)) < 1e-9);
}

/* The period that is heard of beats which are struck up to 4 ms beside their places. */
static double period_heard(double period)
{
    struct pull pull[BEATS];
    uint32_t dice = 20130206u;
    for (int b = 0; b < BEATS; b++) {
        dice = dice * 1664525u + 1013904223u;
        double at = FIRST_S + b * (period + 0.0001);
        double attack = FIRST_S + b * period + ((double)dice / UINT32_MAX - 0.5) * 0.002;
        pull[b] = (struct pull){at, attack - at, 1.0};
    }
    struct slopes slopes = {.reach = REACH_S / (pull[BEATS - 1].at - pull[0].at)};
    add_pairs(&slopes, pull, BEATS);
    double slope = prefer_round(&slopes, most_common(&slopes), period + 0.0001);
    return (period + 0.0001) * (1.0 + slope);
}

static void test_of_tempos_that_fit_as_well_the_round_one_is_taken(void **state)
{
    (void)state;
    assert_true(fabs(period_heard(0.5) - 0.5) < 1e-9);
    assert_true(fabs(period_heard(60.0 / 87.5) - 60.0 / 87.5) < 1e-9);
    assert_true(fabs(period_heard(0.50009) - 0.50009) < 2e-5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_early_beats_do_not_tilt_the_line),
        cmocka_unit_test(test_sounds_that_rise_more_slowly_do_not_tilt_the_line),
        cmocka_unit_test(test_of_tempos_that_fit_as_well_the_round_one_is_taken),
        cmocka_unit_test(test_silence_says_nothing_of_the_tempo),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
