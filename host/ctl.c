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
#include <unistd.h>

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
    struct bytes answer = {0}, text = {0};
    int fd = connect_to(socket_path);
    if (fd < 0) {
        fprintf(stderr, "forever: cannot reach %s: %s: is `forever serve` running?\n",
                socket_path, strerror(-fd));
        return 1;
    }
    bytes_printf(&text, "%s\n", line);
    ssize_t count = write(fd, text.at, text.length);
    shutdown(fd, SHUT_WR);
    while (count > 0) {
        count = read(fd, bytes_reserve(&answer, 65536), 65536);
        if (count > 0)
            answer.length += (size_t)count;
    }
    close(fd);
    int status = print_answer(&answer);
    bytes_release(&answer);
    bytes_release(&text);
    return status;
}
