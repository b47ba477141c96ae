/* isolator_test.c - each band takes its own, the three are the whole, and nothing depends
 * on how the sound is divided. */
#include "fixture.h"

#include "../../../../plugins/mixer/sound/isolator.c"

#define COUNT 9000

static float in[2 * (COUNT + 2 * ISOLATOR_REACH)], whole[2 * COUNT], parts[2 * COUNT];
static struct isolator isolator;

static void fill(double hz)
{
    for (int i = 0; i < COUNT + 2 * ISOLATOR_REACH; i++) {
        in[2 * i] = (float)(0.5 * sin(TURN * hz * i / FV_RATE));
        in[2 * i + 1] = -in[2 * i];
    }
}

static void run_low(float *out, int step)
{
    isolator_init(&isolator);
    for (int at = 0; at < COUNT; at += step) {
        int count = COUNT - at < step ? COUNT - at : step;
        isolator_low(&isolator, in + 2 * at, at - 3001, count, out + 2 * at);
    }
}

static double rms(const float *samples)
{
    double sum = 0;
    for (int i = 0; i < 2 * COUNT; i++)
        sum += (double)samples[i] * (double)samples[i];
    return sqrt(sum / (2 * COUNT));
}

static void test_without_its_low_band_a_bass_is_gone(void **state)
{
    (void)state;
    const double pitches[] = {30, 60, 110};
    for (int p = 0; p < 3; p++) {
        fill(pitches[p]);
        run_low(whole, 1152);
        for (int i = 0; i < 2 * COUNT; i++)
            parts[i] = in[2 * ISOLATOR_REACH + i] - whole[i];
        assert_true(rms(parts) < 0.06 * 0.354); /* 24 dB */
    }
}

static void test_the_low_band_leaves_the_rest(void **state)
{
    (void)state;
    const double pitches[] = {400, 1000, 5000, 12000};
    for (int p = 0; p < 4; p++) {
        fill(pitches[p]);
        run_low(whole, 1152);
        assert_true(rms(whole) < 0.03 * 0.354);
    }
}

static void test_the_high_band_takes_treble_only(void **state)
{
    (void)state;
    isolator_init(&isolator);
    fill(12000);
    isolator_high(&isolator, in, ISOLATOR_FRAMES, whole);
    double high = 0;
    for (int i = 0; i < 2 * ISOLATOR_FRAMES; i++)
        high += fabs((double)whole[i]) / (2 * ISOLATOR_FRAMES);
    fill(500);
    isolator_high(&isolator, in, ISOLATOR_FRAMES, whole);
    double low = 0;
    for (int i = 0; i < 2 * ISOLATOR_FRAMES; i++)
        low += fabs((double)whole[i]) / (2 * ISOLATOR_FRAMES);
    assert_true(high > 0.3 && low < 0.02);
}

static void test_the_division_into_calls_changes_nothing(void **state)
{
    (void)state;
    fill(77);
    run_low(whole, 1152);
    const int steps[] = {1, 13, 640};
    for (int i = 0; i < 3; i++) {
        run_low(parts, steps[i]);
        assert_memory_equal(parts, whole, sizeof whole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_its_low_band_a_bass_is_gone),
        cmocka_unit_test(test_the_low_band_leaves_the_rest),
        cmocka_unit_test(test_the_high_band_takes_treble_only),
        cmocka_unit_test(test_the_division_into_calls_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
