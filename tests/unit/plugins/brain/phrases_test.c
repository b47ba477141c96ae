/* phrases_test.c - where the count of eight begins. */
#include "phrases.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define BARS 43

static float change[BARS];
static bool is_behind_odd[BARS];
static uint8_t position[BARS];

/* The sound changes a little at every line, and much at every `every`th from `first` on,
 * up to `end`. */
static void change_at(int first, int every, int end)
{
    for (int b = first; b < end; b += every)
        change[b] = 6.0f;
}

static int setup(void **state)
{
    (void)state;
    for (int b = 0; b < BARS; b++)
        change[b] = 1.0f;
    memset(is_behind_odd, 0, sizeof is_behind_odd);
    return 0;
}

static void count(void)
{
    float evidence[BARS];
    fill_evidence(change, BARS, evidence);
    assert_int_equal(count_bars(evidence, is_behind_odd, BARS, position), 0);
}

static void test_phrases_begin_where_the_sound_changes(void **state)
{
    (void)state;
    change_at(2, 8, BARS);
    count();
    for (int b = 0; b < BARS; b++)
        assert_int_equal(position[b], (b + 6) % 8);
}

static void test_a_phrase_of_four_bars_moves_those_behind_it(void **state)
{
    (void)state;
    change_at(0, 8, 17);
    change_at(20, 8, BARS);
    count();
    for (int b = 0; b < 20; b++)
        assert_int_equal(position[b], b % 8);
    for (int b = 20; b < BARS; b++)
        assert_int_equal(position[b], (b + 4) % 8);
}

static void test_fours_that_change_as_much_as_eights_are_halves_of_phrases(void **state)
{
    (void)state;
    change_at(0, 4, BARS);
    count();
    for (int b = 0; b < BARS; b++)
        assert_int_equal(position[b], b % 8);
}

static void test_a_bar_of_two_starts_the_count_anew(void **state)
{
    (void)state;
    change_at(0, 8, 13);
    change_at(13, 8, 14);
    is_behind_odd[13] = true;
    count();
    for (int b = 0; b < BARS; b++)
        assert_int_equal(position[b], b < 13 ? b % 8 : (b - 13) % 8);
}

static void test_what_rings_on_at_the_end_begins_no_phrase(void **state)
{
    (void)state;
    change[BARS - 1] = 40.0f;
    count();
    for (int b = 0; b < BARS; b++)
        assert_int_equal(position[b], b % 8);
}

static void test_one_line_that_changes_does_not_start_the_count_anew(void **state)
{
    (void)state;
    change_at(0, 8, BARS);
    change[19] = 12.0f;
    count();
    for (int b = 0; b < BARS; b++)
        assert_int_equal(position[b], b % 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_phrases_begin_where_the_sound_changes, setup),
        cmocka_unit_test_setup(test_a_phrase_of_four_bars_moves_those_behind_it, setup),
        cmocka_unit_test_setup(
            test_fours_that_change_as_much_as_eights_are_halves_of_phrases, setup),
        cmocka_unit_test_setup(test_a_bar_of_two_starts_the_count_anew, setup),
        cmocka_unit_test_setup(test_what_rings_on_at_the_end_begins_no_phrase, setup),
        cmocka_unit_test_setup(test_one_line_that_changes_does_not_start_the_count_anew,
                               setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
