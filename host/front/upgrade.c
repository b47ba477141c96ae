/* upgrade.c - the descriptor goes over the exec by its number in the environment. */
#include "upgrade.h"

#include "heir.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define HEIR_NAME "FOREVER_HEIR"
#define TRIAL_NAME "FOREVER_HEIR_TRIAL"
#define TRIAL_FD 3
#define TRY_MS 2000

extern char **environ;

static void name_heir(int heir)
{
    char number[16];
    snprintf(number, sizeof number, "%d", heir);
    setenv(HEIR_NAME, number, 1);
}

static int spawn_child(const char *program, char **arguments, int heir, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, heir, TRIAL_FD);
    name_heir(TRIAL_FD);
    setenv(TRIAL_NAME, "1", 1);
    int rc = -posix_spawn(pid, program, &actions, NULL, arguments, environ);
    unsetenv(TRIAL_NAME);
    unsetenv(HEIR_NAME);
    posix_spawn_file_actions_destroy(&actions);
    return rc;
}

/* returns the status as of waitpid(); -1: it did not end in time, and was ended */
static int await_child(pid_t pid)
{
    struct pollfd end = {.fd = pidfd_open(pid, 0), .events = POLLIN};
    const struct timespec limit = {.tv_sec = TRY_MS / 1000};
    sigset_t all; /* no signal cuts the wait short */
    sigfillset(&all);
    int status = -1;
    bool has_ended = end.fd >= 0 && ppoll(&end, 1, &limit, &all) == 1;
    if (!has_ended)
        kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    if (end.fd >= 0)
        close(end.fd);
    return has_ended ? status : -1;
}

int upgrade_try(const char *program, char **arguments, int heir,
                struct config_error *error)
{
    pid_t pid;
    int rc = spawn_child(program, arguments, heir, &pid);
    if (rc) {
        snprintf(error->text, sizeof error->text, "cannot start %.300s: %s", program,
                 strerror(-rc));
        return rc;
    }
    int status = await_child(pid);
    if (status == 0)
        return 0;
    if (status == -1)
        snprintf(error->text, sizeof error->text, "%.300s has not answered in %d s",
                 program, TRY_MS / 1000);
    else if (WIFSIGNALED(status))
        snprintf(error->text, sizeof error->text, "%.300s crashed (%s)", program,
                 strsignal(WTERMSIG(status)));
    else
        snprintf(error->text, sizeof error->text,
                 "%.300s can't go on from here (status %d)", program,
                 WEXITSTATUS(status));
    return -EINVAL;
}

int upgrade_answer(int fd)
{
    static struct air air; /* large; there is one */
    struct heir heir;
    if (heir_open(&heir, fd))
        return 1;
    struct stream_settings settings = {
        .mounts = json_object_get(heir.config, "mounts"),
        .buffer_s = 1,
        .history_s = 1,
    };
    int rc = json_array_size(settings.mounts) == 0 ||
                     json_array_size(settings.mounts) > STREAM_MOUNTS
                 ? -EPROTO
                 : stream_init(&air.stream, &settings);
    if (rc == 0)
        rc = heir_load(&heir, fd, &air);
    heir_release(&heir);
    air_release(&air);
    return rc != 0;
}

/* A SIGHUP that came before the next program listens for it would end that: it reads the
 * configuration anyway. */
int upgrade_exec(const char *program, char **arguments, int heir)
{
    struct sigaction ignored = {.sa_handler = SIG_IGN}, before;
    name_heir(heir);
    sigaction(SIGHUP, &ignored, &before);
    execv(program, arguments);
    int rc = -errno;
    sigaction(SIGHUP, &before, NULL);
    unsetenv(HEIR_NAME);
    return rc;
}

int upgrade_inherited(bool *is_trial)
{
    const char *number = getenv(HEIR_NAME);
    int fd = number ? atoi(number) : -1;
    *is_trial = getenv(TRIAL_NAME) != NULL;
    unsetenv(HEIR_NAME);
    unsetenv(TRIAL_NAME);
    if (fd >= 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
        fd = -1;
    return fd;
}
