/* waves_test.c - a track's waveform is found by its whole id, the last one sent. */
#include "waves.c"

#include "check.h"

#include <stdio.h>

static void put(struct waves *waves, const char *text)
{
    waves_put(waves, (const uint8_t *)text, strlen(text));
}

static void assert_found(const struct waves *waves, const char *id, const char *json)
{
    const uint8_t *at;
    size_t length = waves_find(waves, id, &at);
    assert_int_equal(length, strlen(json));
    assert_memory_equal(at, json, length);
}

TEST(test_what_was_sent_last_is_found_by_its_whole_id)
{
    struct waves waves = {0};
    const uint8_t *at;
    put(&waves, "a-1 {1}");
    put(&waves, "a-12 {12}");
    put(&waves, "a-1 {again}");
    put(&waves, "noblank");
    assert_found(&waves, "a-1", "{again}");
    assert_found(&waves, "a-12", "{12}");
    assert_int_equal(waves_find(&waves, "a-", &at), 0);
    assert_int_equal(waves_find(&waves, "", &at), 0);
    assert_int_equal(waves_find(&waves, "noblank", &at), 0);
    waves_release(&waves);
}

TEST(test_the_oldest_makes_room)
{
    struct waves waves = {0};
    const uint8_t *at;
    char text[32];
    for (int n = 0; n < WAVES_KEPT + 1; n++) {
        snprintf(text, sizeof text, "t-%d {%d}", n, n);
        put(&waves, text);
    }
    assert_int_equal(waves_find(&waves, "t-0", &at), 0);
    assert_found(&waves, "t-1", "{1}");
    waves_release(&waves);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_was_sent_last_is_found_by_its_whole_id),
        cmocka_unit_test(test_the_oldest_makes_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
