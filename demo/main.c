/* main.c - forever-demo: compose a crate of tracks to hear the DJ with.
 *
 * One thread a track, two at a time. The same seed gives the same bytes.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compose.h"
#include "perform.h"
#include "write.h"

enum { THREADS = 2 };

struct crate {
    const char *folder;
    uint64_t seed;
    int only; /* a single track, or -1 */
    atomic_int next, failures;
    bool is_terminal;
};

static int make_track(const struct crate *crate, int number, char name[192])
{
    struct song song;
    struct mix mix;
    compose(&song, crate->seed, number);
    int status = perform(&song, &mix);
    if (status < 0)
        return status;
    status = write_track(&song, &mix, crate->folder, name);
    mix_release(&mix);
    return status;
}

static void *work(void *argument)
{
    struct crate *crate = argument;
    for (int number; (number = atomic_fetch_add(&crate->next, 1)) < style_count;) {
        char name[192] = "";
        if (crate->only >= 0 && number != crate->only)
            continue;
        int status = make_track(crate, number, name);
        if (status < 0) {
            fprintf(stderr, "forever-demo: cannot write track %d to %s: %s\n", number + 1,
                    crate->folder, strerror(-status));
            atomic_fetch_add(&crate->failures, 1);
        } else if (crate->is_terminal) {
            printf("  track    %s (%s)\n", name, styles[number].name);
            fflush(stdout);
        }
    }
    return NULL;
}

static int usage(const char *problem, const char *what)
{
    fprintf(
        stderr,
        "forever-demo: %s%s; usage: forever-demo [-o FOLDER] [--seed N] [--track N]\n",
        problem, what);
    return 2;
}

/* returns 0, or the status to exit with */
static int parse(struct crate *crate, int count, char **words)
{
    for (int i = 1; i < count; i += 2) {
        const char *value = i + 1 < count ? words[i + 1] : NULL;
        char *end = "";
        if (strcmp(words[i], "-o") && strcmp(words[i], "--seed") &&
            strcmp(words[i], "--track"))
            return usage("unknown option ", words[i]);
        if (!value || !*value)
            return usage("no value for ", words[i]);
        if (words[i][1] == 'o') {
            crate->folder = value;
        } else if (words[i][2] == 's') {
            crate->seed = strtoull(value, &end, 10);
        } else {
            crate->only = (int)strtol(value, &end, 10) - 1;
            if (crate->only < 0 || crate->only >= style_count)
                return usage("no such track: ", value);
        }
        if (*end || value[0] == '-')
            return usage("not a number: ", value);
    }
    return 0;
}

/* mkdir -p */
static int make_folders(const char *folder)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s", folder) >= (int)sizeof path)
        return -ENAMETOOLONG;
    for (char *slash = path + 1;; slash++) {
        if (*slash != '/' && *slash != '\0')
            continue;
        char kept = *slash;
        *slash = '\0';
        if (mkdir(path, 0755) < 0 && errno != EEXIST)
            return -errno;
        if (kept == '\0')
            return 0;
        *slash = kept;
    }
}

int main(int count, char **words)
{
    struct crate crate = {.folder = "build/crate",
                          .seed = 1,
                          .only = -1,
                          .is_terminal = isatty(STDOUT_FILENO)};
    int status = parse(&crate, count, words);
    if (status)
        return status;
    status = make_folders(crate.folder);
    if (status < 0) {
        fprintf(stderr, "forever-demo: cannot make %s: %s: choose another with -o\n",
                crate.folder, strerror(-status));
        return 1;
    }
    pthread_t threads[THREADS];
    int running = 0;
    while (running < THREADS &&
           pthread_create(&threads[running], NULL, work, &crate) == 0)
        running++;
    if (running == 0)
        work(&crate);
    while (running > 0)
        pthread_join(threads[--running], NULL);
    return atomic_load(&crate.failures) > 0;
}
