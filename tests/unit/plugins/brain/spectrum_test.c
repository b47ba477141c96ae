/* spectrum_test.c - powers as the definition of the transform gives them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../../../plugins/brain/ears/listen/spectrum.c"

static float samples[SPECTRUM_LONGEST], power[SPECTRUM_BINS(SPECTRUM_LONGEST)];

static double defined_power(int size, int bin)
{
    double re = 0.0, im = 0.0;
    for (int i = 0; i < size; i++) {
        double window = (0.5 - 0.5 * cos(2.0 * M_PI * i / size)) * 4.0 / size;
        double turn = 2.0 * M_PI * (double)bin * i / size;
        re += window * (double)samples[i] * cos(turn);
        im -= window * (double)samples[i] * sin(turn);
    }
    return re * re + im * im;
}

static void test_powers_are_those_of_the_definition(void **state)
{
    (void)state;
    const int sizes[] = {1024, 2048};
    uint32_t dice = 1;
    for (int i = 0; i < SPECTRUM_LONGEST; i++) {
        dice = dice * 1664525u + 1013904223u;
        samples[i] = (float)(dice >> 8) / 8388608.0f - 1.0f;
    }
    for (int s = 0; s < 2; s++) {
        struct spectrum spectrum;
        assert_int_equal(spectrum_init(&spectrum, sizes[s]), 0);
        spectrum_find(&spectrum, samples, power);
        for (int k = 0; k < SPECTRUM_BINS(sizes[s]); k++)
            assert_float_equal(power[k], defined_power(sizes[s], k), 1e-6);
        spectrum_release(&spectrum);
    }
}

static void test_a_full_scale_sine_has_magnitude_one(void **state)
{
    (void)state;
    struct spectrum spectrum;
    for (int i = 0; i < 1024; i++)
        samples[i] = sinf(2.0f * (float)M_PI * 100.0f * (float)i / 1024.0f);
    assert_int_equal(spectrum_init(&spectrum, 1024), 0);
    spectrum_find(&spectrum, samples, power);
    assert_float_equal(power[100], 1.0, 1e-4);
    assert_float_equal(power[200], 0.0, 1e-9);
    spectrum_release(&spectrum);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_powers_are_those_of_the_definition),
        cmocka_unit_test(test_a_full_scale_sine_has_magnitude_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
