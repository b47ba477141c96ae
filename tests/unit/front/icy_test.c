/* icy_test.c - blocks that a player takes apart again. */
#include "icy.c"

#include "check.h"

static void assert_block(const char *title, const char *text)
{
    char block[ICY_MAX];
    size_t length = icy_block(title, block);
    assert_int_equal(length, 1 + 16 * (size_t)(unsigned char)block[0]);
    assert_true(length <= ICY_MAX);
    assert_memory_equal(block + 1, text, strlen(text));
    for (size_t i = 1 + strlen(text); i < length; i++)
        assert_int_equal(block[i], 0);
    assert_true(length - 1 - strlen(text) < 16);
}

TEST(test_block_is_padded_to_sixteens)
{
    char block[ICY_MAX];
    assert_int_equal(icy_block(NULL, block), 1);
    assert_int_equal(block[0], 0);
    assert_block("", "StreamTitle='';");
    assert_block("A", "StreamTitle='A';"); /* sixteen, exactly */
    assert_block("Artist - Title", "StreamTitle='Artist - Title';");
}

TEST(test_title_cannot_end_the_block_early)
{
    assert_block("';StreamUrl='x", "StreamTitle='`;StreamUrl=`x';");
}

TEST(test_long_title_is_cut_between_characters)
{
    char title[1000], block[ICY_MAX];
    for (size_t shift = 0; shift < 3; shift++) {
        memset(title, 'x', shift);
        for (size_t i = shift; i + 3 < sizeof title; i += 3)
            memcpy(title + i, "東", 4);
        size_t length = icy_block(title, block);
        assert_true(length <= ICY_MAX);
        const char *end = strstr(block + 1, "';");
        assert_non_null(end);
        assert_int_equal((end - block - 1 - 13 - (long)shift) % 3, 0);
        assert_true(end - block > 460);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_block_is_padded_to_sixteens),
        cmocka_unit_test(test_title_cannot_end_the_block_early),
        cmocka_unit_test(test_long_title_is_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
