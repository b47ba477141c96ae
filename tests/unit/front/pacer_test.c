/* pacer_test.c - the clock is exact after any time. */
#include "pacer.c"

#include "check.h"

__extension__ typedef unsigned __int128 wide;

#define SECOND 1000000000ull
#define YEAR (31556952ull * SECOND)

/* The definition, in numbers that are large enough for it. */
static uint64_t exactly(uint64_t elapsed_ns)
{
    return (uint64_t)((wide)elapsed_ns * 44100 / (1152ull * SECOND));
}

TEST(test_drift_is_nothing_after_any_time)
{
    struct pacer pacer;
    pacer_start(&pacer, 77, 5);
    for (uint64_t years = 0; years <= 500; years += years < 3 ? 1 : 71)
        for (uint64_t step = 0; step < 5000; step++) {
            uint64_t elapsed = years * YEAR + step * 26122449 + step % 7;
            assert_true(pacer_edge(&pacer, 77 + elapsed) == 5 + exactly(elapsed));
        }
}

TEST(test_edge_moves_at_the_nanosecond_that_it_should)
{
    struct pacer pacer;
    pacer_start(&pacer, 0, 0);
    for (uint64_t n = 1; n < 100000; n += n < 2000 ? 1 : 997) {
        wide due = (wide)n * 1152 * SECOND;
        uint64_t at =
            (uint64_t)((due + 44099) / 44100); /* the first ns at which n is due */
        assert_true(pacer_edge(&pacer, at - 1) == n - 1);
        assert_true(pacer_edge(&pacer, at) == n);
    }
}

TEST(test_ten_minutes_carry_ten_minutes)
{
    struct pacer pacer;
    pacer_start(&pacer, 123456789, 0);
    uint64_t samples = pacer_edge(&pacer, 123456789 + 600 * SECOND) * 1152;
    assert_in_range(samples, 600 * 44100 - 1152, 600 * 44100);
}

TEST(test_before_the_start_nothing_is_due)
{
    struct pacer pacer = {.first = 3};
    assert_int_equal(pacer_edge(&pacer, 5 * SECOND), 3);
    pacer_start(&pacer, 10 * SECOND, 40);
    assert_int_equal(pacer_edge(&pacer, 0), 40);
    assert_int_equal(pacer_edge(&pacer, 10 * SECOND - 1), 40);
    assert_int_equal(pacer_edge(&pacer, 10 * SECOND), 40);
}

TEST(test_frames_of_a_time_are_rounded_up)
{
    assert_int_equal(pacer_frames(0), 0);
    assert_int_equal(pacer_frames(0.001), 1);
    assert_int_equal(pacer_frames(32), 1225);
    assert_int_equal(pacer_frames(4), 154);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_drift_is_nothing_after_any_time),
        cmocka_unit_test(test_edge_moves_at_the_nanosecond_that_it_should),
        cmocka_unit_test(test_ten_minutes_carry_ten_minutes),
        cmocka_unit_test(test_before_the_start_nothing_is_due),
        cmocka_unit_test(test_frames_of_a_time_are_rounded_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
