/* lines_test.c - a machine's syncopated figure, whose accents mislead a tempogram. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../../../plugins/brain/ears/pulse/lines.c"
#include "../../../../plugins/brain/ears/pulse/tempo.c"

#define ROOM 32768
#define ROW_S 0.12 /* a quarter of a beat at 125 BPM */

static float all[ROOM];
static struct flux flux = {.all = all};

static double dice(void)
{
    static uint32_t state = 1;
    state = state * 1664525u + 1013904223u;
    return (state >> 8) / 16777216.0;
}

/* Onsets on some rows of 32, again and again, each up to `loose` seconds off. */
static void play(double seconds, uint32_t rows, double loose)
{
    float mean = 0.0f;
    flux.frames = (size_t)(seconds * FLUX_FPS);
    assert_true(flux.frames <= ROOM);
    for (size_t i = 0; i < flux.frames; i++)
        all[i] = 0.1f * (float)dice();
    for (int k = 0; 0.2 + ROW_S * k < seconds - 0.2; k++) {
        double at = (0.2 + ROW_S * k + loose * (2.0 * dice() - 1.0)) * FLUX_FPS;
        float share = (float)(at - floor(at));
        if (!(rows >> k % 32 & 1))
            continue;
        all[(size_t)at] += 1.0f - share;
        all[(size_t)at + 1] += share;
    }
    for (size_t i = 0; i < flux.frames; i++)
        mean += all[i] / (float)flux.frames;
    for (size_t i = 0; i < flux.frames; i++)
        all[i] -= mean;
}

static double bpm_of(bool *is_lines)
{
    struct tempo tempo;
    assert_int_equal(tempo_init(&tempo, &flux), 0);
    double bpm = 60.0 / tempo.main;
    *is_lines = tempo.is_lines;
    for (size_t w = 0; tempo.is_lines && w < tempo.count; w++)
        assert_true(tempo.period[w] == tempo.main);
    tempo_release(&tempo);
    return bpm;
}

static void test_a_figure_without_beats_is_at_its_machines_tempo(void **state)
{
    static const uint32_t figures[] = {0x32018040, 0x3022800c, 0x18180224, 0x400a0810};
    (void)state;
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        bool is_lines;
        play(150.0, figures[i], 0.0);
        assert_true(fabs(bpm_of(&is_lines) - 125.0) < 0.02);
        assert_true(is_lines);
    }
}

static void test_what_a_tempogram_finds_is_left_to_it(void **state)
{
    bool is_lines;
    (void)state;
    play(150.0, 0x11111111, 0.0);
    assert_true(fabs(bpm_of(&is_lines) - 125.0) < 1.0);
    assert_false(is_lines);
}

static void test_people_are_no_machines(void **state)
{
    bool is_lines;
    (void)state;
    play(150.0, 0x32018040, 0.05);
    bpm_of(&is_lines);
    assert_false(is_lines);
}

static void test_short_and_very_long_music_has_no_lines(void **state)
{
    struct lines lines;
    (void)state;
    play(50.0, 0x32018040, 0.0);
    assert_int_equal(lines_init(&lines, &flux, 0.65), 0);
    assert_null(lines.sum);
    struct flux longer = {.all = all, .frames = LONGEST + 1};
    assert_int_equal(lines_init(&lines, &longer, 0.65), 0);
    assert_null(lines.sum);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_figure_without_beats_is_at_its_machines_tempo),
        cmocka_unit_test(test_what_a_tempogram_finds_is_left_to_it),
        cmocka_unit_test(test_people_are_no_machines),
        cmocka_unit_test(test_short_and_very_long_music_has_no_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
