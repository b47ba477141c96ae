/* wire_test.c - messages come out as they went in, however the socket cuts them. */
#include "wire.c"

#include "check.h"

#include <stdlib.h>

TEST(test_message_comes_out_as_it_went_in)
{
    struct bytes all = {0};
    uint64_t numbers[] = {7, UINT64_MAX, 0}, number;
    wire_put(&all, WIRE_FRAMES, numbers, 3, "frame", 5);
    wire_put(&all, WIRE_CREDIT, numbers, 1, NULL, 0);
    struct wire_message message = {0};
    int64_t taken = wire_peek(all.at, all.length, &message);
    assert_int_equal(taken, 8 + 24 + 5);
    assert_int_equal(message.type, WIRE_FRAMES);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(wire_take(&message, &number), 0);
        assert_true(number == numbers[i]);
    }
    assert_int_equal(message.length, 5);
    assert_memory_equal(message.body, "frame", 5);
    assert_int_equal(wire_take(&message, &number), -EPROTO);
    bytes_consume(&all, (size_t)taken);
    assert_int_equal(wire_peek(all.at, all.length, &message), 16);
    assert_int_equal(message.type, WIRE_CREDIT);
    bytes_consume(&all, 16);
    assert_int_equal(wire_peek(all.at, all.length, &message), 0);
    bytes_release(&all);
}

TEST(test_message_is_not_whole_until_its_last_byte)
{
    struct bytes all = {0};
    uint64_t number = 3;
    struct wire_message message = {0};
    wire_put(&all, WIRE_COMMAND, &number, 1, "reload mixer", 12);
    for (size_t cut = 0; cut < all.length; cut++) {
        uint8_t *exactly = must_alloc(cut); /* a sanitizer sees a byte read too far */
        memcpy(exactly, all.at, cut);
        assert_int_equal(wire_peek(exactly, cut, &message), 0);
        free(exactly);
    }
    assert_true(wire_peek(all.at, all.length, &message) == (int64_t)all.length);
    bytes_release(&all);
}

TEST(test_length_beyond_the_limit_is_not_our_protocol)
{
    struct wire_head head = {.length = WIRE_MAX + 1, .type = WIRE_READY};
    struct wire_message message = {0};
    assert_int_equal(wire_peek((uint8_t *)&head, sizeof head, &message), -EPROTO);
    head.length = WIRE_MAX;
    assert_int_equal(wire_peek((uint8_t *)&head, sizeof head, &message), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_message_comes_out_as_it_went_in),
        cmocka_unit_test(test_message_is_not_whole_until_its_last_byte),
        cmocka_unit_test(test_length_beyond_the_limit_is_not_our_protocol),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
