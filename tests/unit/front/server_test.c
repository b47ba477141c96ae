/* server_test.c - a server on a free port, and a client that takes its time. */
#include "server.c"

#include "check.h"

#include <arpa/inet.h>
#include <unistd.h>

#define ANSWER_BYTES (8u << 20) /* more than the kernel takes at once */

static struct bed {
    uv_loop_t loop;
    struct server server;
    int client;
    uint64_t later_ms; /* than the loop's clock */
} bed;

static void answer_much(void *ctx, struct connection *connection)
{
    (void)ctx;
    char *body = must_alloc(ANSWER_BYTES);
    connection_reply(connection, 200, "text/plain", "", body, ANSWER_BYTES);
    free(body);
}

static const struct server_methods methods = {.answer = answer_much};

static void connect_client(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    const char *colon = strrchr(bed.server.address, ':');
    int small = 4096;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((uint16_t)atoi(colon + 1));
    bed.client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(bed.client, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    assert_int_equal(connect(bed.client, (struct sockaddr *)&address, sizeof address), 0);
}

static int open_bed(void **state)
{
    (void)state;
    memset(&bed, 0, sizeof bed);
    bed.server.most = 10;
    uv_loop_init(&bed.loop);
    assert_int_equal(
        server_open(&bed.server, &bed.loop, "127.0.0.1:0", -1, &methods, NULL), 0);
    connect_client();
    while (!bed.server.connections)
        uv_run(&bed.loop, UV_RUN_ONCE);
    return 0;
}

static int close_bed(void **state)
{
    (void)state;
    close(bed.client);
    server_close(&bed.server);
    uv_run(&bed.loop, UV_RUN_DEFAULT);
    return uv_loop_close(&bed.loop);
}

static void ask(void)
{
    static const char request[] = "GET / HTTP/1.1\r\n\r\n";
    assert_int_equal(send(bed.client, request, sizeof request - 1, 0),
                     sizeof request - 1);
    while (!bed.server.connections->is_answered)
        uv_run(&bed.loop, UV_RUN_ONCE);
}

static size_t unsent(void)
{
    return uv_stream_get_write_queue_size((uv_stream_t *)&bed.server.connections->tcp);
}

/* Until the server has got rid of more. */
static void take_some(void)
{
    char bytes[4096];
    for (size_t before = unsent(); unsent() == before;) {
        assert_true(recv(bed.client, bytes, sizeof bytes, 0) > 0);
        uv_run(&bed.loop, UV_RUN_NOWAIT);
    }
}

static bool is_ended_after(uint64_t ms)
{
    bed.later_ms += ms;
    server_sweep(&bed.server, uv_now(&bed.loop) + bed.later_ms);
    return bed.server.connections->is_closing;
}

TEST(test_client_that_sends_no_request_is_not_waited_for)
{
    assert_false(is_ended_after(REQUEST_TIMEOUT_MS - 1000));
    assert_true(is_ended_after(2000));
}

TEST(test_answer_that_is_taken_slowly_is_not_cut_off)
{
    ask();
    assert_true(unsent() > 0);
    assert_false(is_ended_after(10000));
    for (int i = 0; i < 5; i++) {
        take_some();
        assert_false(is_ended_after(10000));
    }
    assert_false(is_ended_after(10000)); /* nothing was taken since */
    assert_true(is_ended_after(10000));
}

int main(void)
{
#define ON_A_BED(test) cmocka_unit_test_setup_teardown(test, open_bed, close_bed)
    const struct CMUnitTest tests[] = {
        ON_A_BED(test_client_that_sends_no_request_is_not_waited_for),
        ON_A_BED(test_answer_that_is_taken_slowly_is_not_cut_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
