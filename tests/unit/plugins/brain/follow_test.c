/* follow_test.c - beats that a bending chain has left are found again by what they
 * sound like. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../../../plugins/brain/ears/grid/follow.h"

#define SECONDS 60
#define PERIOD 0.5
#define FIRST 0.2
#define BREAK_S 35.0 /* four seconds of silence */
#define SLOWER_S 45.0
#define LOUD 8.0f
#define ROOM 8192
#define WINDOWS (SECONDS / 3)

static float onset[FLUX_BANDS][ROOM];

static void strike(int band, double time, float strength)
{
    if (time < BREAK_S || time > BREAK_S + 4.0)
        onset[band][(size_t)(time * FLUX_FPS + 0.5)] += strength;
}

/* A shuffle: kick and snare by turns, hats on beats and on their last thirds; in the end
 * each beat is `slower` seconds longer, and if it fades there are soft hats alone. */
static void play(double slower, bool fades)
{
    double time = FIRST;
    memset(onset, 0, sizeof onset);
    for (int beat = 0; time < SECONDS - 1.0; beat++) {
        bool is_soft = fades && time > SLOWER_S;
        strike(FLUX_HIGH, time, is_soft ? 3.0f : LOUD);
        if (!is_soft) {
            strike(beat % 2 ? FLUX_MID : FLUX_LOW, time, LOUD);
            strike(FLUX_HIGH, time + PERIOD * 2.0 / 3.0, LOUD);
        }
        time += PERIOD + (time > SLOWER_S ? slower : 0.0);
    }
}

static double off_beat(double time)
{
    double beats = (time - FIRST) / PERIOD;
    return fabs(beats - round(beats)) * PERIOD;
}

/* Pulses that are `late` beats late after the break. */
static void lay_pulses(struct pulse *pulse, double late)
{
    memset(pulse, 0, sizeof *pulse);
    for (double time = FIRST; time < SECONDS - 1.0; time += PERIOD)
        assert_int_equal(
            STRIP_PUSH(&pulse->time, time + (time > BREAK_S ? late * PERIOD : 0.0)), 0);
}

typedef int search(struct pulse *, const struct meter *, const struct flux *,
                   const struct tempo *);

static void find(search *how, struct pulse *pulse, const struct meter *meter)
{
    double period[WINDOWS];
    for (int w = 0; w < WINDOWS; w++)
        period[w] = PERIOD * (w < WINDOWS / 2 ? 1.003 : 0.997);
    const struct tempo tempo = {.period = period, .count = WINDOWS, .main = PERIOD};
    const struct flux flux = {.band = {onset[0], onset[1], onset[2], onset[3]},
                              .frames = (size_t)((SECONDS - 1) * FLUX_FPS)};
    assert_int_equal(how(pulse, meter, &flux, &tempo), 0);
}

static void follow(struct pulse *pulse, const struct meter *meter)
{
    find(follow_tempo, pulse, meter);
    assert_in_range(pulse->time.count, (SECONDS - 2) / PERIOD - 4, SECONDS / PERIOD);
    for (size_t i = 0; i < pulse->time.count; i++)
        if (off_beat(pulse->time.at[i]) > 0.02 &&
            fabs(pulse->time.at[i] - BREAK_S - 2) > 2)
            fail_msg("%.3f s is no beat", pulse->time.at[i]);
}

static void test_a_chain_that_slips_by_a_third_is_mended(void **state)
{
    struct meter meter = {.per_beat = 1.0, .parts = 1};
    struct pulse pulse;
    (void)state;
    play(0.0, false);
    lay_pulses(&pulse, -1.0 / 3.0);
    follow(&pulse, &meter);
    pulse_release(&pulse);
}

static void test_a_slip_that_makes_beats_less_alike_is_not_believed(void **state)
{
    struct meter meter = {.per_beat = 1.0, .parts = 2, .part = {{0.0, 0.5}, {60.0, 0.0}}};
    struct pulse pulse;
    (void)state;
    play(0.0, false);
    lay_pulses(&pulse, 0.0);
    follow(&pulse, &meter);
    pulse_release(&pulse);
}

static void test_a_slip_that_makes_beats_more_alike_is_believed(void **state)
{
    struct meter meter = {.per_beat = 1.0, .parts = 2, .part = {{0.0, 0.0}, {60.0, 0.5}}};
    struct pulse pulse;
    (void)state;
    play(0.0, false);
    lay_pulses(&pulse, 0.5);
    follow(&pulse, &meter);
    pulse_release(&pulse);
}

static void bend(double slower, bool fades, bool stays_line)
{
    struct meter meter = {.per_beat = 1.0, .bpm = 60.0 / PERIOD, .parts = 1};
    struct pulse pulse;
    play(slower, fades);
    lay_pulses(&pulse, 0.0);
    pulse.is_line = true;
    find(follow_bent, &pulse, &meter);
    assert_int_equal(pulse.is_line, stays_line);
    pulse_release(&pulse);
}

static void test_a_line_is_left_where_the_music_slows_down(void **state)
{
    (void)state;
    bend(0.0, false, true);
    bend(0.004, false, false);
}

static void test_beats_unlike_the_pattern_do_not_leave_the_line(void **state)
{
    (void)state;
    bend(0.004, true, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_chain_that_slips_by_a_third_is_mended),
        cmocka_unit_test(test_a_slip_that_makes_beats_less_alike_is_not_believed),
        cmocka_unit_test(test_a_slip_that_makes_beats_more_alike_is_believed),
        cmocka_unit_test(test_a_line_is_left_where_the_music_slows_down),
        cmocka_unit_test(test_beats_unlike_the_pattern_do_not_leave_the_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
