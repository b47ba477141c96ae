/* truepeak_test.c - peaks between samples are seen, and skipping loses none. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../../../plugins/brain/truepeak.c"

#define FRAMES 5000

static float stereo[2 * FRAMES];

static void test_peak_between_samples_is_seen(void **state)
{
    (void)state;
    struct truepeak peak = {0};
    for (int i = 0; i < FRAMES; i++) /* a quarter of the rate, samples at +-45 degrees */
        stereo[2 * i] = stereo[2 * i + 1] = (float)sin(M_PI / 2 * i + M_PI / 4);
    truepeak_feed(&peak, stereo, FRAMES);
    assert_true(fabs(truepeak_of(&peak) - 1.0) < 0.03); /* the samples reach 0.707 */
}

/* The same without the bound that skips. */
static float highest_of_all(const float *in, int side)
{
    float most = 0.0f;
    for (int i = 0; i + TRUEPEAK_TAPS <= FRAMES; i++) {
        float x[TRUEPEAK_TAPS];
        for (int k = 0; k < TRUEPEAK_TAPS; k++)
            x[k] = in[2 * (i + k) + side];
        most = larger(most, larger(oversampled(x), highest_in(x, TRUEPEAK_TAPS)));
    }
    return most;
}

static void test_skipping_loses_no_peak(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 50; seed++) {
        struct truepeak peak = {0};
        uint32_t dice = seed;
        for (int i = 0; i < 2 * FRAMES; i++) {
            dice = dice * 1664525u + 1013904223u;
            float shape = 0.2f + 0.8f * (float)(i % 700 < 40);
            stereo[i] = shape * ((float)(dice >> 8) / 8388608.0f - 1.0f);
        }
        truepeak_feed(&peak, stereo, FRAMES);
        float want = larger(highest_of_all(stereo, 0), highest_of_all(stereo, 1));
        assert_true(truepeak_of(&peak) >= (double)want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_peak_between_samples_is_seen),
        cmocka_unit_test(test_skipping_loses_no_peak),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
