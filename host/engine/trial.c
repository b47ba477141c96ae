/* trial.c - parent: spawn, feed, wait with a limit, say why it failed. Child: load,
 * create, restore, rehearse. */
#include "trial.h"

#include "bytes.h"
#include "log.h"
#include "rehearse.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#define NO_KIND "any"

/* ---- the child ------------------------------------------------------------------------
 */

/* What the plugin prints is no part of the answer, however much it is. */
static FILE *keep_answer_apart(void)
{
    FILE *out = fdopen(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1), "w");
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(nowhere, STDOUT_FILENO);
    return out;
}

/* returns the child's exit status */
static int answer(FILE *out, json_t *given)
{
    int rc = out ? json_dumpf(given, out, JSON_COMPACT) : -1;
    json_decref(given);
    return rc == 0 && fflush(out) == 0 ? 0 : 1;
}

static int answer_refusal(FILE *out, const char *step, const struct fv_error *error)
{
    return answer(out, json_pack("{s:s, s:s}", "step", step, "error", error->text));
}

static json_t *describe(const struct generation *generation)
{
    char abi[32];
    snprintf(abi, sizeof abi, "%u.%u", generation->abi_major, generation->abi_minor);
    return json_pack("{s:s, s:s, s:s, s:s, s:s}", "kind", kind_name(generation->kind),
                     "name", generation->name, "version", generation->version, "abi", abi,
                     "hash", generation->hash);
}

int trial_child(int argc, char **argv)
{
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* who would end it, if it hangs, is gone then */
    log_set_level(LOG_ERROR);
    enum kind kind = KINDS;
    struct fv_error error = {{0}};
    if (argc < 2 || (strcmp(argv[1], NO_KIND) != 0 && kind_parse(argv[1], &kind)))
        return 2;
    FILE *out = keep_answer_apart();
    json_t *given = json_loadf(stdin, 0, NULL);
    struct settings settings;
    settings_init(&settings, json_incref(json_object_get(given, "config")));
    struct services services = {.settings = &settings, .cache_dir = "/tmp"};
    struct generation *generation = NULL;
    const char *step = "load";
    int rc = generation_open(argv[0], kind, &generation, &error);
    if (rc == 0) {
        step = "create";
        rc = generation_create(generation, &services, json_object_get(given, "state"),
                               &error);
    }
    if (rc == 0) {
        step = "rehearse";
        rc = rehearse(generation, &error);
    }
    if (rc)
        return answer_refusal(out, step, &error);
    json_t *about = describe(generation);
    generation_drop(generation); /* that it can be destroyed is part of the trial */
    settings_release(&settings);
    json_decref(given);
    return answer(out, about);
}

/* ---- the parent -----------------------------------------------------------------------
 */

struct child {
    pid_t pid;
    int in, out; /* its standard input and output */
};

static int spawn_child(const char *path, enum kind kind, struct child *child)
{
    int in[2], out[2]; /* a socket can be written to without SIGPIPE, a pipe can't */
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) != 0)
        return -errno;
    if (pipe2(out, O_CLOEXEC) != 0) {
        int rc = -errno;
        close(in[0]);
        close(in[1]);
        return rc;
    }
    const char *program = getenv("FOREVER_EXE");
    char *args[] = {"forever", TRIAL_OPTION, (char *)path,
                    (char *)(kind < KINDS ? kind_name(kind) : NO_KIND), NULL};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    posix_spawnattr_t attributes; /* a group of its own: what it starts ends with it */
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    int rc = -posix_spawn(&child->pid, program ? program : "/proc/self/exe", &actions,
                          &attributes, args, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    child->in = in[1];
    child->out = out[0];
    if (rc) {
        close(child->in);
        close(child->out);
    }
    return rc;
}

/* Give the state in, take the answer out, both before the limit. returns is in time */
static bool converse(struct child *child, const char *text, struct bytes *reply,
                     int64_t deadline)
{
    size_t left = strlen(text);
    for (;;) {
        struct pollfd fds[2] = {{.fd = child->out, .events = POLLIN},
                                {.fd = child->in, .events = POLLOUT}};
        int64_t wait = deadline - monotonic_ms();
        if (wait <= 0 || (poll(fds, left > 0 ? 2 : 1, (int)wait) < 0 && errno != EINTR))
            return false;
        if (left > 0 && (fds[1].revents & (POLLOUT | POLLERR))) {
            ssize_t count = send(child->in, text, left, MSG_NOSIGNAL | MSG_DONTWAIT);
            if (count > 0) {
                text += count;
                left -= (size_t)count;
            } else if (errno != EAGAIN) {
                left = 0; /* it has died: its output says so too */
            }
            if (left == 0) {
                close(child->in);
                child->in = -1;
            }
        }
        if (fds[0].revents & (POLLIN | POLLHUP)) {
            ssize_t count = read(child->out, bytes_reserve(reply, 4096), 4096);
            if (count <= 0)
                return true;
            reply->length += (size_t)count;
        }
    }
}

/* Has it ended before the deadline? A child may close its output and live on. */
static bool ends(const struct child *child, int64_t deadline)
{
    struct pollfd end = {.fd = pidfd_open(child->pid, 0), .events = POLLIN};
    int64_t wait;
    int rc = 0;
    while (end.fd >= 0 && rc == 0 && (wait = deadline - monotonic_ms()) > 0)
        if ((rc = poll(&end, 1, (int)wait)) < 0 && errno == EINTR)
            rc = 0;
    if (end.fd >= 0)
        close(end.fd);
    return rc > 0;
}

static int judge(int status, bool is_in_time, double limit_s, json_t *result,
                 json_t **about, struct fv_error *error)
{
    const char *reason = json_string_value(json_object_get(result, "error"));
    if (!is_in_time)
        snprintf(error->text, sizeof error->text, "trial: it has not answered in %g s",
                 limit_s);
    else if (WIFSIGNALED(status))
        snprintf(error->text, sizeof error->text, "trial: it crashed (%s)",
                 strsignal(WTERMSIG(status)));
    else if (reason)
        snprintf(error->text, sizeof error->text, "%s: %s",
                 json_string_value(json_object_get(result, "step")), reason);
    else if (!json_is_object(result))
        snprintf(error->text, sizeof error->text,
                 "trial: it ended the process (status %d)", WEXITSTATUS(status));
    else {
        *about = json_incref(result);
        return 0;
    }
    return -EINVAL;
}

int trial_run(const char *path, enum kind kind, const json_t *given, double limit_s,
              json_t **about, struct fv_error *error)
{
    struct child child;
    char *text = given ? json_dumps(given, JSON_COMPACT | JSON_REAL_PRECISION(17)) : NULL;
    int rc = spawn_child(path, kind, &child);
    if (rc) {
        snprintf(error->text, sizeof error->text, "trial: cannot start a process: %s",
                 strerror(-rc));
        free(text);
        return rc;
    }
    struct bytes reply = {0};
    int64_t deadline = monotonic_ms() + (int64_t)(limit_s * 1000);
    bool is_in_time =
        converse(&child, text ? text : "{}", &reply, deadline) && ends(&child, deadline);
    if (child.in >= 0)
        close(child.in);
    close(child.out);
    kill(-child.pid, SIGKILL); /* of one that has ended itself, what it has left */
    int status = 0;
    waitpid(child.pid, &status, 0);
    json_t *result = json_loadb((const char *)reply.at, reply.length, 0, NULL);
    rc = judge(status, is_in_time, limit_s, result, about, error);
    json_decref(result);
    bytes_release(&reply);
    free(text);
    return rc;
}
