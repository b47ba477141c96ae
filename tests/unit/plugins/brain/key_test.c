/* key_test.c - scales and cadences, in tune and out of it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../../../plugins/brain/ears/key.c"

#define RATE 5512.5

/* Three-note chords, a second each, the last of them the tonic's. */
static struct key key_of(const int (*chord)[3], int chords, int up, double cents,
                         double *tuning)
{
    struct pitch pitch;
    struct harmony harmony;
    struct key key;
    assert_int_equal(pitch_init(&pitch), 0);
    for (int c = 0; c < 2 * chords; c++) {
        static float second[5512];
        for (int i = 0; i < 5512; i++) {
            second[i] = 0.0f;
            for (int n = 0; n < 3; n++) {
                double semitone = chord[c % chords][n] + up + cents / 100.0 - 9.0;
                double turn = 2 * M_PI * 440.0 * pow(2.0, semitone / 12.0) * i / RATE;
                second[i] += (float)(0.2 * sin(turn) + 0.1 * sin(2 * turn));
            }
        }
        assert_int_equal(pitch_feed(&pitch, second, 5512), 0);
    }
    assert_int_equal(harmony_init(&harmony, &pitch), 0);
    key_find(&key, &(struct key_ears){&harmony, &(struct strip_d){0}, 1.0});
    *tuning = pitch_tuning(&pitch);
    harmony_release(&harmony);
    pitch_release(&pitch);
    return key;
}

static const int cadence[4][3] = {{0, 4, 7}, {5, 9, 12}, {7, 11, 14}, {0, 4, 7}};
static const int minor[4][3] = {{0, 3, 7}, {5, 8, 12}, {7, 10, 14}, {0, 3, 7}};

static void test_cadences_name_their_keys(void **state)
{
    (void)state;
    double tuning;
    for (int up = 0; up < 12; up++) {
        assert_int_equal(key_of(cadence, 4, up, 0.0, &tuning).tonic_mode, up);
        assert_int_equal(key_of(minor, 4, up, 0.0, &tuning).tonic_mode, 12 + up);
    }
}

static void test_tuning_is_measured_and_does_not_move_the_key(void **state)
{
    (void)state;
    static const double cents[] = {-40.0, -20.0, 15.0, 35.0};
    for (size_t k = 0; k < sizeof cents / sizeof *cents; k++) {
        double tuning;
        assert_int_equal(key_of(cadence, 4, 2, cents[k], &tuning).tonic_mode, 2);
        if (fabs(tuning - cents[k]) > 6.0)
            fail_msg("%.0f cents measured as %.1f", cents[k], tuning);
    }
}

/* A major triad for a bar, a minor one a fourth above it for three. */
static void test_triads_are_told_by_root_and_mode(void **state)
{
    enum { FRAMES = 80 }; /* four bars of two seconds */
    (void)state;
    for (int root = 0; root < FV_CHROMA; root++) {
        float chroma[FRAMES * FV_CHROMA] = {0}, x[KEY_INPUTS];
        uint8_t bass[FRAMES];
        int minor_root = (root + 5) % FV_CHROMA;
        for (int n = 0; n < FRAMES; n++) {
            int low = n < 20 ? root : minor_root, third = n < 20 ? 4 : 3;
            bass[n] = (uint8_t)low;
            chroma[n * FV_CHROMA + low] = 0.4f;
            chroma[n * FV_CHROMA + (low + third) % FV_CHROMA] = 0.3f;
            chroma[n * FV_CHROMA + (low + 7) % FV_CHROMA] = 0.3f;
        }
        struct harmony harmony = {.chroma = chroma, .bass = bass, .frames = FRAMES};
        double begins = 0.0;
        assert_true(key_inputs(
            &(struct key_ears){&harmony, &(struct strip_d){&begins, 1, 1}, 2.002}, x));
        const float *all = x + AT_TRIAD, *bar = x + AT_BAR_TRIAD;
        for (int k = 0; k < KEY_TRIADS; k++) {
            assert_true(k == FV_CHROMA + minor_root || all[k] < all[12 + minor_root]);
            assert_true(k == root || bar[k] < bar[root]);
            assert_true(k == FV_CHROMA + minor_root ||
                        bar[2 * KEY_TRIADS + k] < bar[2 * KEY_TRIADS + 12 + minor_root]);
        }
    }
}

static void test_silence_has_no_key(void **state)
{
    (void)state;
    struct harmony nothing = {0};
    struct key key;
    key_find(&key, &(struct key_ears){&nothing, &(struct strip_d){0}, 1.0});
    assert_int_equal(key.tonic_mode, -1);
    assert_true(key.confidence <= 0.0f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cadences_name_their_keys),
        cmocka_unit_test(test_tuning_is_measured_and_does_not_move_the_key),
        cmocka_unit_test(test_triads_are_told_by_root_and_mode),
        cmocka_unit_test(test_silence_has_no_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
