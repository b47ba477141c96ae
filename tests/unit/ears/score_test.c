/* score_test.c - the scorer against examples worked by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../ears/score.c"

#define TIMES(list) ((struct times){(list), sizeof(list) / sizeof *(list)})

static void assert_near(double got, double want)
{
    if (fabs(got - want) > 1e-9)
        fail_msg("got %.9f, want %.9f", got, want);
}

static void test_f_counts_each_event_once(void **state)
{
    (void)state;
    const double truth[] = {1.0, 2.0, 3.0}, found[] = {1.05, 1.06, 2.2, 3.0};
    assert_near(score_f(TIMES(truth), TIMES(found), 0.07), 2.0 * 2 / 7);
    assert_near(score_f(TIMES(truth), TIMES(truth), 0.07), 1.0);
    assert_near(score_f(TIMES(truth), (struct times){NULL, 0}, 0.07), 0.0);
}

static void test_trim_drops_what_lies_before(void **state)
{
    (void)state;
    const double list[] = {4.9, 5.0, 6.0};
    struct times rest = score_trim(TIMES(list), 5.0);
    assert_int_equal(rest.count, 2);
    assert_near(rest.at[0], 5.0);
}

static void test_perfect_beats_continue_throughout(void **state)
{
    (void)state;
    double truth[20];
    for (int i = 0; i < 20; i++)
        truth[i] = 5.0 + 0.5 * i;
    struct continuity c = score_continuity(TIMES(truth), TIMES(truth));
    assert_near(c.cml, 1.0);
    assert_near(c.cml_longest, 1.0);
    assert_near(c.aml, 1.0);
}

static void test_one_late_beat_breaks_two_and_the_run(void **state)
{
    (void)state;
    double truth[10], found[10];
    for (int i = 0; i < 10; i++)
        truth[i] = found[i] = 5.0 + 0.5 * i;
    found[4] += 0.1; /* 20 % of a beat: itself wrong, and the interval after it */
    struct continuity c = score_continuity(TIMES(truth), TIMES(found));
    assert_near(c.cml, 0.8);
    assert_near(c.cml_longest, 0.4);
}

static void test_off_beat_is_forgiven_only_where_levels_are(void **state)
{
    (void)state;
    double truth[16], found[15];
    for (int i = 0; i < 16; i++)
        truth[i] = 5.0 + 0.5 * i;
    for (int i = 0; i < 15; i++)
        found[i] = 5.25 + 0.5 * i;
    struct continuity c = score_continuity(TIMES(truth), TIMES(found));
    assert_near(c.cml, 0.0);
    assert_near(c.aml, 1.0);
    assert_near(score_f(TIMES(truth), TIMES(found), 0.07), 0.0);
    assert_near(score_f_forgiving(TIMES(truth), TIMES(found)), 1.0);
}

static void test_half_tempo_is_forgiven_from_either_beat(void **state)
{
    (void)state;
    double truth[16], odd[8];
    for (int i = 0; i < 16; i++)
        truth[i] = 5.0 + 0.5 * i;
    for (int i = 0; i < 8; i++)
        odd[i] = truth[2 * i + 1];
    assert_near(score_continuity(TIMES(truth), TIMES(odd)).aml, 1.0);
    assert_near(score_f(TIMES(truth), TIMES(odd), 0.07), 2.0 * 8 / 24);
}

static void test_tempo_within_four_percent(void **state)
{
    (void)state;
    assert_int_equal(score_tempo(100.0, 104.0), 1);
    assert_int_equal(score_tempo(100.0, 104.1), 0);
    assert_int_equal(score_tempo(100.0, 50.0), 0);
    assert_int_equal(score_tempo_forgiving(100.0, 50.0), 1);
    assert_int_equal(score_tempo_forgiving(100.0, 300.0), 1);
    assert_int_equal(score_tempo_forgiving(100.0, 150.0), 0);
}

static void test_key_as_mirex_weighs_it(void **state)
{
    (void)state;
    const int c_major = 0, g_major = 7, a_minor = 21, c_minor = 12, f_major = 5;
    assert_near(score_key(c_major, c_major), 1.0);
    assert_near(score_key(c_major, g_major), 0.5);
    assert_near(score_key(c_major, f_major), 0.0);
    assert_near(score_key(c_major, a_minor), 0.3);
    assert_near(score_key(a_minor, c_major), 0.3);
    assert_near(score_key(c_major, c_minor), 0.2);
    assert_near(score_key(c_major, -1), 0.0);
}

static void test_precision_takes_the_constant_bias_off(void **state)
{
    (void)state;
    double truth[11], found[11], bias;
    for (int i = 0; i < 11; i++) {
        truth[i] = i;
        found[i] = i + 0.02 + 0.001 * (i % 3 - 1);
    }
    double error = score_precision(TIMES(truth), TIMES(found), &bias);
    assert_near(bias, 0.02);
    assert_near(round(error * 1e6), 1000.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_f_counts_each_event_once),
        cmocka_unit_test(test_trim_drops_what_lies_before),
        cmocka_unit_test(test_perfect_beats_continue_throughout),
        cmocka_unit_test(test_one_late_beat_breaks_two_and_the_run),
        cmocka_unit_test(test_off_beat_is_forgiven_only_where_levels_are),
        cmocka_unit_test(test_half_tempo_is_forgiven_from_either_beat),
        cmocka_unit_test(test_tempo_within_four_percent),
        cmocka_unit_test(test_key_as_mirex_weighs_it),
        cmocka_unit_test(test_precision_takes_the_constant_bias_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
