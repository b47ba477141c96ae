/* attack_test.c - the beginning of a rise, whatever the sound is made of. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../../../plugins/brain/ears/grid/attack.c"

#define RATE 22050
#define SECONDS 10

static float samples[RATE * SECONDS];

/* A sound every half second from 0.3 s on, `hz` high, rising over `rise_s`. */
static void fill(double hz, double rise_s)
{
    memset(samples, 0, sizeof samples);
    for (int k = 0; k < 2 * SECONDS - 2; k++) {
        int first = (int)((0.3 + 0.5 * k) * RATE);
        for (int i = 0; i < RATE / 5 && first + i < RATE * SECONDS; i++) {
            double t = (double)i / RATE, up = rise_s > 0 ? fmin(1.0, t / rise_s) : 1.0;
            samples[first + i] =
                (float)(0.5 * up * exp(-t / 0.08) * cos(2 * M_PI * hz * t));
        }
    }
}

static struct attack find_near(double near)
{
    static struct bands bands;
    struct attacks attacks;
    memset(&bands, 0, sizeof bands);
    assert_int_equal(bands_feed(&bands, samples, RATE * SECONDS), 0);
    attacks_init(&attacks, &bands, 0.0);
    struct attack found = attack_find(&attacks, near, 0.045);
    bands_release(&bands);
    return found;
}

static void test_every_band_gives_the_same_instant(void **state)
{
    (void)state;
    static const double tones[] = {60.0, 120.0, 440.0, 1500.0, 6000.0};
    for (size_t k = 0; k < sizeof tones / sizeof *tones; k++) {
        fill(tones[k], 0.0);
        struct attack found = find_near(5.32);
        if (fabs(found.time - 5.3) > 0.003)
            fail_msg("%.0f Hz: %.2f ms off", tones[k], 1000.0 * (found.time - 5.3));
    }
}

static void test_slow_rise_is_dated_near_its_beginning(void **state)
{
    (void)state;
    fill(440.0, 0.02);
    struct attack found = find_near(5.31);
    assert_true(found.time > 5.297 && found.time < 5.307);
}

static void test_silence_has_no_attack(void **state)
{
    (void)state;
    memset(samples, 0, sizeof samples);
    assert_true(find_near(5.0).height <= 0.0f);
}

static void test_attack_out_of_reach_is_not_taken(void **state)
{
    (void)state;
    fill(440.0, 0.0);
    assert_true(find_near(5.55).height < 0.1f);
}

/* By how much a tone that is loud all along rises near 5 s, if its level goes up there by
 * `db`. */
static float rise_by(double db)
{
    static struct bands bands;
    static float rise[RATE * SECONDS / BANDS_HOP];
    struct attacks attacks;
    float sum = 0.0f;
    memset(&bands, 0, sizeof bands);
    for (int i = 0; i < RATE * SECONDS; i++)
        samples[i] = (float)(0.3 * pow(10.0, (i < 5 * RATE ? 0.0 : db) / 20.0) *
                             sin(2.0 * M_PI * 5512.5 * i / RATE));
    assert_int_equal(bands_feed(&bands, samples, RATE * SECONDS), 0);
    attacks_init(&attacks, &bands, 0.0);
    attacks_rises(&attacks, rise);
    for (size_t n = (size_t)(4.9 * BANDS_FPS); n < (size_t)(5.1 * BANDS_FPS); n++)
        sum += rise[n];
    bands_release(&bands);
    return sum;
}

static void test_a_level_that_is_nearly_the_same_rises_by_next_to_nothing(void **state)
{
    (void)state;
    float most = 0.0f;
    for (double db = 0.05; db < 0.5; db += 0.05) {
        float rise = rise_by(db), before = rise_by(db - 0.05);
        most = fmaxf(most, rise - before);
    }
    assert_true(most < 0.01f);
    assert_true(rise_by(0.5) > 0.01f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_band_gives_the_same_instant),
        cmocka_unit_test(test_slow_rise_is_dated_near_its_beginning),
        cmocka_unit_test(test_silence_has_no_attack),
        cmocka_unit_test(test_attack_out_of_reach_is_not_taken),
        cmocka_unit_test(test_a_level_that_is_nearly_the_same_rises_by_next_to_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
