/* meter_test.c - what decides among readings that sound alike. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../../../plugins/brain/ears/pulse/meter.c"

#define PULSES 64

/* Choose among the phases of one silent fold, pulses half a second apart from `first` on;
 * the first sound is at `start`. */
static struct meter choose(double first, double start)
{
    static double at[PULSES];
    const struct fold fold = {.ratio = 1.0, .bpm = 120.0};
    struct pulse pulse = {.time = {.at = at, .count = PULSES}};
    const struct meter_ears ears = {.pulse = &pulse, .start = start};
    struct meter out;
    for (int k = 0; k < PULSES; k++)
        at[k] = first + 0.5 * k;
    meter_choose(&out, &ears, &fold, 1);
    return out;
}

static void test_music_begins_on_a_beat_and_on_a_one(void **state)
{
    (void)state;
    for (int sixteenth = 0; sixteenth < METER_STEPS; sixteenth++) {
        struct meter found = choose(0.0625, 0.0625 + 0.125 * sixteenth + 0.01);
        assert_true(found.first == sixteenth / 4.0);
        assert_true(found.beat_chance > 0.6f);
        assert_true(found.bar_chance > 0.4f);
    }
}

/* The sound begins half a beat or three beats after the file, which lies on the grid. */
static void test_the_file_may_begin_on_a_beat_and_rest(void **state)
{
    (void)state;
    assert_true(choose(0.5, 0.25).beat_chance < 0.51f);
    assert_true(choose(0.0625, 0.0625 + 0.25).beat_chance > 0.6f);
    assert_true(choose(0.5, 1.5).bar_chance < 0.51f);
}

static void test_a_part_whose_beginning_is_elsewhere_is_not_judged_by_it(void **state)
{
    (void)state;
    struct meter found = choose(0.0625, NAN);
    assert_float_equal(found.beat_chance, 0.25, 1e-6);
    assert_float_equal(found.bar_chance, 0.25, 1e-6);
}

/* Two silent readings, an octave apart, of pulses whose beginning is not known.
 * returns logarithm of the odds of the slow one, above those that the network gives */
static double liking_of(double slow)
{
    static double at[PULSES];
    const struct fold folds[] = {{.ratio = 2.0, .bpm = slow},
                                 {.ratio = 1.0, .bpm = 2.0 * slow}};
    struct pulse pulse = {.time = {.at = at, .count = PULSES}};
    const struct meter_ears ears = {.pulse = &pulse, .start = NAN};
    struct meter out;
    for (int k = 0; k < PULSES; k++)
        at[k] = 30.0 / slow * k;
    meter_choose(&out, &ears, folds, 2);
    double odds = log((double)out.tempo_chance / (1.0 - (double)out.tempo_chance));
    return (out.bpm == slow ? odds : -odds) - (double)meter_judge(&folds[0], 0) +
           (double)meter_judge(&folds[1], 0);
}

static void test_of_two_octaves_the_nearer_to_two_a_second_is_likelier(void **state)
{
    (void)state;
    assert_true(liking_of(62.0) < -0.5);
    assert_true(liking_of(70.0) < -0.2);
    assert_true(liking_of(90.0) > 0.1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_music_begins_on_a_beat_and_on_a_one),
        cmocka_unit_test(test_the_file_may_begin_on_a_beat_and_rest),
        cmocka_unit_test(test_of_two_octaves_the_nearer_to_two_a_second_is_likelier),
        cmocka_unit_test(test_a_part_whose_beginning_is_elsewhere_is_not_judged_by_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
