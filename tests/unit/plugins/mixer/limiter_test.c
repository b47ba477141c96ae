/* limiter_test.c - what it passes untouched, what it holds, and that nothing depends on
 * how the sound is divided. */
#include "fixture.h"

#include "../../../../plugins/mixer/sound/limiter.c"

#define COUNT 20000
#define CEILING 0.87f

static float in[2 * (LIMITER_BEFORE + COUNT + LIMITER_BEHIND)];
static float whole[2 * COUNT], parts[2 * COUNT];

static void fill(double level, double hz)
{
    for (int i = 0; i < LIMITER_BEFORE + COUNT + LIMITER_BEHIND; i++)
        in[2 * i] = in[2 * i + 1] =
            (float)(level * sin(TURN * hz * i / FV_RATE + 0.7854));
}

/* Limit from a frame on, `step` frames at a time. */
static void run_from(int from, float *out, int step)
{
    struct limiter *limiter = calloc(1, sizeof *limiter);
    const float *next = in + 2 * from;
    for (int at = from; at < COUNT; at += step) {
        int count = COUNT - at < step ? COUNT - at : step;
        int wanted = limiter_wants(limiter, count);
        memcpy(limiter_room(limiter), next, (size_t)wanted * 2 * sizeof *next);
        limiter_put(limiter, wanted);
        next += 2 * wanted;
        limiter_take(limiter, count, CEILING, out + 2 * (at - from));
    }
    free(limiter);
}

static void run(float *out, int step)
{
    run_from(0, out, step);
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
    assert_memory_equal(whole, in + 2 * LIMITER_BEFORE, sizeof whole);
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

/* Peaks of all heights, some of which take longer to forget than is looked back. */
static void fill_with_peaks(void)
{
    fill(0.5, 440);
    for (int i = 3000; i < 2 * (LIMITER_BEFORE + COUNT); i += 9973)
        in[i] = 0.9f + (float)(i % 7);
}

static void test_the_division_into_calls_changes_nothing(void **state)
{
    (void)state;
    fill_with_peaks();
    run(whole, 1152);
    const int steps[] = {1, 77, 500};
    for (int i = 0; i < 3; i++) {
        run(parts, steps[i]);
        assert_memory_equal(parts, whole, sizeof whole);
    }
}

static void test_where_it_begins_changes_nothing(void **state)
{
    (void)state;
    fill_with_peaks();
    run(whole, 1152);
    const int starts[] = {1, 1000, 4321, COUNT - 1};
    for (int i = 0; i < 4; i++) {
        run_from(starts[i], parts, 1152);
        assert_memory_equal(parts, whole + 2 * starts[i],
                            (size_t)(COUNT - starts[i]) * 2 * sizeof *whole);
    }
}

/* A wave of 50 Hz whose peaks are 4 dB too high: what is no longer a sine of 50 Hz. */
static void test_a_deep_wave_keeps_its_shape(void **state)
{
    (void)state;
    const int period = FV_RATE / 50, first = COUNT - 10 * period;
    double in_phase = 0, across = 0, power = 0;
    fill(1.6 * (double)CEILING, 50);
    run(whole, 1152);
    for (int i = first; i < COUNT; i++) {
        double turn = TURN * i / period, value = (double)whole[2 * i];
        in_phase += value * sin(turn);
        across += value * cos(turn);
        power += value * value;
    }
    double sine = (in_phase * in_phase + across * across) * 2 / (COUNT - first);
    assert_true(power - sine < 0.005 * 0.005 * power);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_taps_are_a_windowed_sinc),
        cmocka_unit_test(test_quiet_sound_passes_bit_for_bit),
        cmocka_unit_test(test_loud_sound_stays_below_the_ceiling),
        cmocka_unit_test(test_peaks_between_low_samples_are_found),
        cmocka_unit_test(test_the_division_into_calls_changes_nothing),
        cmocka_unit_test(test_where_it_begins_changes_nothing),
        cmocka_unit_test(test_a_deep_wave_keeps_its_shape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
