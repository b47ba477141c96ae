/* loudness_test.c - the same readings as libebur128's, which is the reference here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ebur128.h>

#include "../../../../plugins/brain/ears/listen/loudness.c"

#define SECONDS 40
#define FRAMES (SECONDS * 44100)

static float stereo[2 * FRAMES];

/* Noise and tones whose level wanders over 50 dB, with silences. */
static void compose(uint32_t seed)
{
    uint32_t dice = seed;
    double level = 0.1, low = 0.0;
    for (int i = 0; i < FRAMES; i++) {
        if (i % 30000 == 0) {
            dice = dice * 1664525u + 1013904223u;
            level = dice >> 29 == 0 ? 0.0
                                    : pow(10.0, -2.5 * (double)(dice >> 8) / 16777216.0);
        }
        dice = dice * 1664525u + 1013904223u;
        double noise = (double)(dice >> 8) / 8388608.0 - 1.0;
        low += 0.05 * (noise - low);
        stereo[2 * i] = (float)(level * (low + 0.3 * sin(0.01 * i * (1 + seed % 40))));
        stereo[2 * i + 1] = (float)(level * 0.5 * (seed % 2 ? noise : low));
    }
}

static void test_readings_are_those_of_the_reference(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 12; seed++) {
        struct loudness ours;
        double lufs, range, our_range;
        compose(seed);
        ebur128_state *reference =
            ebur128_init(2, 44100, EBUR128_MODE_I | EBUR128_MODE_LRA);
        loudness_init(&ours);
        int frames = FRAMES - (int)(seed * 4000); /* ends within a block */
        ebur128_add_frames_float(reference, stereo, (size_t)frames);
        for (int at = 0, run = 1; at < frames; at += run, run = 1 + at % 5000)
            assert_int_equal(loudness_feed(&ours, stereo + 2 * at,
                                           run < frames - at ? run : frames - at),
                             0);
        ebur128_loudness_global(reference, &lufs);
        ebur128_loudness_range(reference, &range);
        assert_int_equal(loudness_range(&ours, &our_range), 0);
        assert_float_equal(loudness_integrated(&ours), lufs, 0.005);
        assert_float_equal(our_range, range, 0.02);
        ebur128_destroy(&reference);
        loudness_release(&ours);
    }
}

static void test_silence_and_short_sounds_are_at_the_gate(void **state)
{
    (void)state;
    const int lengths[] = {0, 1, 4410 * 4 - 1, 44100};
    double range;
    for (int k = 0; k < 4; k++) {
        struct loudness ours;
        loudness_init(&ours);
        for (int i = 0; i < 2 * lengths[k]; i++)
            stereo[i] = k == 3 ? 0.0f : (float)(i % 7) / 7.0f;
        loudness_feed(&ours, stereo, lengths[k]);
        assert_float_equal(loudness_integrated(&ours), LOUDNESS_SILENT, 0);
        assert_int_equal(loudness_range(&ours, &range), 0);
        assert_float_equal(range, 0, 0);
        loudness_release(&ours);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_readings_are_those_of_the_reference),
        cmocka_unit_test(test_silence_and_short_sounds_are_at_the_gate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
