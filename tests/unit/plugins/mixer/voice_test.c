/* voice_test.c - what a stretched track keeps: its pitch, its attacks, its beats, and
 * the same bits from every offset. */
#include "fixture.h"

#include "../../../../plugins/mixer/sound/voice.c"

#include <stdio.h>

#define BEAT 20672.0 /* 128 BPM */
#define BEATS 40
#define LENGTH ((int64_t)(BEATS * BEAT))

static struct fv_warp warp[BEATS + 1];
static struct fv_part part;
static struct fv_segment segment;

static void lay_warp(double rate, double start)
{
    for (int i = 0; i <= BEATS; i++)
        warp[i] = (struct fv_warp){i * BEAT, start + i * BEAT * rate};
    part = (struct fv_part){
        .struct_size = sizeof part, .warp = warp, .warp_count = BEATS + 1};
    segment = (struct fv_segment){.struct_size = sizeof segment,
                                  .kind = FV_PLAY,
                                  .length = LENGTH,
                                  .parts = &part,
                                  .part_count = 1,
                                  .params = "{}",
                                  .why = ""};
}

static float *read_all(const struct sound *sound, int64_t from, int64_t to, int chunk)
{
    struct voice voice;
    float *out = calloc((size_t)(to - from) * 2, sizeof *out);
    assert_int_equal(voice_open(&voice, &segment, 0, &sound->pcm, from), 0);
    for (int64_t at = from; at < to; at += chunk) {
        int run = to - at < chunk ? (int)(to - at) : chunk;
        assert_int_equal(voice_read(&voice, out + 2 * (at - from), run), 0);
    }
    return out;
}

static void test_at_the_recorded_speed_it_is_the_recording_bit_for_bit(void **state)
{
    (void)state;
    struct sound sound;
    sound_make(&sound, 200000);
    sound_add_noise(&sound, 5, 0.5f);
    lay_warp(1, 1234);
    float *got = read_all(&sound, -700, 100000, 1000);
    assert_memory_equal(got + 1400, sound.samples + 2 * 1234, 100000 * 2 * sizeof(float));
    free(got);
    sound_free(&sound);
}

static void test_stretched_it_is_the_same_from_any_offset_and_in_any_pieces(void **state)
{
    (void)state;
    struct sound sound;
    sound_make(&sound, LENGTH + 100000);
    sound_add_noise(&sound, 5, 0.05f);
    sound_add_sine(&sound, 110, 0.2);
    for (int i = 0; i < BEATS; i++)
        sound_add_kick(&sound, 1000 + i * BEAT * 0.96, 0.7);
    lay_warp(0.96, 1000);
    float *whole = read_all(&sound, 0, LENGTH, 1152);
    const int64_t offsets[] = {-500, 1, 20000, 333333, LENGTH - 5000};
    for (int i = 0; i < 5; i++) {
        float *part_of = read_all(&sound, offsets[i], LENGTH, 77 + 200 * i);
        int64_t from = offsets[i] > 0 ? offsets[i] : 0;
        assert_memory_equal(part_of + 2 * (from - offsets[i]), whole + 2 * from,
                            (size_t)(LENGTH - from) * 2 * sizeof(float));
        free(part_of);
    }
    free(whole);
    sound_free(&sound);
}

/* Where the kick that should be at `due` begins to rise. */
static double rise_at(const float *samples, double due, double *rise)
{
    int64_t from = (int64_t)due - 1500;
    float most = 0;
    double low = -1;
    for (int64_t i = from; i < from + 4000; i++)
        most = fmaxf(most, fabsf(samples[2 * i]));
    for (int64_t i = from; i < from + 4000; i++) {
        if (low < 0 && fabsf(samples[2 * i]) > 0.1f * most)
            low = (double)i;
        if (fabsf(samples[2 * i]) > 0.9f * most) {
            *rise = (double)i - low;
            break;
        }
    }
    return low;
}

static void test_kicks_keep_their_attack_and_their_time(void **state)
{
    (void)state;
    const double rates[] = {0.94, 0.97, 0.995, 1.01, 1.04, 1.06};
    for (int r = 0; r < 6; r++) {
        struct sound sound;
        sound_make(&sound, (int64_t)((double)LENGTH * 1.1));
        for (int i = 0; i < BEATS; i++)
            sound_add_kick(&sound, 3000 + i * BEAT * rates[r], 0.7);
        lay_warp(rates[r], 3000);
        float *got = read_all(&sound, 0, LENGTH, 1152);
        double rise, rise_before;
        double was = rise_at(sound.samples, 3000 + 4 * BEAT * rates[r], &rise_before);
        was -= 3000 + 4 * BEAT * rates[r];
        for (int i = 1; i < BEATS - 1; i++) {
            double at = rise_at(got, i * BEAT, &rise) - i * BEAT - was;
            if (fabs(at) > 0.0025 * FV_RATE || rise > 1.1 * rise_before)
                print_message("rate %.3f beat %d: %.2f ms off, rise %.0f of %.0f\n",
                              rates[r], i, 1000 * at / FV_RATE, rise, rise_before);
            assert_true(fabs(at) < 0.0025 * FV_RATE);
            assert_true(rise <= 1.1 * rise_before);
        }
        free(got);
        sound_free(&sound);
    }
}

/* Where, without the hiss, half of the kick's height is reached. */
static double thump_at(const float *samples, double due)
{
    enum { AROUND = 1500, DULLED = 32 };
    double dull[2 * AROUND], most = 0;
    const float *from = samples + 2 * ((int64_t)due - AROUND);
    int at = 0;
    for (int i = 0; i < 2 * AROUND; i++) {
        dull[i] = 0;
        for (int k = 0; k < DULLED; k++)
            dull[i] += (double)from[2 * (i + k)] / DULLED;
        most = fmax(most, fabs(dull[i]));
    }
    while (fabs(dull[at]) < 0.5 * most)
        at++;
    return at - AROUND;
}

static void test_kicks_under_hiss_keep_their_time(void **state)
{
    (void)state;
    struct sound sound;
    sound_make(&sound, (int64_t)((double)LENGTH * 1.1));
    sound_add_noise(&sound, 5, 0.15f);
    for (int i = 0; i < BEATS; i++)
        sound_add_kick(&sound, 3000 + i * BEAT * 0.97, 0.7);
    lay_warp(0.97, 3000);
    float *got = read_all(&sound, 0, LENGTH, 1152);
    for (int i = 1; i < BEATS - 1; i++) {
        double was = thump_at(sound.samples, 3000 + i * BEAT * 0.97);
        assert_true(fabs(thump_at(got, i * BEAT) - was) < 0.0025 * FV_RATE);
    }
    free(got);
    sound_free(&sound);
}

/* Power of the best sine of a pitch over that of what is left without it, in dB. */
static double snr_of(const float *samples, int count, double hz)
{
    double cc = 0, cs = 0, ss = 0, cx = 0, sx = 0, all = 0;
    for (int i = 0; i < count; i++) {
        double x = (double)samples[2 * i];
        double c = cos(TURN * hz * i / FV_RATE), s = sin(TURN * hz * i / FV_RATE);
        cc += c * c;
        cs += c * s;
        ss += s * s;
        cx += c * x;
        sx += s * x;
        all += x * x;
    }
    double det = cc * ss - cs * cs;
    double a = (cx * ss - sx * cs) / det, b = (sx * cc - cx * cs) / det;
    double tone = a * cx + b * sx;
    return 10 * log10(tone / fmax(all - tone, 1e-12));
}

/* What lies on both sides out of phase is nothing in their sum: joins have to fit it all
 * the same. */
static void test_a_sine_stays_one_where_its_sides_cancel(void **state)
{
    (void)state;
    const double pitches[] = {110, 220, 440};
    for (int p = 0; p < 3; p++) {
        struct sound sound;
        sound_make(&sound, (int64_t)((double)LENGTH * 1.1));
        sound_add_sine(&sound, pitches[p], 0.5);
        for (int64_t i = 0; i < sound.pcm.length; i++)
            sound.samples[2 * i + 1] *= -1;
        for (int i = 0; i < BEATS; i++)
            sound_add_kick(&sound, 3000 + i * BEAT * 1.04, 0.3);
        lay_warp(1.04, 3000);
        float *got = read_all(&sound, 0, LENGTH, 1152);
        double sum = 0;
        int windows = 0;
        for (int64_t i = 0; i < LENGTH; i++)
            got[2 * i] = (got[2 * i] - got[2 * i + 1]) / 2;
        for (int64_t i = 0; i + 4410 < LENGTH; i += 4410, windows++)
            sum += pow(10, -snr_of(got + 2 * i, 4410, pitches[p]) / 10);
        double mean = -10 * log10(sum / windows);
        if (mean < 20)
            print_message("%7.1f Hz out of phase: SNR %.1f dB\n", pitches[p], mean);
        assert_true(mean > 20);
        free(got);
        sound_free(&sound);
    }
}

static void test_a_sine_stays_a_sine_of_its_pitch(void **state)
{
    (void)state;
    const double pitches[] = {55, 82.4, 220, 440, 997, 3001};
    for (int p = 0; p < 6; p++)
        for (int sign = -1; sign <= 1; sign += 2) {
            struct sound sound;
            sound_make(&sound, (int64_t)((double)LENGTH * 1.1));
            sound_add_sine(&sound, pitches[p], 0.5);
            lay_warp(1 + 0.04 * sign, 3000);
            float *got = read_all(&sound, 0, LENGTH, 1152);
            int turns = 0;
            int64_t first = 0, last = 0;
            for (int64_t i = 1; i < LENGTH; i++)
                if (got[2 * i - 2] < 0 && got[2 * i] >= 0) {
                    first = first ? first : i;
                    turns += first != i;
                    last = i;
                }
            double hz = turns * (double)FV_RATE / (double)(last - first);
            double cents = 1200 * log2(hz / pitches[p]);
            double worst = 1000, sum = 0;
            int windows = 0;
            for (int64_t i = 0; i + 4410 < LENGTH; i += 4410, windows++) {
                double snr = snr_of(got + 2 * i, 4410, pitches[p]);
                worst = fmin(worst, snr);
                sum += pow(10, -snr / 10);
            }
            double mean = -10 * log10(sum / windows);
            if (mean < 40)
                print_message(
                    "%7.1f Hz %+d %%: %.2f cents, SNR %.1f dB (worst tenth %.1f)\n",
                    pitches[p], 4 * sign, cents, mean, worst);
            assert_true(fabs(cents) < 3);
            assert_true(mean > 35);
            free(got);
            sound_free(&sound);
        }
}

static void test_an_echo_repeats_the_last_beat_softly_at_its_ends(void **state)
{
    (void)state;
    enum { AT = 30000, BEAT_FRAMES = 20000, COUNT = 60000, EDGE = 256 };
    struct sound sound;
    struct voice voice;
    static float out[2 * COUNT];
    sound_make(&sound, 200000);
    sound_add_noise(&sound, 5, 0.5f);
    lay_warp(1, 1000);
    assert_int_equal(voice_open(&voice, &segment, 0, &sound.pcm, 0), 0);
    voice_echo(&voice, AT, BEAT_FRAMES);
    for (int at = 0; at < COUNT; at += 500)
        assert_int_equal(voice_read(&voice, out + 2 * at, 500), 0);
    const float *dry = sound.samples + 2 * 1000;
    size_t middle = (BEAT_FRAMES - 2 * EDGE) * 2 * sizeof *out;
    assert_memory_equal(out, dry, (AT - EDGE) * 2 * sizeof *out);
    assert_memory_equal(out + 2 * (AT + EDGE), dry + 2 * (AT - BEAT_FRAMES + EDGE),
                        middle);
    for (int n = AT - 3; n < AT + 3; n++)
        assert_true(fabsf(out[2 * n]) < 0.01f);
    sound_free(&sound);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_at_the_recorded_speed_it_is_the_recording_bit_for_bit),
        cmocka_unit_test(test_stretched_it_is_the_same_from_any_offset_and_in_any_pieces),
        cmocka_unit_test(test_kicks_keep_their_attack_and_their_time),
        cmocka_unit_test(test_kicks_under_hiss_keep_their_time),
        cmocka_unit_test(test_a_sine_stays_a_sine_of_its_pitch),
        cmocka_unit_test(test_a_sine_stays_one_where_its_sides_cancel),
        cmocka_unit_test(test_an_echo_repeats_the_last_beat_softly_at_its_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
