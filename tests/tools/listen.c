/* listen.c - many listeners at once, each of which holds every frame it gets against a
 * file of what it should get.
 *
 *     listen HOST:PORT LISTENERS FRAMES REFERENCE.mp3 [SILENT]
 *
 * Each has to get FRAMES whole frames, in order, none lost, doubled or torn, beginning
 * anywhere in the reference; after a SIGTERM a second of them will do. With a fifth
 * argument the frames of silence that stand in for missing audio are allowed between them.
 * Exit status 0 if all did. */
#include "bytes.h"
#include "mp3_frame.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LISTENERS_MAX 4096
#define DEADLINE_MS 60000
#define SECOND 39 /* frames */

static volatile sig_atomic_t is_enough;

struct reference {
    struct bytes bytes;
    size_t *frames; /* offset of each */
    size_t count;
};

struct listener {
    int fd;
    struct bytes bytes;
    bool has_head, is_done;
    size_t at;   /* reference frame expected next */
    size_t seen; /* frames that were right */
};

static void fail(const char *what, size_t listener, size_t frame)
{
    fprintf(stderr, "listener %zu, frame %zu: %s\n", listener, frame, what);
    exit(1);
}

static void read_reference(struct reference *reference, const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t count = 1, at = 0, length;
    while (file && count > 0) {
        count = fread(bytes_reserve(&reference->bytes, 65536), 1, 65536, file);
        reference->bytes.length += count;
    }
    if (file)
        fclose(file);
    while ((length = mp3_frame_length(reference->bytes.at + at,
                                      reference->bytes.length - at)) > 0) {
        reference->frames =
            must_realloc(reference->frames, (reference->count + 1) * sizeof(size_t));
        reference->frames[reference->count++] = at;
        at += length;
    }
}

static bool is_frame(const struct reference *reference, size_t index,
                     const uint8_t *frame, size_t length)
{
    if (index >= reference->count)
        return false;
    size_t at = reference->frames[index];
    return reference->bytes.length - at >= length &&
           memcmp(reference->bytes.at + at, frame, length) == 0;
}

/* Where in the reference two frames stand one after the other. */
static size_t find_start(const struct reference *reference, const uint8_t *frame,
                         size_t length)
{
    for (size_t i = 0; i + 1 < reference->count; i++)
        if (is_frame(reference, i, frame, length) &&
            is_frame(reference, i + 1, frame + length, length))
            return i;
    return SIZE_MAX;
}

static bool is_silent(const uint8_t *frame, size_t length)
{
    for (size_t i = 4; i < length; i++)
        if (frame[i])
            return false;
    return true;
}

static void judge(struct listener *listener, size_t number, size_t wanted,
                  const struct reference *reference, bool allows_silence)
{
    size_t used = 0, length;
    while (!listener->is_done &&
           (length = mp3_frame_length(listener->bytes.at + used,
                                      listener->bytes.length - used)) > 0 &&
           listener->bytes.length - used >= 2 * length) {
        const uint8_t *frame = listener->bytes.at + used;
        if (listener->seen == 0 && !(allows_silence && is_silent(frame, length))) {
            listener->at = find_start(reference, frame, length);
            if (listener->at == SIZE_MAX)
                fail("it is not in the reference", number, 0);
        }
        if (is_frame(reference, listener->at, frame, length)) {
            listener->at++;
            listener->is_done = ++listener->seen >= (is_enough ? SECOND : wanted);
        } else if (!(allows_silence && is_silent(frame, length))) {
            fail("lost, doubled or torn", number, listener->seen);
        }
        used += length;
    }
    if (listener->bytes.length - used > 4 &&
        mp3_frame_length(listener->bytes.at + used, listener->bytes.length - used) == 0)
        fail("no frame begins where one should", number, listener->seen);
    bytes_consume(&listener->bytes, used);
}

static void take(struct listener *listener, size_t number)
{
    ssize_t count = read(listener->fd, bytes_reserve(&listener->bytes, 65536), 65536);
    if (count <= 0)
        fail(count < 0 ? strerror(errno) : "the server hung up", number, listener->seen);
    listener->bytes.length += (size_t)count;
    if (listener->has_head)
        return;
    *bytes_reserve(&listener->bytes, 1) = 0;
    char *end = strstr((char *)listener->bytes.at, "\r\n\r\n");
    if (!end)
        return;
    if (strncmp((char *)listener->bytes.at, "HTTP/1.1 200", 12) != 0)
        fail("not answered with 200", number, 0);
    listener->has_head = true;
    bytes_consume(&listener->bytes, (size_t)(end + 4 - (char *)listener->bytes.at));
}

static int connect_to(const char *address)
{
    static const char request[] = "GET /all.mp3 HTTP/1.1\r\nHost: forever\r\n\r\n";
    struct sockaddr_in to = {.sin_family = AF_INET};
    char host[64];
    const char *colon = strrchr(address, ':');
    snprintf(host, sizeof host, "%.*s", colon ? (int)(colon - address) : 0, address);
    to.sin_port = htons(colon ? (uint16_t)atoi(colon + 1) : 0);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (inet_pton(AF_INET, host, &to.sin_addr) != 1 ||
        connect(fd, (struct sockaddr *)&to, sizeof to) != 0 ||
        write(fd, request, sizeof request - 1) != sizeof request - 1) {
        fprintf(stderr, "cannot connect to %s: %s\n", address, strerror(errno));
        exit(1);
    }
    return fd;
}

static void on_term(int signal)
{
    (void)signal;
    is_enough = 1;
}

int main(int argc, char **argv)
{
    static struct listener listeners[LISTENERS_MAX];
    static struct pollfd polls[LISTENERS_MAX];
    struct reference reference = {0};
    if (argc < 5)
        return 2;
    size_t count = (size_t)atoi(argv[2]), wanted = (size_t)atoi(argv[3]), done = 0;
    const struct sigaction enough = {.sa_handler = on_term};
    sigaction(SIGTERM, &enough, NULL);
    read_reference(&reference, argv[4]);
    for (size_t i = 0; i < count && i < LISTENERS_MAX; i++) {
        listeners[i].fd = connect_to(argv[1]);
        polls[i] = (struct pollfd){.fd = listeners[i].fd, .events = POLLIN};
    }
    while (done < count) {
        int ready = poll(polls, count, DEADLINE_MS);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            fail("nothing comes any more", 0, listeners[0].seen);
        for (size_t i = 0; i < count; i++) {
            if (!(polls[i].revents & (POLLIN | POLLHUP | POLLERR)))
                continue;
            take(&listeners[i], i);
            if (listeners[i].has_head)
                judge(&listeners[i], i, wanted, &reference, argc > 5);
            if (listeners[i].is_done) {
                polls[i].fd = -1;
                close(listeners[i].fd);
                done++;
            }
        }
    }
    size_t least = SIZE_MAX;
    for (size_t i = 0; i < count; i++)
        least = listeners[i].seen < least ? listeners[i].seen : least;
    printf("%zu listeners, %zu frames each: none lost, doubled or torn\n", count, least);
    return 0;
}
