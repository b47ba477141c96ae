/* ctl.c - prints the answer as it comes; on a terminal, as a table or indented. */
#include "ctl.h"

#include "bytes.h"
#include "table.h"

#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE 20 /* tenths of a second that a takeover may last */

/* returns an open socket; or -errno */
static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path)
        return -ENAMETOOLONG;
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    int rc = -errno;
    if (fd >= 0)
        close(fd);
    return rc;
}

/* returns 0; or -errno: there is no answer */
static int ask(const char *path, const struct bytes *line, struct bytes *answer)
{
    int fd = connect_to(path);
    if (fd < 0)
        return fd;
    ssize_t count = send(fd, line->at, line->length, MSG_NOSIGNAL);
    shutdown(fd, SHUT_WR);
    while (count > 0) {
        count = read(fd, bytes_reserve(answer, 65536), 65536);
        if (count > 0)
            answer->length += (size_t)count;
    }
    int rc = count < 0 && answer->length == 0 ? -errno : 0;
    close(fd);
    return rc;
}

/* While a new program takes the place of one, nobody reads: the line is taken by none. */
static bool is_passing(int rc)
{
    return rc == -ECONNREFUSED || rc == -ECONNRESET || rc == -EPIPE;
}

static int print_answer(const struct bytes *answer)
{
    json_t *json = json_loadb((const char *)answer->at, answer->length, 0, NULL);
    bool is_done = json_is_true(json_object_get(json, "ok"));
    const char *error = json_string_value(json_object_get(json, "error"));
    if (!json || !isatty(STDOUT_FILENO))
        fwrite(answer->at, 1, answer->length, stdout);
    else if (!table_print(json, stdout)) {
        json_dumpf(json, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
        putchar('\n');
    }
    if (!is_done)
        fprintf(stderr, "forever: %s\n",
                error ? error : "no answer: has it just stopped?");
    json_decref(json);
    return is_done ? 0 : 1;
}

int ctl_run(const char *socket_path, const char *line)
{
    static const struct timespec pause = {.tv_nsec = 100000000};
    struct bytes answer = {0}, text = {0};
    bytes_printf(&text, "%s\n", line);
    int rc = ask(socket_path, &text, &answer);
    for (int i = 0; i < PATIENCE && is_passing(rc); i++) {
        nanosleep(&pause, NULL);
        rc = ask(socket_path, &text, &answer);
    }
    int status = 1;
    if (rc)
        fprintf(stderr, "forever: cannot reach %s: %s: is `forever serve` running?\n",
                socket_path, strerror(-rc));
    else
        status = print_answer(&answer);
    bytes_release(&answer);
    bytes_release(&text);
    return status;
}
