/* beats_test.c - lines and curves of beats, and their tempo. */
#include "beats.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define BEATS 33
#define PERIOD 0.49143
#define LONG 96 /* beats too */

/* Lay beats on the curve through their attacks. */
static void lay_curve(double *time, const struct pull *pull, size_t count)
{
    double room[SPARE * LONG], usual = pull_offset(pull, count);
    for (size_t b = 0; b < count; b++)
        time[b] = pull[b].at + usual;
    bend(time, pull, count, PULL_WIDEST_S, room);
}

/* When a beat of a tempo that moves is played. */
static double played(int beat)
{
    return 0.3 + beat * PERIOD + 2e-5 * beat * beat;
}

static void test_coarse_beats_leave_their_frames(void **state)
{
    double time[BEATS], room[SPARE * BEATS], squares[2] = {0};
    (void)state;
    for (int b = 0; b < BEATS; b++) {
        time[b] = round(100.0 * played(b)) / 100.0;
        squares[0] += (time[b] - played(b)) * (time[b] - played(b));
    }
    even_out(time, BEATS, room);
    for (int b = 0; b < BEATS; b++)
        squares[1] += (time[b] - played(b)) * (time[b] - played(b));
    assert_true(squares[1] < 0.5 * squares[0]);
}

static void test_frames_do_not_show_where_the_tempo_moves(void **state)
{
    struct pull pull[BEATS];
    double time[BEATS];
    (void)state;
    for (int b = 0; b < BEATS; b++) {
        double frame = round(100.0 * played(b)) / 100.0;
        pull[b] = (struct pull){frame, played(b) - frame, 1.0};
    }
    lay_curve(time, pull, BEATS);
    for (int b = 0; b < BEATS; b++)
        if (fabs(time[b] - played(b)) > 0.0006)
            fail_msg("beat %d is %.1f ms off", b, 1000.0 * (time[b] - played(b)));
}

#define SLOWS 72 /* the beat from which on it is played softly */

static void test_a_loud_stray_does_not_pull_soft_beats(void **state)
{
    struct pull pull[LONG];
    double time[LONG];
    (void)state;
    for (int b = 0; b < LONG; b++) {
        double off = b == SLOWS + 8 ? -0.03 : 0.01;
        pull[b] = (struct pull){b * PERIOD, off, b > SLOWS ? 0.1 : 1.0};
    }
    pull[SLOWS + 8].weight = 1.2;
    lay_curve(time, pull, LONG);
    for (int b = 0; b < LONG; b++)
        assert_true(fabs(time[b] - (b * PERIOD + 0.01)) < 0.002);
}

/* Beats of which the first `slow` lie half a second apart, the others 0.4 s. */
static double tempo_heard(int slow)
{
    double time[LONG] = {0.3}, spare[LONG];
    for (int b = 1; b < LONG; b++)
        time[b] = time[b - 1] + (b <= slow ? 0.5 : 0.4);
    return tempo_of(time, LONG, spare);
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
        cmocka_unit_test(test_coarse_beats_leave_their_frames),
        cmocka_unit_test(test_frames_do_not_show_where_the_tempo_moves),
        cmocka_unit_test(test_a_loud_stray_does_not_pull_soft_beats),
        cmocka_unit_test(test_the_tempo_is_that_of_most_beats),
        cmocka_unit_test(test_two_tempos_that_share_the_beats_are_averaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
