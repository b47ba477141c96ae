/* beats_test.c - the tempo of beats. */
#include "beats.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define LONG 96 /* beats */

/* Beats of which the first `slow` lie half a second apart, the others 0.4 s. */
static double tempo_heard(int slow)
{
    double time[LONG] = {0.3};
    struct beats beats = {.time = {time, LONG, 0}};
    for (int b = 1; b < LONG; b++)
        time[b] = time[b - 1] + (b <= slow ? 0.5 : 0.4);
    assert_int_equal(find_tempo(&beats), 0);
    return beats.bpm;
}

static void test_the_tempo_is_that_of_most_beats(void **state)
{
    (void)state;
    assert_float_equal(tempo_heard(LONG), 120.0, 1e-3);
    assert_float_equal(tempo_heard(70), 120.0, 1e-3);
    assert_float_equal(tempo_heard(20), 150.0, 1e-3);
}

static void test_two_tempos_that_share_the_beats_are_averaged(void **state)
{
    (void)state;
    assert_in_range((int)tempo_heard(LONG / 2), 130, 137);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_tempo_is_that_of_most_beats),
        cmocka_unit_test(test_two_tempos_that_share_the_beats_are_averaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
