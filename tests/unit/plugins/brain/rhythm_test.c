/* rhythm_test.c - how sure beats are once they lie where they lie. */
#include "rhythm.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* How sure beats are that seemed so, by the attacks that they meet. */
static float sure(bool bends, double agreement)
{
    const struct bands bands = {.envelope = {0}};
    const struct maps maps = {.bands_origin = 0.0};
    const struct rhythm_ears ears = {.maps = &maps, .bands = &bands};
    struct rhythm rhythm = {.beats = {.bends = bends, .agreement = agreement},
                            .meter = {.beat_chance = 0.99f}};
    assert_int_equal(doubt_curve(&rhythm, &ears), 0);
    return rhythm.meter.beat_chance;
}

static void test_a_curve_that_misses_many_attacks_is_not_sure(void **state)
{
    (void)state;
    assert_true(sure(true, 0.76) < FV_SURE_BEAT);
    assert_true(sure(true, 0.9) == 0.99f);
}

/* A line has more beats to go by than those that are met. */
static void test_a_line_may_miss_them(void **state)
{
    (void)state;
    assert_true(sure(false, 0.5) == 0.99f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_curve_that_misses_many_attacks_is_not_sure),
        cmocka_unit_test(test_a_line_may_miss_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
