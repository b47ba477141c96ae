/* utf8_test.c - what comes out can be printed, stored and put in JSON, whatever went in.
 */
#include "utf8.c"

#include "check.h"

#include <jansson.h>
#include <stdlib.h>

static void assert_cleaned(const char *in, const char *expected)
{
    char out[64];
    assert_int_equal(utf8_clean(in, out, sizeof out), strlen(expected));
    assert_string_equal(out, expected);
}

TEST(test_good_text_stays_as_it_is)
{
    assert_cleaned("", "");
    assert_cleaned("Motörhead – 東京 🎧", "Motörhead – 東京 🎧");
    assert_cleaned("\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"); /* U+10FFFF, the last */
    assert_cleaned("\xed\x9f\xbf\xee\x80\x80", "\xed\x9f\xbf\xee\x80\x80");
}

TEST(test_overlong_forms_and_surrogates_are_replaced)
{
    assert_cleaned("a\xc0\xafz", "a??z");       /* a slash in two bytes */
    assert_cleaned("\xe0\x80\xaf", "???");      /* ... in three */
    assert_cleaned("\xf0\x80\x80\xaf", "????"); /* ... in four */
    assert_cleaned("\xed\xa0\x80", "???");      /* U+D800 */
    assert_cleaned("\xed\xbf\xbf", "???");      /* U+DFFF */
    assert_cleaned("\xf4\x90\x80\x80", "????"); /* beyond U+10FFFF */
    assert_cleaned("\xff\xfe\x80", "???");
}

TEST(test_control_characters_are_replaced)
{
    assert_cleaned("a\nb\x1b[2Jc\x7f", "a?b?[2Jc?");
    assert_cleaned("\xc2\x9b", "??");      /* U+009B, CSI to some terminals */
    assert_cleaned("\xe2\x80\xa8", "???"); /* U+2028, a line end to JavaScript */
}

TEST(test_sequence_cut_short_at_the_end_is_not_read_past)
{
    const char *const cut[] = {"\xc3", "\xe6\x9d", "\xf0\x9f\x8e"};
    for (size_t i = 0; i < 3; i++) {
        char *exactly = strdup(cut[i]), out[8];
        assert_int_equal(utf8_clean(exactly, out, sizeof out), strlen(cut[i]));
        assert_int_equal(strspn(out, "?"), strlen(cut[i]));
        free(exactly);
    }
}

TEST(test_text_is_cut_between_characters)
{
    const char *in = "ä東🎧";
    size_t whole[] = {0, 0, 0, 2, 2, 2, 5, 5, 5, 5, 9};
    for (size_t cap = 0; cap <= 10; cap++) {
        char *out = malloc(cap + 1); /* one more, so that cap 0 has memory too */
        out[cap] = 'x';
        assert_int_equal(utf8_clean(in, out, cap), whole[cap]);
        assert_int_equal(out[cap], 'x');
        assert_memory_equal(out, in, whole[cap]);
        assert_true(cap == 0 || out[whole[cap]] == 0);
        free(out);
    }
}

TEST(test_any_bytes_become_a_text_that_json_takes)
{
    srand(1);
    for (int round = 0; round < 20000; round++) {
        char in[24], out[24];
        size_t length = (size_t)rand() % sizeof in;
        for (size_t i = 0; i < length; i++)
            in[i] = (char)(rand() % 3 ? 0x80 + rand() % 0x80 : rand());
        in[length < sizeof in ? length : sizeof in - 1] = 0;
        utf8_clean(in, out, 1 + (size_t)rand() % sizeof out);
        json_t *text = json_string(out);
        assert_non_null(text);
        json_decref(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_text_stays_as_it_is),
        cmocka_unit_test(test_overlong_forms_and_surrogates_are_replaced),
        cmocka_unit_test(test_control_characters_are_replaced),
        cmocka_unit_test(test_sequence_cut_short_at_the_end_is_not_read_past),
        cmocka_unit_test(test_text_is_cut_between_characters),
        cmocka_unit_test(test_any_bytes_become_a_text_that_json_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
