/* bytes_test.c - a run of bytes grows, is consumed, and can be empty. */
#include "bytes.c"

#include "check.h"

TEST(test_bytes_grow_and_are_consumed_at_the_front)
{
    struct bytes bytes = {0};
    uint8_t all[5000];
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (uint8_t)(i * 31);
    for (size_t i = 0, step = 1; i < sizeof all; i += step, step = step % 700 + 13) {
        if (step > sizeof all - i)
            step = sizeof all - i;
        bytes_append(&bytes, all + i, step);
    }
    assert_int_equal(bytes.length, sizeof all);
    assert_memory_equal(bytes.at, all, sizeof all);
    bytes_consume(&bytes, 1234);
    assert_int_equal(bytes.length, sizeof all - 1234);
    assert_memory_equal(bytes.at, all + 1234, bytes.length);
    bytes_consume(&bytes, bytes.length);
    assert_int_equal(bytes.length, 0);
    bytes_release(&bytes);
}

TEST(test_printf_appends_and_leaves_no_zero_behind)
{
    struct bytes bytes = {0};
    char long_text[1000];
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = 0;
    bytes_printf(&bytes, "%d,", 42);
    bytes_printf(&bytes, "%s", "");
    bytes_printf(&bytes, "%s", long_text);
    assert_int_equal(bytes.length, 3 + 999);
    assert_memory_equal(bytes.at, "42,xxx", 6);
    bytes_release(&bytes);
}

TEST(test_empty_bytes_need_no_memory)
{
    struct bytes bytes = {0};
    bytes_append(&bytes, NULL, 0);
    bytes_consume(&bytes, 0);
    assert_null(bytes.at);
    bytes_release(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes_grow_and_are_consumed_at_the_front),
        cmocka_unit_test(test_printf_appends_and_leaves_no_zero_behind),
        cmocka_unit_test(test_empty_bytes_need_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
