/* steady_test.c - one period of onsets that beat, shuffle or wander. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../../../plugins/brain/ears/pulse/steady.c"

#define SECONDS 90
#define ROOM 16384

static float all[ROOM];
static struct flux flux = {.all = all, .frames = (size_t)(SECONDS * FLUX_FPS)};

static void hush(void)
{
    uint32_t state = 1;
    assert_true(flux.frames <= ROOM);
    for (size_t i = 0; i < flux.frames; i++) {
        state = state * 1664525u + 1013904223u;
        all[i] = (float)(state >> 8) / 167772160.0f;
    }
}

/* An onset each `period` seconds from `time` on; the period grows by `drift` of itself in
 * a minute. */
static void play(double time, double period, double drift)
{
    for (; time < SECONDS - 0.1; time += period * (1.0 + drift * time / 60))
        all[(size_t)(time * FLUX_FPS)] += 1.0f;
}

static struct steady find(double period)
{
    struct steady out;
    assert_int_equal(steady_find(&out, &flux, 1.01 * period, 0.02), 0);
    return out;
}

static void test_beats_and_their_parts_are_steady(void **state)
{
    static const double part[] = {1.0, 0.5, 1.0 / 3.0, 0.25};
    (void)state;
    for (int k = 0; k < 4; k++) {
        hush();
        play(0.2, 0.4713 * part[k], 0.0);
        struct steady found = find(0.4713);
        assert_true(fabs(found.period - 0.4713) < 2e-5);
        assert_true(found.wander_s < 0.005);
        double off = (found.phase - 0.2) / (0.4713 * part[k]);
        assert_true(fabs(off - round(off)) < 0.05);
    }
}

/* The third partial is the strongest, and would as well lie a third off. */
static void test_swung_notes_leave_the_pulses_on_the_straight_ones(void **state)
{
    (void)state;
    for (double first = 0.2; first < 0.5; first += 0.07) {
        hush();
        play(first, 0.3333, 0.0);
        play(first, 0.6666, 0.0);
        play(first + 0.65 * 0.3333, 0.3333, 0.0);
        struct steady found = find(0.3333);
        double off = (found.phase - first) / 0.3333;
        assert_true(fabs(off - round(off)) < 0.08);
    }
}

static void test_what_slows_down_is_not(void **state)
{
    (void)state;
    hush();
    play(0.2, 0.4713, 0.02);
    assert_true(find(0.4713).wander_s > 0.015);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_beats_and_their_parts_are_steady),
        cmocka_unit_test(test_swung_notes_leave_the_pulses_on_the_straight_ones),
        cmocka_unit_test(test_what_slows_down_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
