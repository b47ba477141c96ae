/* limiter_test.c - what it passes untouched, what it holds, and that nothing depends on
 * how the sound is divided. */
#include "fixture.h"

#include "../../../../plugins/mixer/sound/limiter.c"

#define COUNT 20000
#define CEILING 0.87f

static float in[2 * (COUNT + 2 * LIMITER_REACH)], whole[2 * COUNT], parts[2 * COUNT];

static void fill(double level, double hz)
{
    for (int i = 0; i < COUNT + 2 * LIMITER_REACH; i++)
        in[2 * i] = in[2 * i + 1] =
            (float)(level * sin(TURN * hz * i / FV_RATE + 0.7854));
}

static void run(float *out, int step)
{
    for (int at = 0; at < COUNT; at += step) {
        int count = COUNT - at < step ? COUNT - at : step;
        limiter_run(in + 2 * at, count, CEILING, out + 2 * at);
    }
}

static void test_taps_are_a_windowed_sinc(void **state)
{
    (void)state;
    for (int phase = 0; phase < PHASES; phase++) {
        double wanted[LIMITER_TAPS], sum = 0;
        for (int i = 0; i < LIMITER_TAPS; i++) {
            double x = i - (LIMITER_TAPS / 2 - 1) - (phase + 1) / 4.0;
            double window = 0.5 + 0.5 * cos(TURN * x / LIMITER_TAPS);
            wanted[i] = sin(TURN * x / 2) / (TURN * x / 2) * window;
            sum += wanted[i];
        }
        for (int i = 0; i < LIMITER_TAPS; i++)
            assert_true(fabs((double)taps[phase][i] - wanted[i] / sum) < 1e-7);
    }
}

static void test_quiet_sound_passes_bit_for_bit(void **state)
{
    (void)state;
    fill(0.8, 440);
    run(whole, 1152);
    assert_memory_equal(whole, in + 2 * LIMITER_REACH, sizeof whole);
}

static void test_loud_sound_stays_below_the_ceiling(void **state)
{
    (void)state;
    fill(1.7, 440);
    run(whole, 1152);
    for (int i = 0; i < 2 * COUNT; i++)
        assert_true(fabsf(whole[i]) <= CEILING * 1.0001f);
}

/* A quarter of the rate at 45 degrees: every sample is 3 dB lower than the wave. */
static void test_peaks_between_low_samples_are_found(void **state)
{
    (void)state;
    fill(1.2, FV_RATE / 4.0);
    run(whole, 1152);
    for (int i = 0; i < 2 * COUNT; i++)
        assert_true(fabsf(whole[i]) < 0.72f * CEILING);
}

static void test_the_division_into_calls_changes_nothing(void **state)
{
    (void)state;
    fill(0.5, 440);
    for (int i = 3000; i < 40000; i += 2777)
        in[i] = 1.3f;
    run(whole, 1152);
    const int steps[] = {1, 77, 500};
    for (int i = 0; i < 3; i++) {
        run(parts, steps[i]);
        assert_memory_equal(parts, whole, sizeof whole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_taps_are_a_windowed_sinc),
        cmocka_unit_test(test_quiet_sound_passes_bit_for_bit),
        cmocka_unit_test(test_loud_sound_stays_below_the_ceiling),
        cmocka_unit_test(test_peaks_between_low_samples_are_found),
        cmocka_unit_test(test_the_division_into_calls_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
