/* Channels go where they belong, and never clip on the way. */
#include "downmix.c"

#include "fixture.h"

static void test_mono_goes_to_both_sides_as_it_is(void **state)
{
    (void)state;
    struct downmix mix;
    downmix_init(&mix, NULL, 1);
    float in[2] = {0.5f, -1.0f}, out[4];
    downmix_run(&mix, in, out, 2);
    assert_memory_equal(out, ((float[]){0.5f, 0.5f, -1.0f, -1.0f}), sizeof out);
}

static void test_stereo_stays_as_it_is(void **state)
{
    (void)state;
    struct downmix mix;
    downmix_init(&mix, NULL, 2);
    float in[4] = {0.5f, -1.0f, 0.25f, 1.0f}, out[4];
    downmix_run(&mix, in, out, 2);
    assert_memory_equal(out, in, sizeof out);
}

static void test_surround_keeps_its_sides_and_does_not_clip(void **state)
{
    (void)state;
    static const int map[6] = {SF_CHANNEL_MAP_LEFT,      SF_CHANNEL_MAP_RIGHT,
                               SF_CHANNEL_MAP_CENTER,    SF_CHANNEL_MAP_LFE,
                               SF_CHANNEL_MAP_REAR_LEFT, SF_CHANNEL_MAP_REAR_RIGHT};
    struct downmix mix;
    downmix_init(&mix, map, 6);
    float all[6] = {1, 1, 1, 1, 1, 1}, left[6] = {1}, center[6] = {0, 0, 1},
          lfe[6] = {0, 0, 0, 1};
    float out[2];
    downmix_run(&mix, all, out, 1);
    assert_true(out[0] <= 1.0001f && out[0] > 0.99f && out[0] == out[1]);
    downmix_run(&mix, left, out, 1);
    assert_true(out[0] > 0.3f && out[1] == 0.0f);
    downmix_run(&mix, center, out, 1);
    assert_true(out[0] > 0.2f && out[0] == out[1]);
    downmix_run(&mix, lfe, out, 1);
    assert_true(out[0] == 0.0f && out[1] == 0.0f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mono_goes_to_both_sides_as_it_is),
        cmocka_unit_test(test_stereo_stays_as_it_is),
        cmocka_unit_test(test_surround_keeps_its_sides_and_does_not_clip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
