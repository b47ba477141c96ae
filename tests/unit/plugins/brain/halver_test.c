/* halver_test.c - a sine passes or not, and blocks of any size give the same samples. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../../../plugins/brain/ears/listen/halver.c"

#define COUNT 4000

static float in[COUNT], whole[COUNT], parts[COUNT];

static void fill_sine(double turns_per_sample)
{
    for (int i = 0; i < COUNT; i++)
        in[i] = (float)sin(6.283185307179586 * turns_per_sample * i);
}

static float loudest_after_start(int count)
{
    float most = 0.0f;
    for (int i = 30; i < count; i++)
        most = fmaxf(most, fabsf(whole[i]));
    return most;
}

static void test_low_tones_pass_with_the_stated_delay(void **state)
{
    (void)state;
    struct halver halver = {0};
    fill_sine(0.05);
    int count = halver_feed(&halver, in, COUNT, whole);
    assert_int_equal(count, COUNT / 2);
    for (int i = 30; i < count; i++)
        assert_true(fabsf(whole[i] - in[2 * i - HALVER_DELAY]) < 0.002f);
}

static void test_high_tones_do_not_fold_down(void **state)
{
    (void)state;
    struct halver halver = {0};
    fill_sine(0.36);
    int count = halver_feed(&halver, in, COUNT, whole);
    assert_true(loudest_after_start(count) < 0.002f);
}

static void test_block_sizes_change_nothing(void **state)
{
    (void)state;
    struct halver one = {0}, many = {0};
    fill_sine(0.071);
    int count = halver_feed(&one, in, COUNT, whole), got = 0;
    for (int at = 0, size = 1; at < COUNT; at += size, size = size % 97 + 1) {
        if (size > COUNT - at)
            size = COUNT - at;
        got += halver_feed(&many, in + at, size, parts + got);
    }
    assert_int_equal(got, count);
    assert_memory_equal(parts, whole, (size_t)count * sizeof *whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_low_tones_pass_with_the_stated_delay),
        cmocka_unit_test(test_high_tones_do_not_fold_down),
        cmocka_unit_test(test_block_sizes_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
