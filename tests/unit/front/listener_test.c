/* listener_test.c - real sockets with small buffers; what arrives is taken apart again.
 */
#include "listener.c"

#include "check.h"

#include "bytes.h"

#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define FRAME_NS 26122449ull
#define FRAMES_MAX 8192

static struct bed {
    uv_loop_t loop;
    uv_pipe_t socket;
    int far; /* the listener's end */
    struct stream stream;
    struct timeline timeline;
    struct listener listener;
    struct listener_view view;
    struct bytes heard;
} bed;

static int open_bed(void **state)
{
    (void)state;
    memset(&bed, 0, sizeof bed);
    json_t *mounts = json_loads("[{\"path\": \"/a\", \"kbps\": 128}]", 0, NULL);
    struct stream_settings settings = {
        .mounts = mounts, .buffer_s = 4, .history_s = 2, .burst_s = 1};
    int pair[2], small = 4096, rc = stream_init(&bed.stream, &settings);
    json_decref(mounts);
    assert_int_equal(rc, 0);
    assert_int_equal(
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair), 0);
    setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    uv_loop_init(&bed.loop);
    uv_pipe_init(&bed.loop, &bed.socket, 0);
    uv_pipe_open(&bed.socket, pair[0]);
    bed.far = pair[1];
    pacer_start(&bed.stream.pacer, 0, 0);
    bed.view = (struct listener_view){.stream = &bed.stream, .timeline = &bed.timeline};
    bed.listener.socket = (uv_stream_t *)&bed.socket;
    bed.listener.mount = &bed.stream.mounts[0];
    return 0;
}

static int close_bed(void **state)
{
    (void)state;
    listener_stop(&bed.listener);
    uv_close((uv_handle_t *)&bed.socket, NULL);
    uv_run(&bed.loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&bed.loop), 0);
    close(bed.far);
    stream_release(&bed.stream);
    timeline_release(&bed.timeline);
    bytes_release(&bed.heard);
    return 0;
}

/* A frame with its number in it, and padding now and then as real ones have. */
static size_t make_frame(uint64_t made, uint8_t *frame)
{
    size_t length = mp3_frame_silent(128, frame);
    if (made % 3 == 0) {
        frame[2] |= 2;
        frame[length++] = 0;
    }
    memset(frame + 40, (int)(made * 37 % 251), length - 40);
    memcpy(frame + 40, &made, sizeof made);
    return length;
}

static void make_frames_to(uint64_t behind)
{
    uint8_t frame[MP3_MAX];
    while (bed.stream.made < behind) {
        size_t length = make_frame(bed.stream.made, frame);
        assert_int_equal(stream_push(&bed.stream, 0, bed.stream.made, 0, frame, length),
                         1);
    }
}

/* The clock goes on to frame `edge`; the engine keeps up. */
static void go_to(uint64_t edge)
{
    make_frames_to(edge + 100);
    bed.view.edge = stream_advance(&bed.stream, edge * FRAME_NS + FRAME_NS / 2);
    assert_true(bed.view.edge == edge);
}

static size_t hear(size_t most)
{
    ssize_t count = read(bed.far, bytes_reserve(&bed.heard, most), most);
    if (count > 0)
        bed.heard.length += (size_t)count;
    return count > 0 ? (size_t)count : 0;
}

static void hear_all(void)
{
    do
        assert_int_equal(listener_serve(&bed.listener, &bed.view), 0);
    while (hear(3000) > 0);
}

/* Take what was heard apart into whole frames. returns their count, numbers in `made` */
static size_t frames_in(const uint8_t *at, size_t length, uint64_t made[FRAMES_MAX])
{
    size_t count = 0;
    while (length > 0) {
        uint8_t frame[MP3_MAX];
        size_t whole = mp3_frame_length(at, length);
        assert_true(whole > 0 && whole <= length && count < FRAMES_MAX);
        memcpy(&made[count], at + 40, sizeof *made);
        assert_int_equal(make_frame(made[count], frame), whole);
        assert_memory_equal(at, frame, whole);
        count++;
        at += whole;
        length -= whole;
    }
    return count;
}

TEST(test_burst_begins_at_a_frame_and_ends_at_the_edge)
{
    static uint64_t made[FRAMES_MAX];
    go_to(500);
    listener_start(&bed.listener, &bed.view, true);
    hear_all();
    size_t count = frames_in(bed.heard.at, bed.heard.length, made);
    assert_int_equal(count, bed.stream.burst_frames);
    assert_int_equal(made[0], 500 - bed.stream.burst_frames);
    assert_int_equal(made[count - 1], 499);
    go_to(520);
    hear_all();
    assert_int_equal(frames_in(bed.heard.at, bed.heard.length, made), count + 20);
    assert_int_equal(bed.listener.bytes_sent, bed.heard.length);
}

TEST(test_first_listener_begins_at_the_first_frame)
{
    static uint64_t made[FRAMES_MAX];
    go_to(3);
    listener_start(&bed.listener, &bed.view, true);
    hear_all();
    assert_int_equal(frames_in(bed.heard.at, bed.heard.length, made), 3);
    assert_int_equal(made[0], 0);
}

TEST(test_listener_without_burst_begins_at_the_edge)
{
    go_to(300);
    listener_start(&bed.listener, &bed.view, false);
    hear_all();
    assert_int_equal(bed.heard.length, 0);
}

/* Bytes are read in odd portions, so that every write ends somewhere within a frame. */
TEST(test_listener_that_reads_in_crumbs_gets_every_frame)
{
    static uint64_t made[FRAMES_MAX];
    srand(5);
    go_to(100);
    listener_start(&bed.listener, &bed.view, true);
    for (uint64_t edge = 101; edge < 1000; edge++) {
        go_to(edge);
        assert_int_equal(listener_serve(&bed.listener, &bed.view), 0);
        hear(300 + (size_t)rand() % 300);
    }
    hear_all();
    size_t count = frames_in(bed.heard.at, bed.heard.length, made);
    for (size_t i = 1; i < count; i++)
        assert_true(made[i] == made[i - 1] + 1);
    assert_int_equal(made[count - 1], 998);
    assert_int_equal(bed.listener.jumps, 0);
}

TEST(test_slow_listener_is_moved_forward_not_waited_for_and_no_frame_is_torn)
{
    static uint64_t made[FRAMES_MAX];
    srand(11);
    go_to(100);
    listener_start(&bed.listener, &bed.view, true);
    for (uint64_t edge = 101; edge < 3000; edge++) {
        go_to(edge);
        assert_int_equal(listener_serve(&bed.listener, &bed.view), 0);
        if (rand() % 150 == 0) /* mostly it sleeps */
            hear(1 + (size_t)rand() % 20000);
    }
    hear_all();
    size_t jumps = 0, count = frames_in(bed.heard.at, bed.heard.length, made);
    for (size_t i = 1; i < count; i++) {
        assert_true(made[i] > made[i - 1]);
        jumps += made[i] != made[i - 1] + 1;
    }
    assert_int_equal(made[count - 1], 2998);
    assert_true(jumps > 5);
    assert_true(bed.listener.jumps >= jumps); /* it may be moved twice within one gap */
}

TEST(test_slow_listener_is_dropped_where_that_is_wanted)
{
    go_to(100);
    bed.view.drops_slow = true;
    listener_start(&bed.listener, &bed.view, true);
    assert_int_equal(listener_serve(&bed.listener, &bed.view), 0);
    go_to(150);
    assert_int_equal(listener_serve(&bed.listener, &bed.view), 0);
    go_to(400);
    assert_int_equal(listener_serve(&bed.listener, &bed.view), -ETIMEDOUT);
}

/* The whole process slept for longer than the log is: the frame that was begun is gone.
 */
TEST(test_begun_frame_that_fell_out_of_the_log_is_filled_up)
{
    go_to(100);
    listener_start(&bed.listener, &bed.view, true);
    assert_int_equal(listener_serve(&bed.listener, &bed.view), 0);
    assert_true(bed.listener.offset > 0);
    uint64_t begun = bed.listener.frame;
    bed.view.edge = stream_advance(&bed.stream, 5000 * FRAME_NS); /* into silence */
    make_frames_to(bed.stream.made + 100);
    assert_true(begun < bed.listener.mount->log.oldest);
    hear_all();
    assert_int_equal(bed.listener.jumps, 1);
    size_t whole = 0;
    while (bed.heard.length > whole) { /* whole frames, but for the one that was begun */
        uint64_t number;
        memcpy(&number, bed.heard.at + whole + 40, sizeof number);
        size_t length = mp3_frame_length(bed.heard.at + whole, bed.heard.length - whole);
        if (number == begun)
            break;
        assert_true(length > 0);
        whole += length;
    }
    assert_true(whole < bed.heard.length);
    size_t length = mp3_frame_length(bed.heard.at + whole, bed.heard.length - whole);
    const uint8_t *behind = bed.heard.at + whole + length;
    behind += *behind == 0; /* room for padding that it may not have had */
    size_t left = bed.heard.length - (size_t)(behind - bed.heard.at);
    for (; left > 0; left -= length, behind += length)
        assert_true((length = mp3_frame_length(behind, left)) > 0 && length <= left);
}

TEST(test_listener_that_has_gone_is_reported)
{
    go_to(100);
    listener_start(&bed.listener, &bed.view, true);
    shutdown(bed.far, SHUT_RDWR);
    assert_true(listener_serve(&bed.listener, &bed.view) < 0);
}

/* ---- metadata -------------------------------------------------------------------------
 */

static void plan(int64_t at, int64_t length, const char *title)
{
    json_t *segment = json_pack("{s:s, s:I, s:I, s:[{s:s, s:s, s:[]}]}", "kind", "play",
                                "at", (json_int_t)at, "length", (json_int_t)length,
                                "tracks", "artist", "Artist", "title", title, "warp");
    assert_int_equal(timeline_add(&bed.timeline, segment), 0);
}

/* Take blocks out after every 16000 bytes. returns titles seen, in order, one a line */
static char *split(struct bytes *mp3)
{
    struct bytes titles = {0};
    size_t at = 0;
    while (bed.heard.length - at > ICY_INTERVAL) {
        bytes_append(mp3, bed.heard.at + at, ICY_INTERVAL);
        at += ICY_INTERVAL;
        size_t length = (size_t)bed.heard.at[at] * 16;
        assert_true(at + 1 + length <= bed.heard.length);
        const char *text = (const char *)bed.heard.at + at + 1;
        if (length > 0) {
            assert_memory_equal(text, "StreamTitle='", 13);
            bytes_printf(&titles, "%.*s\n", (int)(strstr(text, "';") - text - 13),
                         text + 13);
        }
        at += 1 + length;
    }
    bytes_append(mp3, bed.heard.at + at, bed.heard.length - at);
    bytes_append(&titles, "", 1);
    return (char *)titles.at;
}

TEST(test_metadata_comes_after_every_16000_bytes_and_never_tears_a_frame)
{
    static uint64_t made[FRAMES_MAX];
    struct bytes mp3 = {0};
    srand(9);
    plan(0, 700 * MP3_SAMPLES, "One");
    plan(700 * MP3_SAMPLES, 10000 * MP3_SAMPLES, "It's Two");
    bed.listener.wants_metadata = true;
    go_to(100);
    listener_start(&bed.listener, &bed.view, true);
    for (uint64_t edge = 101; edge < 1500; edge += 1 + (uint64_t)rand() % 30) {
        go_to(edge);
        assert_int_equal(listener_serve(&bed.listener, &bed.view), 0);
        for (int n = rand() % 5; n > 0; n--)
            hear(1 + (size_t)rand() % 9000);
    }
    hear_all();
    char *titles = split(&mp3);
    assert_string_equal(titles, "Artist - One\nArtist - It`s Two\n");
    size_t count = frames_in(mp3.at, mp3.length, made);
    assert_int_equal(made[count - 1] + 1, bed.view.edge);
    free(titles);
    bytes_release(&mp3);
}

#define ON_A_BED(test) cmocka_unit_test_setup_teardown(test, open_bed, close_bed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_BED(test_burst_begins_at_a_frame_and_ends_at_the_edge),
        ON_A_BED(test_first_listener_begins_at_the_first_frame),
        ON_A_BED(test_listener_without_burst_begins_at_the_edge),
        ON_A_BED(test_listener_that_reads_in_crumbs_gets_every_frame),
        ON_A_BED(test_slow_listener_is_moved_forward_not_waited_for_and_no_frame_is_torn),
        ON_A_BED(test_slow_listener_is_dropped_where_that_is_wanted),
        ON_A_BED(test_begun_frame_that_fell_out_of_the_log_is_filled_up),
        ON_A_BED(test_listener_that_has_gone_is_reported),
        ON_A_BED(test_metadata_comes_after_every_16000_bytes_and_never_tears_a_frame),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
