/* stream_test.c - two numbers for a frame, as made and as sent, and what lies between. */
#include "stream.c"

#include "check.h"

#define FRAME_NS 26122449ull /* a little more than a frame lasts */

static struct stream stream;

static int open_stream(void **state)
{
    (void)state;
    json_t *mounts = json_loads("[{\"path\": \"/a\", \"kbps\": 128},"
                                " {\"path\": \"/b\", \"kbps\": 64}]",
                                0, NULL);
    struct stream_settings settings = {
        .mounts = mounts, .buffer_s = 4, .history_s = 2, .burst_s = 1};
    int rc = stream_init(&stream, &settings);
    json_decref(mounts);
    return rc;
}

static int close_stream(void **state)
{
    (void)state;
    stream_release(&stream);
    return 0;
}

/* A frame for each mount, its number in its bytes. returns what the last push said */
static int push(uint64_t made)
{
    int rc = 0;
    for (uint64_t mount = 0; mount < 2; mount++) {
        uint8_t frame[MP3_MAX];
        size_t length = mp3_frame_silent(mount ? 64 : 128, frame);
        memcpy(frame + 40, &made, sizeof made);
        frame[48] = 1; /* no silence of the stream's own */
        rc = stream_push(&stream, stream.epoch, made, mount, frame, length);
    }
    return rc;
}

/* The number of the engine's frame that is sent as `sent`; UINT64_MAX: a silent one. */
static uint64_t sent_frame(uint64_t sent, size_t mount)
{
    const struct frame_log *log = &stream.mounts[mount].log;
    uint8_t frame[MP3_MAX];
    size_t used = 0;
    struct iovec pieces[2];
    int count = frame_log_pieces(log, frame_log_byte(log, sent),
                                 frame_log_byte(log, sent + 1), pieces);
    for (int i = 0; i < count; i++) {
        memcpy(frame + used, pieces[i].iov_base, pieces[i].iov_len);
        used += pieces[i].iov_len;
    }
    uint64_t made;
    memcpy(&made, frame + 40, sizeof made);
    return frame[48] ? made : UINT64_MAX;
}

TEST(test_block_is_sendable_when_all_mounts_have_it)
{
    uint8_t frame[MP3_MAX];
    size_t length = mp3_frame_silent(128, frame);
    assert_int_equal(stream_push(&stream, 0, 0, 0, frame, length), 0);
    assert_int_equal(stream.mounts[0].log.next, 0);
    length = mp3_frame_silent(64, frame);
    assert_int_equal(stream_push(&stream, 0, 0, 1, frame, length), 1);
    assert_int_equal(stream.mounts[0].log.next, 1);
    assert_int_equal(stream.mounts[1].log.next, 1);
}

TEST(test_duplicates_are_ignored_and_holes_refused)
{
    uint8_t frame[MP3_MAX];
    size_t length = mp3_frame_silent(128, frame);
    assert_int_equal(push(0), 1);
    assert_int_equal(push(0), 0);
    assert_int_equal(stream.made, 1);
    assert_int_equal(stream_push(&stream, 0, 2, 0, frame, length), -EPROTO);
    assert_int_equal(stream_push(&stream, 0, 1, 2, frame, length), -EPROTO);
    assert_int_equal(stream_push(&stream, 0, 1, 0, frame, length - 1), -EPROTO);
    frame[0] = 0;
    assert_int_equal(stream_push(&stream, 0, 1, 0, frame, length), -EPROTO);
    assert_int_equal(stream_push(&stream, 9, 1, 0, frame, length),
                     0); /* of another epoch */
    assert_int_equal(push(1), 1);
}

TEST(test_frames_at_another_bit_rate_are_refused)
{
    uint8_t frame[MP3_MAX];
    size_t length = mp3_frame_silent(320, frame);
    assert_int_equal(stream_push(&stream, 0, 0, 0, frame, length), -EPROTO);
    length = mp3_frame_silent(64, frame);
    assert_int_equal(stream_push(&stream, 0, 0, 0, frame, length), -EPROTO);
    frame[2] |= 2; /* padding */
    assert_int_equal(stream_push(&stream, 0, 0, 1, frame, length + 1), 0);
}

/* A listener may come between two turns of the clock, when the log is dry. */
TEST(test_edge_does_not_run_past_what_is_there)
{
    pacer_start(&stream.pacer, 0, 0);
    push(0);
    assert_int_equal(stream_edge(&stream, 0), 0);
    assert_int_equal(stream_edge(&stream, 30 * FRAME_NS), 1);
    uint64_t edge = stream_advance(&stream, 30 * FRAME_NS);
    assert_int_equal(stream_edge(&stream, 30 * FRAME_NS), edge);
    assert_int_equal(stream_edge(&stream, 60 * FRAME_NS), edge);
    assert_int_equal(frame_log_byte(&stream.mounts[0].log, edge),
                     stream.mounts[0].log.end);
}

/* Push and starve at random; what was sent is then the truth for both mappings. */
TEST(test_numbers_as_made_and_as_sent_agree_with_what_was_sent)
{
    enum { MOST = 4000 };
    static uint64_t truth[MOST];
    uint64_t now = 1, sent = 0, made = 0, seen = 0;
    srand(3);
    pacer_start(&stream.pacer, 0, 0);
    while (stream.silence_count < STREAM_SILENCES - 1) {
        for (int n = rand() % 30; n > 0 && stream.mounts[0].log.next < sent + 150; n--)
            push(made++);
        now += (unsigned)(rand() % 40) * FRAME_NS;
        sent = stream_advance(&stream, now);
        for (; seen < stream.mounts[0].log.next; seen++) {
            assert_true(seen < MOST);
            truth[seen] = sent_frame(seen, 0);
            assert_true(sent_frame(seen, 1) == truth[seen]);
        }
    }
    uint64_t next = made, silent = 0;
    for (uint64_t n = seen; n > 0; n--) {
        uint64_t frame = truth[n - 1];
        assert_true(stream_made_of(&stream, n - 1) ==
                    (frame == UINT64_MAX ? next : frame));
        if (frame != UINT64_MAX) {
            assert_true(stream_sent_of(&stream, frame) == n - 1);
            assert_true(frame + 1 == next);
            next = frame;
        }
        silent += frame == UINT64_MAX;
    }
    assert_true(next == 0);
    assert_true(silent == stream.silent_total && silent > 100);
}

TEST(test_silences_older_than_the_list_are_still_counted)
{
    uint64_t now = 0, made = 0;
    pacer_start(&stream.pacer, 0, 0);
    for (int i = 0; i < 3 * STREAM_SILENCES; i++) {
        push(made++);
        now += 3 * FRAME_NS;
        stream_advance(&stream, now);
    }
    assert_int_equal(stream.silence_count, STREAM_SILENCES);
    uint64_t edge = stream.mounts[0].log.next;
    push(made);
    assert_true(stream_sent_of(&stream, made) == edge);
    assert_true(stream_made_of(&stream, edge) == made);
    for (uint64_t n = 0; n < 20; n++) /* those that are still in the list */
        assert_true(stream_made_of(&stream, stream_sent_of(&stream, made - n)) ==
                    made - n);
}

TEST(test_credit_is_a_buffer_beyond_the_edge)
{
    pacer_start(&stream.pacer, 0, 0);
    assert_int_equal(stream_credit(&stream, 0), pacer_frames(4));
    for (uint64_t n = 0; n < 100; n++)
        push(n);
    assert_int_equal(stream_credit(&stream, 0), pacer_frames(4));
    assert_int_equal(stream_credit(&stream, 10 * FRAME_NS), pacer_frames(4) + 10);
    stream_advance(&stream, 120 * FRAME_NS); /* twenty silent ones */
    assert_int_equal(stream_credit(&stream, 120 * FRAME_NS), 100 + pacer_frames(4));
}

TEST(test_rewind_forgets_what_is_not_sent_and_begins_an_epoch)
{
    pacer_start(&stream.pacer, 0, 0);
    for (uint64_t n = 0; n < 10; n++)
        push(n);
    stream_advance(&stream, 15 * FRAME_NS); /* frames 10 to 14 are silent */
    for (uint64_t n = 10; n < 100; n++)
        push(n);
    assert_int_equal(stream_rewind(&stream, 20 * FRAME_NS, 30), 45);
    assert_int_equal(stream.epoch, 1);
    assert_int_equal(stream.mounts[0].log.next, 50);
    assert_int_equal(stream.mounts[1].log.next, 50);
    uint8_t frame[MP3_MAX];
    size_t length = mp3_frame_silent(128, frame);
    assert_int_equal(stream_push(&stream, 0, 45, 0, frame, length), 0);
    assert_int_equal(stream.mounts[0].arriving_length,
                     0); /* of the old epoch: not kept */
    assert_int_equal(push(45), 1);
    assert_true(sent_frame(50, 0) == 45);
    assert_int_equal(stream_rewind(&stream, 20 * FRAME_NS, 1000),
                     46); /* nothing to forget */
    assert_int_equal(stream.epoch, 2);
}

#define ON_A_STREAM(test) cmocka_unit_test_setup_teardown(test, open_stream, close_stream)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_STREAM(test_block_is_sendable_when_all_mounts_have_it),
        ON_A_STREAM(test_duplicates_are_ignored_and_holes_refused),
        ON_A_STREAM(test_frames_at_another_bit_rate_are_refused),
        ON_A_STREAM(test_edge_does_not_run_past_what_is_there),
        ON_A_STREAM(test_numbers_as_made_and_as_sent_agree_with_what_was_sent),
        ON_A_STREAM(test_silences_older_than_the_list_are_still_counted),
        ON_A_STREAM(test_credit_is_a_buffer_beyond_the_edge),
        ON_A_STREAM(test_rewind_forgets_what_is_not_sent_and_begins_an_epoch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
