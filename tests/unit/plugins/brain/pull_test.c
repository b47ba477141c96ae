/* pull_test.c - the line that attacks agree on. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../../../plugins/brain/ears/grid/pull.h"

#define BEATS 33
#define PERIOD 0.49143

/* Bars whose other beats are early, each by its own measure, and a stray attack or two:
 * coarse beats that are a little slow lie beside them. */
static void play(struct pull *pull, double slow)
{
    static const double early[4] = {0.001, 0.013, 0.046, 0.0305};
    static const double weight[4] = {1.5, 1.28, 0.2, 1.05};
    for (int b = 0; b < BEATS; b++) {
        double attack = 0.3 + b * PERIOD - early[b % 4];
        double at = 0.305 + b * (PERIOD + slow);
        if (b % 16 == 6)
            attack += 0.04;
        pull[b] = (struct pull){at, attack - at, weight[b % 4]};
    }
}

static void test_early_beats_do_not_tilt_the_line(void **state)
{
    static const double slow[] = {0.0, 0.0003, -0.0003};
    struct pull pull[BEATS];
    double time[BEATS];
    (void)state;
    for (int k = 0; k < 3; k++) {
        play(pull, slow[k]);
        pull_line(time, pull, BEATS, true);
        double period = (time[BEATS - 1] - time[0]) / (BEATS - 1);
        if (fabs(period - PERIOD) > 5e-6)
            fail_msg("%.6f s instead of %.6f", period, PERIOD);
    }
}

static void test_a_line_keeps_to_the_attacks_that_agree(void **state)
{
    struct pull pull[BEATS];
    double time[BEATS];
    (void)state;
    for (int b = 0; b < BEATS; b++)
        pull[b] = (struct pull){b * 0.5, b % 3 == 1 ? 0.03 : 0.002 + b * 1e-4, 1.0};
    pull_line(time, pull, BEATS, true);
    for (int b = 0; b < BEATS; b++)
        assert_true(fabs(time[b] - (b * 0.5001 + 0.002)) < 0.0005);
}

static void test_the_offset_is_that_of_most(void **state)
{
    struct pull pull[BEATS];
    (void)state;
    for (int b = 0; b < BEATS; b++)
        pull[b] = (struct pull){b * PERIOD, b % 3 == 1 ? -0.03 : 0.012, 1.0};
    assert_true(fabs(pull_offset(pull, BEATS) - 0.012) < 0.001);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_early_beats_do_not_tilt_the_line),
        cmocka_unit_test(test_a_line_keeps_to_the_attacks_that_agree),
        cmocka_unit_test(test_the_offset_is_that_of_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
