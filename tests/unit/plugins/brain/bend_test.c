/* bend_test.c - curves through what rises, on envelopes made by hand. */
#include "bend.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define BEATS 96
#define PERIOD 0.49143
#define POINTS 35000 /* 50 s */
#define FULL 1.2f    /* of a code of 255 */

/* One band that says something: its codes are amplitudes. */
static uint16_t code[POINTS * BANDS];
static struct strip_w envelope = {.at = code, .count = POINTS * BANDS};
static struct attacks attacks = {.envelope = &envelope};

static int setup(void **state)
{
    (void)state;
    memset(code, 0, sizeof code);
    for (int c = 0; c < 256; c++)
        attacks.loud[0][c] = FULL * (float)c / 255.0f;
    return 0;
}

/* From `time` on it sounds for 60 ms. */
static void strike(double time, double size)
{
    long first = lrint(attacks_point(&attacks, time));
    for (long n = first; n < first + 41; n++)
        code[n * BANDS] = (uint16_t)lrint(255.0 * size / (double)FULL);
}

/* When a beat of a tempo that moves is played. */
static double played(int beat)
{
    return 0.3 + beat * PERIOD + 2e-5 * beat * beat;
}

/* The beats as frames have them, late by `off`. */
static void lay_coarse(double *time, double off)
{
    for (int b = 0; b < BEATS; b++)
        time[b] = round(100.0 * (played(b) + off)) / 100.0;
}

/* Lay coarse beats, late by `off`, on the curve. */
static void bend_coarse(double *time, double off)
{
    lay_coarse(time, off);
    assert_int_equal(bend_beats(time, BEATS, &attacks), 0);
}

static double squares(const double *time)
{
    double sum = 0.0;
    for (int b = 0; b < BEATS; b++)
        sum += (time[b] - played(b)) * (time[b] - played(b));
    return sum;
}

static void assert_played(const double *time, double within)
{
    for (int b = 0; b < BEATS; b++)
        if (fabs(time[b] - played(b)) > within)
            fail_msg("beat %d is %.1f ms off", b, 1000.0 * (time[b] - played(b)));
}

static void test_coarse_beats_leave_their_frames(void **state)
{
    double time[BEATS], before;
    (void)state;
    lay_coarse(time, 0.0);
    before = squares(time);
    assert_int_equal(bend_even(time, BEATS), 0);
    assert_true(squares(time) < 0.3 * before);
}

static void test_beats_go_to_where_it_rises(void **state)
{
    double time[BEATS];
    (void)state;
    for (int b = 0; b < BEATS; b++)
        strike(played(b), 1.0);
    bend_coarse(time, 0.02);
    assert_played(time, 0.001);
}

/* Another band, in which something loud dies away from 80 ms before each beat on. */
static void ring_out(double size)
{
    for (int c = 0; c < 256; c++)
        attacks.loud[1][c] = FULL * (float)c / 255.0f;
    for (int b = 0; b < BEATS; b++) {
        long first = lrint(attacks_point(&attacks, played(b) - 0.08));
        for (long n = 0; n < 90; n++)
            code[(first + n) * BANDS + 1] =
                (uint16_t)lrint(255.0 * size * (90.0 - (double)n) / 90.0 / (double)FULL);
    }
}

static void test_a_hat_is_heard_while_a_bass_dies_away(void **state)
{
    double time[BEATS];
    (void)state;
    for (int b = 0; b < BEATS; b++)
        strike(played(b), 0.2);
    ring_out(1.0);
    bend_coarse(time, 0.01);
    memset(attacks.loud[1], 0, sizeof attacks.loud[1]);
    assert_played(time, 0.002);
}

static void test_soft_beats_are_followed_too(void **state)
{
    double time[BEATS];
    (void)state;
    for (int b = 0; b < BEATS; b++)
        strike(played(b), b < BEATS / 2 ? 1.0 : 0.05);
    bend_coarse(time, 0.015);
    assert_played(time, 0.0015);
}

static void test_a_loud_stray_does_not_pull_soft_beats(void **state)
{
    double time[BEATS];
    (void)state;
    for (int b = 0; b < BEATS; b++)
        strike(played(b), 0.1);
    strike(played(BEATS / 2) + 0.03, 1.2);
    bend_coarse(time, 0.0);
    assert_played(time, 0.003);
}

static void test_what_ripples_behind_an_attack_does_not_pull(void **state)
{
    double time[BEATS];
    (void)state;
    for (int b = 0; b < BEATS; b++) {
        strike(played(b), 1.0);
        strike(played(b) + 0.006, 0.4);
        strike(played(b) + 0.012, 1.0);
    }
    bend_coarse(time, 0.0);
    assert_played(time, 0.001);
}

/* Every third beat is struck twice: on it, and 14 ms behind it by `second`. */
static void lay_flams(double *time, double second)
{
    setup(NULL);
    for (int b = 0; b < BEATS; b++) {
        strike(played(b), 0.5);
        if (b % 3 == 0)
            strike(played(b) + 0.014, 0.5 + second);
    }
    bend_coarse(time, 0.0);
}

static void test_it_matters_little_which_of_two_is_the_stronger(void **state)
{
    double one[BEATS], two[BEATS];
    (void)state;
    lay_flams(one, 0.48);
    lay_flams(two, 0.52);
    for (int b = 0; b < BEATS; b++)
        assert_true(fabs(one[b] - two[b]) < 0.0003);
}

/* What is struck ripples at its height: 10 ms on, it is as loud as `height`. */
static void lay_ripples(double *time, double height)
{
    setup(NULL);
    for (int b = 0; b < BEATS; b++) {
        strike(played(b), 0.95);
        strike(played(b) + 0.010, height);
    }
    bend_coarse(time, 0.0);
}

static void test_how_a_loud_band_ripples_matters_little(void **state)
{
    double one[BEATS], two[BEATS];
    (void)state;
    lay_ripples(one, 0.95);
    lay_ripples(two, 1.2);
    for (int b = 0; b < BEATS; b++)
        assert_true(fabs(one[b] - two[b]) < 0.0006);
}

static unsigned dice;

static double roll(void)
{
    dice = dice * 1664525u + 1013904223u;
    return (dice >> 8) / 16777216.0;
}

/* At first beats are soft, about as much as in a break, and up to 20 ms off. */
static void lay_soft_beginning(double *time, unsigned seed)
{
    setup(NULL);
    dice = seed * 7919u;
    for (int b = 0; b < BEATS; b++) {
        double soft = roll(), off = roll() - 0.5;
        if (b < 40)
            strike(played(b) + 0.04 * off, 0.05 + 0.3 * soft * soft);
        else
            strike(played(b), 1.0);
    }
    bend_coarse(time, 0.0);
}

static void test_what_may_be_a_break_or_not_settles(void **state)
{
    double time[BEATS], again[BEATS];
    (void)state;
    for (unsigned seed = 220; seed < 230; seed++) {
        lay_soft_beginning(time, seed);
        memcpy(again, time, sizeof again);
        assert_int_equal(bend_beats(again, BEATS, &attacks), 0);
        for (int b = 0; b < BEATS; b++)
            assert_true(fabs(again[b] - time[b]) < 0.0008);
    }
}

static void test_in_silence_beats_stay_about_where_they_are(void **state)
{
    double time[BEATS];
    (void)state;
    for (int b = 0; b < BEATS; b++)
        time[b] = played(b);
    assert_int_equal(bend_beats(time, BEATS, &attacks), 0);
    assert_played(time, 0.005);
}

/* From a third of the beats to two, little is heard, and that on none of them. */
static void test_it_goes_straight_through_a_break(void **state)
{
    double time[BEATS];
    const int from = BEATS / 3, to = 2 * BEATS / 3;
    (void)state;
    lay_coarse(time, 0.0);
    for (int b = 0; b < BEATS; b++) {
        int is_break = b >= from && b < to;
        double bow = is_break ? 0.08 * sin(M_PI * (b - from) / (to - from)) : 0.0;
        time[b] += bow;
        strike(is_break ? time[b] : played(b), is_break ? 0.02 : 1.0);
    }
    assert_int_equal(bend_beats(time, BEATS, &attacks), 0);
    assert_played(time, 0.004);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_coarse_beats_leave_their_frames, setup),
        cmocka_unit_test_setup(test_beats_go_to_where_it_rises, setup),
        cmocka_unit_test_setup(test_a_hat_is_heard_while_a_bass_dies_away, setup),
        cmocka_unit_test_setup(test_soft_beats_are_followed_too, setup),
        cmocka_unit_test_setup(test_a_loud_stray_does_not_pull_soft_beats, setup),
        cmocka_unit_test_setup(test_what_ripples_behind_an_attack_does_not_pull, setup),
        cmocka_unit_test_setup(test_it_matters_little_which_of_two_is_the_stronger,
                               setup),
        cmocka_unit_test_setup(test_how_a_loud_band_ripples_matters_little, setup),
        cmocka_unit_test_setup(test_what_may_be_a_break_or_not_settles, setup),
        cmocka_unit_test_setup(test_in_silence_beats_stay_about_where_they_are, setup),
        cmocka_unit_test_setup(test_it_goes_straight_through_a_break, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
