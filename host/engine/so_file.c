/* so_file.c - see so_file.h. */
#include "so_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

void so_stat(const char *path, char *out, size_t cap)
{
    struct stat s;
    if (stat(path, &s) != 0) {
        snprintf(out, cap, "absent");
        return;
    }
    snprintf(out, cap, "%llx:%llx:%llx:%llx.%09ld:%llx.%09ld",
             (unsigned long long)s.st_dev, (unsigned long long)s.st_ino,
             (unsigned long long)s.st_size, (unsigned long long)s.st_mtim.tv_sec,
             s.st_mtim.tv_nsec, (unsigned long long)s.st_ctim.tv_sec, s.st_ctim.tv_nsec);
}

/* Open what is a file: a pipe would be waited for, a device may never end. */
static int open_file(const char *path)
{
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return -errno;
    if (fstat(fd, &about) == 0 && S_ISREG(about.st_mode))
        return fd;
    close(fd);
    return -ENOEXEC;
}

int so_copy(const char *from, const char *to)
{
    int in = open_file(from);
    if (in < 0)
        return in;
    int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
    int rc = out < 0 ? -errno : 0;
    char block[65536];
    ssize_t count = 1;
    while (rc == 0 && (count = read(in, block, sizeof block)) > 0) {
        ssize_t written = write(out, block, (size_t)count);
        if (written != count)
            rc = written < 0 ? -errno : -ENOSPC;
    }
    if (rc == 0 && count < 0)
        rc = -errno;
    if (out >= 0 && close(out) != 0 && rc == 0)
        rc = -errno;
    close(in);
    if (rc && out >= 0)
        unlink(to);
    return rc;
}
