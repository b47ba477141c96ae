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

/* Two lines whose pieces were settled into each other. */
static void test_beats_stay_in_order_where_pieces_meet(void **state)
{
    double time[] = {1.0, 1.5, 2.0, 1.9, 2.05, 2.6};
    struct beats beats = {.time = {time, 6, 0}};
    const struct bands silence = {0};
    (void)state;
    assert_int_equal(beats_settle(&beats, &silence, 0.0), 0);
    assert_float_equal(beats.bpm, 150.0, 1e-6);
    assert_true(time[2] == 2.0 && time[5] == 2.6);
    for (int i = 1; i < 6; i++)
        assert_true(time[i] > time[i - 1] + 0.09);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_tempo_is_that_of_most_beats),
        cmocka_unit_test(test_beats_stay_in_order_where_pieces_meet),
        cmocka_unit_test(test_two_tempos_that_share_the_beats_are_averaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
