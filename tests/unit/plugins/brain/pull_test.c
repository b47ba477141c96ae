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

static void test_a_line_keeps_to_the_attacks_that_agree(void **state)
{
    struct pull pull[BEATS];
    double time[BEATS];
    (void)state;
    for (int b = 0; b < BEATS; b++)
        pull[b] = (struct pull){b * 0.5, b % 3 == 1 ? 0.03 : 0.002 + b * 1e-4, 1.0};
    pull_line(time, pull, BEATS, 1e-4 / 0.5);
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
        cmocka_unit_test(test_a_line_keeps_to_the_attacks_that_agree),
        cmocka_unit_test(test_the_offset_is_that_of_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
