/* The resampler is transparent, and its seams can't be heard. */
#include "resample.c"

#include "fixture.h"

/* A source of one sine, without a file. */
struct sine {
    struct source base;
    double hz;
    int64_t at;
};

static int sine_read(struct source *source, float *out, int frames)
{
    struct sine *sine = (struct sine *)source;
    int64_t left = sine->base.length - sine->at;
    if (frames > left)
        frames = (int)left;
    for (int i = 0; i < frames; i++, sine->at++)
        out[2 * i] = out[2 * i + 1] =
            (float)(0.5 *
                    sin(2.0 * M_PI * sine->hz * (double)sine->at / sine->base.rate));
    return frames;
}

static int sine_seek(struct source *source, int64_t frame)
{
    ((struct sine *)source)->at = frame;
    return 0;
}

static const struct source_kind sine_kind = {sine_read, sine_seek, NULL};

static void test_sine_stays_a_sine_over_all_seams(void **state)
{
    (void)state;
    static const uint32_t rates[] = {8000,  11025, 22050, 32000,
                                     44099, 48000, 96000, 192000};
    for (size_t k = 0; k < sizeof rates / sizeof *rates; k++) {
        struct sine sine = {
            {.kind = &sine_kind, .length = 4 * rates[k], .rate = rates[k], .channels = 2},
            0.3 * 8000 * 0.9 + 7.0,
            0};
        struct resampler *resampler = NULL;
        assert_int_equal(resampler_new(&sine.base, &resampler), 0);
        enum { SECONDS = 4 };
        static float out[SECONDS * FV_RATE * FV_CHANNELS];
        assert_int_equal(resampler_read(resampler, out, SECONDS * FV_RATE),
                         SECONDS * FV_RATE);
        double worst = 0.0;
        for (int i = FV_RATE / 2; i < SECONDS * FV_RATE - FV_RATE / 2; i++) {
            double wanted = 0.5 * sin(2.0 * M_PI * sine.hz * i / FV_RATE);
            worst = fmax(worst, fabs(out[2 * i] - wanted));
        }
        if (worst > 1e-6) /* -120 dB */
            fail_msg("%u Hz: off by %.1f dB", rates[k], 20.0 * log10(worst));
        assert_int_equal(resampler_read(resampler, out, 1), 0);
        resampler_free(resampler);
    }
}

static double level_of(double hz)
{
    static float out[4 * FV_RATE];
    struct sine sine = {
        {.kind = &sine_kind, .length = 2 * 48000, .rate = 48000, .channels = 2}, hz, 0};
    struct resampler *resampler = NULL;
    double power = 0;
    assert_int_equal(resampler_new(&sine.base, &resampler), 0);
    assert_int_equal(resampler_read(resampler, out, 2 * FV_RATE), 2 * FV_RATE);
    resampler_free(resampler);
    for (int i = FV_RATE / 2; i < FV_RATE * 3 / 2; i++)
        power += (double)out[2 * i] * out[2 * i] / FV_RATE;
    return 10 * log10(power / 0.125 + 1e-20);
}

static void test_what_44100_hz_cannot_hold_is_gone_and_the_rest_is_not(void **state)
{
    (void)state;
    assert_true(fabs(level_of(19900)) < 0.01);
    assert_true(level_of(22100) < -100);
    assert_true(level_of(23900) < -100);
}

static void test_length_is_the_nearest_frame(void **state)
{
    (void)state;
    assert_int_equal(resampled_length(48000, 48000), 44100);
    assert_int_equal(resampled_length(0, 48000), 0);
    assert_int_equal(resampled_length(1, 192000), 0);
    assert_int_equal(resampled_length(3, 192000), 1);
    assert_int_equal(resampled_length((int64_t)1 << 40, 8000), 0x58333333333);
}

static void test_freeing_nothing_is_fine(void **state)
{
    (void)state;
    resampler_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sine_stays_a_sine_over_all_seams),
        cmocka_unit_test(test_what_44100_hz_cannot_hold_is_gone_and_the_rest_is_not),
        cmocka_unit_test(test_length_is_the_nearest_frame),
        cmocka_unit_test(test_freeing_nothing_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
