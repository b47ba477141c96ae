/* store.c - a file's time of last access is set by hand, so that it holds on any mount.
 */
#include "store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define AUDIO_MAX ((int64_t)500 << 20) /* bytes of one track */
#define AUDIO_MIN 4096
#define FILES_MAX 100000

static const char *const endings[] = {"mp3", "flac", "ogg", "m4a", "wav", "aiff"};

void store_name(const char *uri, char out[40])
{
    uint64_t a = 14695981039346656037u, b = 0x9e3779b97f4a7c15u;
    for (const char *at = uri; *at; at++) {
        a = (a ^ (unsigned char)*at) * 1099511628211u;
        b = (b + (unsigned char)*at) * 0xbf58476d1ce4e5b9u;
        b ^= b >> 29;
    }
    snprintf(out, 40, "%016llx%016llx", (unsigned long long)a, (unsigned long long)b);
}

static void name_file(const struct fv_host *host, const char *uri, const char *ending,
                      char *out, size_t cap)
{
    char name[40], folder[600];
    store_name(uri, name);
    snprintf(folder, sizeof folder, "%s/audio", host->cache_dir);
    mkdir(folder, 0700);
    snprintf(out, cap, "%s/%s.%s", folder, name, ending);
}

static void touch(const char *path)
{
    struct timespec times[2] = {{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_OMIT}};
    utimensat(AT_FDCWD, path, times, 0);
}

int store_find(const struct fv_host *host, const char *uri, char *path, size_t cap)
{
    if (!host->cache_dir)
        return -ENOENT;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        name_file(host, uri, endings[i], path, cap);
        if (access(path, R_OK) == 0) {
            touch(path);
            return 0;
        }
    }
    return -ENOENT;
}

/* What kind of audio begins like this; NULL: none that is known. */
static const char *ending_of(const unsigned char *bytes, size_t count)
{
    if (count < 12)
        return NULL;
    if (memcmp(bytes, "ID3", 3) == 0 || (bytes[0] == 0xff && (bytes[1] & 0xe0) == 0xe0))
        return "mp3";
    if (memcmp(bytes, "fLaC", 4) == 0)
        return "flac";
    if (memcmp(bytes, "OggS", 4) == 0)
        return "ogg";
    if (memcmp(bytes + 4, "ftyp", 4) == 0)
        return "m4a";
    if (memcmp(bytes, "FORM", 4) == 0 && memcmp(bytes + 8, "AIF", 3) == 0)
        return "aiff";
    return memcmp(bytes, "RIFF", 4) == 0 && memcmp(bytes + 8, "WAVE", 4) == 0 ? "wav"
                                                                              : NULL;
}

static int refuse(struct fv_error *error, int rc, const char *format, const char *url)
{
    char shown[160];
    http_shown(url, shown, sizeof shown);
    snprintf(error->text, sizeof error->text, format, shown);
    return rc;
}

static void forget_part(const char *part)
{
    char mark_path[STORE_PATH + 8];
    snprintf(mark_path, sizeof mark_path, "%s.mark", part);
    unlink(part);
    unlink(mark_path);
}

/* Is the part all of it, and audio? Then give it its name. */
static int settle(const struct fv_host *host, const char *uri, const char *url,
                  const char *part, int64_t expected, char *path, size_t cap,
                  struct fv_error *error)
{
    unsigned char first[16];
    struct stat about;
    int file = open(part, O_RDONLY | O_CLOEXEC);
    ssize_t count = file >= 0 ? read(file, first, sizeof first) : -1;
    if (file >= 0)
        close(file);
    if (count < 0 || stat(part, &about) != 0)
        return refuse(error, -EIO, "%s: what was fetched can't be read", url);
    if (expected >= 0 && about.st_size != expected) {
        if (about.st_size > expected)
            forget_part(part);
        return refuse(error, -EAGAIN, "%s is cut short", url);
    }
    const char *ending = ending_of(first, (size_t)count);
    if (!ending || about.st_size < AUDIO_MIN) {
        forget_part(part);
        return refuse(error, -EPROTO,
                      ending ? "%s is too short to be a track" : "%s is no audio", url);
    }
    name_file(host, uri, ending, path, cap);
    return rename(part, path) == 0 ? 0 : refuse(error, -errno, "%s can't be kept", url);
}

/* Did the last try bring something that a next one can go on from? */
static bool has_begun(const char *part)
{
    struct stat about;
    return stat(part, &about) == 0 && about.st_size > 0;
}

/* The server's mark of the file that the part is of lies beside it. "" = it had none. */
static void read_mark(const char *path, char mark[256])
{
    FILE *file = fopen(path, "re");
    if (!file || !fgets(mark, 256, file))
        *mark = 0;
    if (file)
        fclose(file);
}

static void write_mark(const char *path, const char *mark)
{
    FILE *file = *mark ? fopen(path, "we") : NULL;
    if (!file || fputs(mark, file) < 0)
        unlink(path);
    if (file)
        fclose(file);
}

/* One answer to the part's end. expected  given: bytes that all of it has; -1: unknown */
static int ask_for_rest(struct http *http, struct http_request *ask, const char *part,
                        int64_t *expected, struct fv_error *error)
{
    char mark_path[STORE_PATH + 8], mark[256];
    struct http_reply reply;
    struct stat about;
    snprintf(mark_path, sizeof mark_path, "%s.mark", part);
    read_mark(mark_path, mark);
    ask->to = fopen(part, "a+be");
    if (!ask->to)
        return refuse(error, -errno, "%s: no room to fetch it to", ask->url);
    ask->from = fstat(fileno(ask->to), &about) == 0 ? about.st_size : 0;
    ask->mark = ask->from > 0 ? mark : NULL;
    int rc = http_ask(http, ask, &reply, error);
    if (fclose(ask->to) != 0 && rc == 0)
        rc = refuse(error, -ENOSPC, "%s: the disk is full", ask->url);
    if (reply.goes_on && *mark && *reply.mark && strcmp(reply.mark, mark) != 0)
        rc = refuse(error, -ERANGE, "%s changes while it is fetched", ask->url);
    if (reply.status == 200 || reply.status == 206)
        write_mark(mark_path, reply.mark);
    *expected =
        reply.expected < 0 ? -1 : reply.expected + (reply.goes_on ? ask->from : 0);
    if (reply.goes_on && reply.whole >= 0)
        *expected = reply.whole;
    http_reply_release(&reply);
    return rc;
}

int store_fetch(struct http *http, const char *uri, const struct http_request *request,
                char *path, size_t cap, struct fv_error *error)
{
    char part[STORE_PATH];
    struct http_request ask = *request;
    double limit_s = http->host->number(http->host->ctx, "sources.fetch_s", 90);
    int64_t until_ms = http_clock_ms() + (int64_t)(limit_s * 1000);
    if (!http->host->cache_dir)
        return refuse(error, -ENOENT, "there is no folder to fetch %s to", request->url);
    name_file(http->host, uri, "part", part, sizeof part);
    int rc = -EAGAIN;
    ask.asks_once = true;
    ask.most = AUDIO_MAX;
    for (int tries = 0; tries < 3; tries++) { /* a later one goes on, or begins anew */
        int64_t expected = -1, left_ms = until_ms - http_clock_ms();
        if (left_ms <= 0)
            break;
        ask.deadline_s = (double)left_ms / 1000;
        rc = ask_for_rest(http, &ask, part, &expected, error);
        if (rc == 0)
            rc = settle(http->host, uri, request->url, part, expected, path, cap, error);
        if (rc == 0 || rc == -ERANGE)
            forget_part(part);
        if (rc != -ERANGE && !(rc == -EAGAIN && has_begun(part)))
            break;
    }
    return rc == -ERANGE ? -EPROTO : rc;
}

/* ---- room -----------------------------------------------------------------------------
 */

struct kept {
    char name[64];
    int64_t used_ns, bytes;
};

static int by_use(const void *a, const void *b)
{
    const struct kept *x = a, *y = b;
    if (x->used_ns != y->used_ns)
        return x->used_ns < y->used_ns ? -1 : 1;
    return strcmp(x->name, y->name);
}

static size_t list_files(int folder, DIR *dir, struct kept *list, int64_t *bytes)
{
    struct dirent *entry;
    size_t count = 0;
    while (count < FILES_MAX && (entry = readdir(dir))) {
        struct stat about;
        if (entry->d_name[0] == '.' || strlen(entry->d_name) >= sizeof list->name ||
            fstatat(folder, entry->d_name, &about, 0) != 0 || !S_ISREG(about.st_mode))
            continue;
        struct kept *kept = &list[count++];
        memcpy(kept->name, entry->d_name, strlen(entry->d_name) + 1);
        kept->used_ns =
            (int64_t)about.st_atim.tv_sec * 1000000000 + about.st_atim.tv_nsec;
        kept->bytes = about.st_size;
        *bytes += about.st_size;
    }
    return count;
}

void store_trim(const struct fv_host *host, int64_t bytes,
                bool (*is_pinned)(void *ctx, const char *name), void *ctx)
{
    char folder[600];
    int64_t taken = 0;
    if (!host->cache_dir)
        return;
    snprintf(folder, sizeof folder, "%s/audio", host->cache_dir);
    DIR *dir = opendir(folder);
    struct kept *list = dir ? malloc(FILES_MAX * sizeof *list) : NULL;
    size_t count = list ? list_files(dirfd(dir), dir, list, &taken) : 0;
    if (taken > bytes)
        qsort(list, count, sizeof *list, by_use);
    for (size_t i = 0; i < count && taken > bytes; i++) {
        if (is_pinned(ctx, list[i].name) || unlinkat(dirfd(dir), list[i].name, 0) != 0)
            continue;
        taken -= list[i].bytes;
    }
    free(list);
    if (dir)
        closedir(dir);
}
