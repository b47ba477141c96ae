/* Text from files is made clean, whatever it was. */
#include "tag.c"

#include "fixture.h"

static void assert_tag(const char *text, size_t bytes, const char *wanted)
{
    char tag[FV_TAG] = "before";
    tag_set(tag, text, bytes);
    assert_string_equal(tag, wanted);
}

static void test_text_becomes_clean_utf8(void **state)
{
    (void)state;
    assert_tag("plain", 5, "plain");
    assert_tag("Bj\xc3\xb6rk", 6, "Bj\xc3\xb6rk");
    assert_tag("Bj\xf6rk", 5, "Bj\xc3\xb6rk"); /* Latin-1 */
    assert_tag("\xf0\x9f\x8e\xb5 \xe2\x82\xac", 8, "\xf0\x9f\x8e\xb5 \xe2\x82\xac");
    assert_tag(" \t a\r\n\x1b[31mb \0 c\x7f", 16, "a [31mb c");
    assert_tag("x\xe2\x80\xa8y\xef\xbb\xbf", 8,
               "x y"); /* line separator, byte order mark */
}

static void test_malformed_utf8_is_taken_for_latin1(void **state)
{
    (void)state;
    assert_tag("\xc0\xaf", 2, "\xc3\x80\xc2\xaf");                         /* overlong */
    assert_tag("\xed\xa0\xa1", 3, "\xc3\xad \xc2\xa1");                    /* surrogate */
    assert_tag("\xf5\xa1\xa1\xa1", 4, "\xc3\xb5\xc2\xa1\xc2\xa1\xc2\xa1"); /* too large */
    assert_tag("a\xe2\x82", 3, "a\xc3\xa2");                               /* cut */
}

static void test_nothing_leaves_the_tag_as_it_was(void **state)
{
    (void)state;
    assert_tag("", 0, "before");
    assert_tag(" \n\0\t", 4, "before");
}

static void test_long_text_is_cut_between_characters(void **state)
{
    (void)state;
    char text[600], tag[FV_TAG];
    for (size_t i = 0; i < sizeof text; i += 3)
        memcpy(text + i, "\xe2\x82\xac", 3);
    for (size_t shift = 0; shift < 3; shift++) {
        char shifted[700] = "ab";
        memcpy(shifted + shift, text, sizeof text);
        tag_set(tag, shifted, sizeof text + shift);
        assert_true(strlen(tag) < FV_TAG && strlen(tag) > FV_TAG - 5);
        assert_true(utf8_is_valid((const uint8_t *)tag, strlen(tag)));
    }
}

static void test_genre_numbers_become_names(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"17", "Rock"},          {"(35)", "House"},    {"(17)Noise", "Noise"},
        {"(17) Noise", "Noise"}, {"(4)(19)", "Disco"}, {"Drum & Bass", "Drum & Bass"},
        {"2-step", "2-step"},    {"999", "999"},       {"(", "("}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char tag[FV_TAG] = "";
        tag_set_genre(tag, pairs[i][0], strlen(pairs[i][0]));
        assert_string_equal(tag, pairs[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_becomes_clean_utf8),
        cmocka_unit_test(test_malformed_utf8_is_taken_for_latin1),
        cmocka_unit_test(test_nothing_leaves_the_tag_as_it_was),
        cmocka_unit_test(test_long_text_is_cut_between_characters),
        cmocka_unit_test(test_genre_numbers_become_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
