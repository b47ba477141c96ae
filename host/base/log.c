/* log.c - formats a line into one buffer and writes it with one write(2), so that lines
 * of several threads and processes never mix. It must never wait for who reads them. */
#include "log.h"

#include "utf8.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *const level_names[] = {"debug", "info", "warning", "error"};
static atomic_int lowest = LOG_INFO;

void log_set_level(enum log_level level)
{
    atomic_store(&lowest, (int)level);
}

int log_level_parse(const char *name, enum log_level *level)
{
    for (size_t i = 0; i < sizeof level_names / sizeof level_names[0]; i++) {
        if (strcmp(name, level_names[i]) == 0) {
            *level = (enum log_level)i;
            return 0;
        }
    }
    return -EINVAL;
}

void log_line(enum log_level level, const char *part, const char *format, ...)
{
    if ((int)level < atomic_load(&lowest))
        return;
    char text[2048], clean[2048], line[2200];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    utf8_clean(text, clean, sizeof clean);

    struct timespec now;
    struct tm local;
    clock_gettime(CLOCK_REALTIME, &now);
    localtime_r(&now.tv_sec, &local);
    int n = snprintf(line, sizeof line, "%02d:%02d:%02d.%03ld %-7s %-7s %s\n",
                     local.tm_hour, local.tm_min, local.tm_sec, now.tv_nsec / 1000000,
                     level_names[level], part, clean);
    struct pollfd out = {.fd = STDERR_FILENO, .events = POLLOUT};
    if (poll(&out, 1, 0) < 1 || out.revents != POLLOUT)
        return; /* a terminal that is held, a pager that has ended: the sound goes on */
    if (n > 0 && write(STDERR_FILENO, line, (size_t)n) < 0)
        return; /* nowhere left to say so */
}
