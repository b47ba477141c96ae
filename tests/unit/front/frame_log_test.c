/* frame_log_test.c - what the ring holds, held against a plain list of all frames. */
#include "frame_log.c"

#include "check.h"

#define FRAMES 16
#define BYTES 20

/* Frame n has a length and bytes of its own; `take` tells two frames of one number apart.
 */
static size_t make_frame(uint64_t n, unsigned take, uint8_t *frame)
{
    size_t length = 1 + (size_t)((n * 7 + take * 3) % BYTES);
    for (size_t i = 0; i < length; i++)
        frame[i] = (uint8_t)(n * 131 + take * 17 + i);
    return length;
}

static void assert_holds(const struct frame_log *log, uint64_t n, unsigned take)
{
    uint8_t frame[BYTES], held[BYTES];
    size_t length = make_frame(n, take, frame), used = 0;
    uint64_t from = frame_log_byte(log, n), to = frame_log_byte(log, n + 1);
    assert_int_equal(to - from, length);
    struct iovec pieces[2];
    int count = frame_log_pieces(log, from, to, pieces);
    assert_in_range(count, 1, 2);
    for (int i = 0; i < count; i++) {
        memcpy(held + used, pieces[i].iov_base, pieces[i].iov_len);
        used += pieces[i].iov_len;
    }
    assert_memory_equal(held, frame, length);
}

TEST(test_log_follows_a_plain_list_through_pushes_and_truncations)
{
    enum { MOST = 40000 };
    static unsigned takes[MOST];
    struct frame_log log;
    unsigned take = 0;
    size_t wrapped = 0;
    assert_int_equal(frame_log_init(&log, FRAMES, BYTES / 2), 0);
    srand(7);
    for (int round = 0; round < 20000; round++) {
        if (rand() % 8 == 0 && log.next > log.oldest) {
            uint64_t from = log.oldest + (uint64_t)rand() % (log.next - log.oldest + 1);
            frame_log_truncate(&log, from);
            assert_true(log.next == from);
        } else {
            uint8_t frame[BYTES];
            uint64_t oldest = log.oldest;
            takes[log.next] = ++take;
            frame_log_push(&log, frame, make_frame(log.next, take, frame));
            assert_true(log.oldest >= oldest);
        }
        assert_true(log.next - log.oldest <= FRAMES);
        for (uint64_t n = log.oldest; n < log.next; n++)
            assert_holds(&log, n, takes[n]);
        struct iovec pieces[2];
        wrapped += frame_log_pieces(&log, frame_log_byte(&log, log.oldest), log.end,
                                    pieces) == 2;
    }
    assert_true(wrapped > 1000);
    frame_log_release(&log);
}

TEST(test_the_oldest_fall_out_by_count_and_by_bytes)
{
    struct frame_log log;
    uint8_t frame[BYTES] = {0};
    frame_log_init(&log, 4, BYTES);
    for (int i = 0; i < 6; i++)
        frame_log_push(&log, frame, 1);
    assert_int_equal(log.oldest, 2);
    assert_int_equal(log.next, 6);
    for (int i = 0; i < 4; i++)
        frame_log_push(&log, frame, BYTES);
    assert_int_equal(log.oldest, 6); /* four full ones fit, and nothing beside them */
    frame_log_release(&log);
    frame_log_init(&log, 4, 4); /* sixteen bytes */
    frame_log_push(&log, frame, 7);
    frame_log_push(&log, frame, 7);
    frame_log_push(&log, frame, 3);
    assert_int_equal(log.oldest, 1);
    frame_log_push(&log, frame, 16);
    assert_int_equal(log.oldest, 3);
    frame_log_release(&log);
}

TEST(test_run_of_no_bytes_is_no_piece)
{
    struct frame_log log;
    struct iovec pieces[2];
    frame_log_init(&log, FRAMES, BYTES);
    assert_int_equal(frame_log_pieces(&log, 0, 0, pieces), 0);
    frame_log_release(&log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_log_follows_a_plain_list_through_pushes_and_truncations),
        cmocka_unit_test(test_the_oldest_fall_out_by_count_and_by_bytes),
        cmocka_unit_test(test_run_of_no_bytes_is_no_piece),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
