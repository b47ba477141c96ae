/* fours_test.c - where the one goes over from one count to another. */
#include "fours.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define WINDOWS 8
#define BEATS (WINDOWS * HOP + HOP)
#define COLUMNS (MEL_BANDS + 2 * FLUX_BANDS)
#define LATER 66 /* the one from here on, behind a bar of two */

static float here[WINDOWS][4], row[BEATS * COLUMNS];
static double time_of[BEATS];
static uint8_t phase[WINDOWS];
static struct views views;
static const struct changes changes = {row, BEATS};
static const struct strip_d beats = {time_of, BEATS, BEATS};

/* Music that begins on its one; all of it together says that the one is two beats later.
 */
static int setup(void **state)
{
    (void)state;
    memset(here, 0, sizeof here);
    memset(row, 0, sizeof row);
    views = (struct views){.windows = WINDOWS,
                           .here = here,
                           .all = {FIRST, 0, 6, 0},
                           .first = {FIRST, 0, 0, 0},
                           .phase = phase};
    for (int i = 0; i < BEATS; i++)
        time_of[i] = 0.5 * i;
    return 0;
}

/* Windows up to `end` are heard from beat 0, the others from beat 2. */
static void hear(int end)
{
    for (int w = 0; w < WINDOWS; w++)
        here[w][w < end ? 0 : 2] = 2;
}

static void sound_from(int beat, float level)
{
    for (int i = beat * COLUMNS; i < BEATS * COLUMNS; i++)
        row[i] = level;
}

static void assert_phases(int end)
{
    find_path(&views);
    begin_by_first(&views);
    for (int w = 0; w < WINDOWS; w++)
        assert_int_equal(phase[w], w < end ? 0 : 2);
}

static void test_the_beginning_is_counted_from_its_first_beat(void **state)
{
    (void)state;
    hear(3);
    assert_phases(3);
}

static void test_a_beginning_that_sounds_like_the_rest_is_an_upbeat(void **state)
{
    (void)state;
    hear(0);
    assert_phases(0);
}

static void test_one_window_alone_may_err(void **state)
{
    (void)state;
    hear(1);
    assert_phases(0);
}

static void test_a_song_without_a_first_beat_keeps_to_one_count(void **state)
{
    (void)state;
    hear(3);
    memset(views.first, 0, sizeof views.first);
    assert_phases(0);
}

static void test_the_count_goes_over_where_the_sound_changes(void **state)
{
    (void)state;
    struct strip_d one = {0};
    hear(4);
    sound_from(LATER + 1, 6); /* some of it comes late */
    find_path(&views);
    begin_by_first(&views);
    assert_int_equal(lay(&one, &views, &beats, &changes), 0);
    for (size_t i = 0; i < one.count; i++) {
        int beat = (int)(2 * one.at[i]);
        assert_int_equal(beat, i <= LATER / 4 ? 4 * i : LATER + 4 * (i - LATER / 4 - 1));
    }
    assert_int_equal(one.count, LATER / 4 + 1 + (BEATS - LATER + 3) / 4);
    free(one.at);
}

static void test_a_count_ends_with_a_section_of_eight_bars(void **state)
{
    (void)state;
    struct strip_d one = {0};
    hear(4);
    sound_from(LATER - 4, 6); /* what comes a bar before is stronger */
    sound_from(LATER, 9);
    find_path(&views);
    begin_by_first(&views);
    assert_int_equal(lay(&one, &views, &beats, &changes), 0);
    assert_true(one.at[LATER / 4] == 0.5 * (LATER - 2));
    assert_true(one.at[LATER / 4 + 1] == 0.5 * LATER);
    free(one.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_the_beginning_is_counted_from_its_first_beat, setup),
        cmocka_unit_test_setup(test_a_beginning_that_sounds_like_the_rest_is_an_upbeat,
                               setup),
        cmocka_unit_test_setup(test_one_window_alone_may_err, setup),
        cmocka_unit_test_setup(test_a_song_without_a_first_beat_keeps_to_one_count,
                               setup),
        cmocka_unit_test_setup(test_the_count_goes_over_where_the_sound_changes, setup),
        cmocka_unit_test_setup(test_a_count_ends_with_a_section_of_eight_bars, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
