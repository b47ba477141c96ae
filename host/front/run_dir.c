/* run_dir.c - see run_dir.h. */
#include "run_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static int lock_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

int run_dir_make(const char *state_dir, char *path, size_t cap, int *fd)
{
    snprintf(path, cap, "%s/run.XXXXXX", state_dir);
    if (!mkdtemp(path))
        return -errno;
    *fd = lock_folder(path);
    return 0;
}

static int remove_entry(const char *path, const struct stat *about, int kind,
                        struct FTW *at)
{
    (void)about;
    (void)kind;
    (void)at;
    remove(path);
    return 0;
}

static void remove_folder(const char *path)
{
    nftw(path, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

void run_dir_remove(const char *path, int fd)
{
    if (*path)
        remove_folder(path);
    if (fd >= 0)
        close(fd);
}

void run_dir_sweep(const char *state_dir)
{
    DIR *state = opendir(state_dir);
    for (struct dirent *entry; state && (entry = readdir(state));) {
        char path[600];
        snprintf(path, sizeof path, "%s/%s", state_dir, entry->d_name);
        int fd = strncmp(entry->d_name, "run.", 4) == 0 ? lock_folder(path) : -1;
        if (fd < 0)
            continue;
        remove_folder(path);
        close(fd);
    }
    if (state)
        closedir(state);
}
