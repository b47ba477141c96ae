/* track_test.c - what a track is called. */
#include "track.c"

#include "check.h"

static void test_what_has_no_title_is_called_after_its_file(void **state)
{
    static const char *const names[][2] = {
        {"/music/01 First.mp3", "01 First"},
        {"https://example.org/a/Second.flac", "Second"},
        {"/music/.hidden", ".hidden"},
        {"archive:thing/Third.v2.ogg", "Third.v2"},
        {"service:4711", "service:4711"},
        {"/music/\xff.wav", "?"},
    };
    char name[64];
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        track_file_name(names[i][0], name, sizeof name);
        assert_string_equal(name, names[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_has_no_title_is_called_after_its_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
