/* truepeak_test.c - peaks between samples are seen, and skipping loses none. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../../../plugins/brain/ears/listen/truepeak.c"

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

/* The same without the bound that skips, one point at a time. */
static float highest_of_all(const float *in, int side)
{
    float most = 0.0f;
    for (int i = 0; i + TRUEPEAK_TAPS <= FRAMES; i++)
        for (int p = 0; p < 2; p++) {
            float there = 0.0f, back = 0.0f;
            for (int k = 0; k < TRUEPEAK_TAPS; k++) {
                float x = in[2 * (i + k) + side];
                there += phase[p][k] * x;
                back += phase[p][TRUEPEAK_TAPS - 1 - k] * x;
                most = larger(most, fabsf(x));
            }
            most = larger(most, larger(fabsf(there), fabsf(back)));
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
        memset(stereo, 0, 24 * sizeof *stereo);
        memset(stereo + 2 * (FRAMES - 12), 0, 24 * sizeof *stereo);
        for (int at = 0, run = 1; at < FRAMES; at += run, run = (int)(dice % 900u)) {
            dice = dice * 1664525u + 1013904223u;
            run = run < FRAMES - at ? run : FRAMES - at;
            truepeak_feed(&peak, stereo + 2 * at, run);
        }
        float want = larger(highest_of_all(stereo, 0), highest_of_all(stereo, 1));
        assert_float_equal(truepeak_of(&peak), want, 1e-6);
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
