/* key_test.c - scales and cadences, in tune and out of it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../../../plugins/brain/ears/form/key.c"

#define RATE 5512.5

static const struct strip_d no_times;

/* Three-note chords, a second each, the last of them the tonic's. */
static struct key key_of(const int (*chord)[3], int chords, int up, double cents,
                         double *tuning)
{
    static struct pitch pitch;
    static struct deep deep;
    struct harmony harmony;
    struct key key;
    assert_int_equal(pitch_init(&pitch), 0);
    assert_int_equal(deep_init(&deep), 0);
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
        assert_int_equal(deep_feed(&deep, second, 5512), 0);
    }
    assert_int_equal(harmony_init(&harmony, &pitch, &deep), 0);
    key_find(&key, &(struct key_ears){&harmony, &no_times, &no_times, 1.0});
    *tuning = pitch_tuning(&pitch);
    harmony_release(&harmony);
    pitch_release(&pitch);
    deep_release(&deep);
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

/* A major triad for a bar, a minor one a fourth above it for three; a section begins with
 * the second of them. */
static void test_triads_are_told_by_root_and_mode(void **state)
{
    enum { FRAMES = 80 }; /* four bars of two seconds */
    (void)state;
    for (int root = 0; root < FV_CHROMA; root++) {
        float chroma[FRAMES * FV_CHROMA] = {0}, x[KEY_INPUTS];
        float bass[FRAMES * FV_CHROMA] = {0};
        int minor_root = (root + 5) % FV_CHROMA;
        for (int n = 0; n < FRAMES; n++) {
            int low = n < 20 ? root : minor_root, third = n < 20 ? 4 : 3;
            bass[n * FV_CHROMA + low] = 0.1f;
            chroma[n * FV_CHROMA + low] = 0.4f;
            chroma[n * FV_CHROMA + (low + third) % FV_CHROMA] = 0.3f;
            chroma[n * FV_CHROMA + (low + 7) % FV_CHROMA] = 0.3f;
        }
        struct harmony harmony = {.chroma = chroma, .bass = bass, .frames = FRAMES};
        double begins = 0.0;
        double turns = 4.004;
        struct strip_d phrase = {&begins, 1, 1}, section = {&turns, 1, 1};
        assert_true(
            key_inputs(&(struct key_ears){&harmony, &phrase, &section, 2.002}, x));
        const float *all = x + AT_TRIAD, *bar = x + AT_BARS + AT_TRIAD;
        const float *turn = x + AT_SECTION + AT_TRIAD;
        for (int k = 0; k < KEY_TRIADS; k++) {
            assert_true(k == FV_CHROMA + minor_root || all[k] < all[12 + minor_root]);
            assert_true(k == FV_CHROMA + minor_root || turn[k] < turn[12 + minor_root]);
            assert_true(k == root || bar[k] < bar[root]);
            assert_true(k == FV_CHROMA + minor_root ||
                        bar[2 * PLACE + k] < bar[2 * PLACE + 12 + minor_root]);
        }
    }
}

/* G major falls to C minor, which A minor follows, half a bar each. */
static void test_what_the_fifth_falls_to_is_told(void **state)
{
    enum { FRAMES = 120 };
    (void)state;
    static const int triads[3][3] = {{7, 11, 2}, {0, 3, 7}, {9, 0, 4}};
    float chroma[FRAMES * FV_CHROMA] = {0}, bass[FRAMES * FV_CHROMA] = {0};
    float x[KEY_INPUTS];
    for (int n = 0; n < FRAMES; n++)
        for (int k = 0; k < 3; k++)
            chroma[n * FV_CHROMA + triads[n / 10 % 3][k]] = 0.33f;
    struct harmony harmony = {.chroma = chroma, .bass = bass, .frames = FRAMES};
    assert_true(key_inputs(&(struct key_ears){&harmony, &no_times, &no_times, 2.002}, x));
    assert_true(x[AT_FALL + FV_CHROMA] > 2.0f * x[AT_FALL + FV_CHROMA + 9]);
}

/* Four seconds of C, four of F, under a louder A that stays. */
static void test_a_drum_that_keeps_its_pitch_is_no_bass(void **state)
{
    static struct pitch pitch;
    static struct deep deep;
    static float second[5512];
    struct harmony harmony;
    (void)state;
    assert_int_equal(pitch_init(&pitch), 0);
    assert_int_equal(deep_init(&deep), 0);
    for (int s = 0; s < 16; s++) {
        for (int i = 0; i < 5512; i++) {
            double turn = 2 * M_PI * (s * 5512 + i) / RATE;
            second[i] = (float)(0.6 * sin(55.0 * turn) +
                                0.1 * sin((s / 4 % 2 ? 43.654 : 65.406) * turn));
        }
        assert_int_equal(pitch_feed(&pitch, second, 5512), 0);
        assert_int_equal(deep_feed(&deep, second, 5512), 0);
    }
    assert_int_equal(harmony_init(&harmony, &pitch, &deep), 0);
    for (int s = 1; s < 15; s++) {
        float chroma[FV_CHROMA] = {0}, bass[FV_CHROMA] = {0};
        add_notes(&harmony, s, s + 1, chroma, bass);
        for (int c = 0; c < FV_CHROMA && s % 4 && s % 4 < 3; c++)
            assert_true(c == (s / 4 % 2 ? 5 : 0) || bass[c] < bass[s / 4 % 2 ? 5 : 0]);
    }
    harmony_release(&harmony);
    pitch_release(&pitch);
    deep_release(&deep);
}

static void test_silence_has_no_key(void **state)
{
    (void)state;
    struct harmony nothing = {0};
    struct key key;
    key_find(&key, &(struct key_ears){&nothing, &no_times, &no_times, 1.0});
    assert_int_equal(key.tonic_mode, -1);
    assert_true(key.confidence <= 0.0f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cadences_name_their_keys),
        cmocka_unit_test(test_tuning_is_measured_and_does_not_move_the_key),
        cmocka_unit_test(test_triads_are_told_by_root_and_mode),
        cmocka_unit_test(test_what_the_fifth_falls_to_is_told),
        cmocka_unit_test(test_a_drum_that_keeps_its_pitch_is_no_bass),
        cmocka_unit_test(test_silence_has_no_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
