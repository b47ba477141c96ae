/* crate.c - walks folders with its own stack of open folders, so that a link that leads
 * back into one of them is seen. */
#include "crate.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define DEPTH_MAX 64
#define PATHS_MAX 1000000
#define PLAYLIST_MAX (64 << 20) /* bytes */

struct walk {
    struct crate *crate;
    const struct fv_host *host;
    struct crate_said *said;
    struct {
        dev_t dev;
        ino_t ino;
    } above[DEPTH_MAX]; /* the folders that are open */
    int depth;
};

void crate_release(struct crate *crate)
{
    for (size_t i = 0; i < crate->count; i++)
        free(crate->paths[i]);
    free(crate->paths);
    *crate = (struct crate){0};
}

static int add_path(struct crate *crate, const char *path)
{
    if (crate->count >= PATHS_MAX)
        return -E2BIG;
    if (crate->count == crate->room) {
        size_t room = crate->room ? crate->room * 2 : 256;
        char **paths = realloc(crate->paths, room * sizeof *paths);
        if (!paths)
            return -ENOMEM;
        crate->paths = paths;
        crate->room = room;
    }
    char *copy = strdup(path);
    if (!copy)
        return -ENOMEM;
    crate->paths[crate->count++] = copy;
    return 0;
}

static bool ends_in(const char *path, const char *const *endings)
{
    const char *dot = strrchr(path, '.');
    for (; dot && *endings; endings++)
        if (strcasecmp(dot + 1, *endings) == 0)
            return true;
    return false;
}

static bool is_audio(const char *path)
{
    static const char *const endings[] = {"mp3",  "mp2", "flac", "ogg", "oga",
                                          "opus", "wav", "wave", "aif", "aiff",
                                          "aifc", "w64", NULL};
    return ends_in(path, endings);
}

static bool is_playlist(const char *path)
{
    static const char *const endings[] = {"m3u", "m3u8", NULL};
    return ends_in(path, endings);
}

static void say(struct walk *walk, const char *line)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (const char *at = line; *at; at++)
        hash = (hash ^ (unsigned char)*at) * 1099511628211u;
    for (size_t i = 0; i < walk->said->count; i++)
        if (walk->said->hashes[i] == hash)
            return;
    if (walk->said->count < sizeof walk->said->hashes / sizeof *walk->said->hashes)
        walk->said->hashes[walk->said->count++] = hash;
    walk->host->log(walk->host->ctx, FV_WARNING, line);
}

static void say_error(struct walk *walk, const char *what, const char *path, int error)
{
    char line[PATH_MAX + 128];
    snprintf(line, sizeof line, "%s %s: %s", what, path, strerror(error));
    say(walk, line);
}

/* ---- folders --------------------------------------------------------------------------
 */

static int walk_folder(struct walk *walk, const char *folder);

static int walk_entry(struct walk *walk, const char *path)
{
    struct stat about;
    if (stat(path, &about) !=
        0) /* a broken link: the reason is found when it is opened */
        return is_audio(path) ? add_path(walk->crate, path) : 0;
    if (S_ISDIR(about.st_mode))
        return walk_folder(walk, path);
    return S_ISREG(about.st_mode) && is_audio(path) ? add_path(walk->crate, path) : 0;
}

static bool is_above(const struct walk *walk, const struct stat *about)
{
    for (int i = 0; i < walk->depth; i++)
        if (walk->above[i].dev == about->st_dev && walk->above[i].ino == about->st_ino)
            return true;
    return false;
}

static int walk_folder(struct walk *walk, const char *folder)
{
    struct stat about;
    if (stat(folder, &about) != 0 || is_above(walk, &about) || walk->depth == DEPTH_MAX) {
        say_error(walk, "not searching", folder, ELOOP);
        return 0;
    }
    DIR *dir = opendir(folder);
    if (!dir) {
        say_error(walk, "cannot search", folder, errno);
        return 0;
    }
    walk->above[walk->depth].dev = about.st_dev;
    walk->above[walk->depth++].ino = about.st_ino;
    int rc = 0;
    struct dirent *entry;
    while (rc == 0 && (entry = readdir(dir))) {
        char path[PATH_MAX];
        if (entry->d_name[0] == '.')
            continue;
        int length = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (walk->host->cancelled(walk->host->ctx))
            rc = -ECANCELED;
        else if (length < (int)sizeof path)
            rc = walk_entry(walk, path);
    }
    closedir(dir);
    walk->depth--;
    return rc;
}

/* ---- playlists ------------------------------------------------------------------------
 */

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Undo the %XX of a file: URI, in place. */
static void decode_percent(char *text)
{
    char *out = text;
    for (; *text; out++) {
        int high = *text == '%' ? hex_digit(text[1]) : -1;
        int low = high >= 0 ? hex_digit(text[2]) : -1;
        *out = low > 0 || (low == 0 && high > 0) ? (char)(high * 16 + low) : *text;
        text += low >= 0 ? 3 : 1;
    }
    *out = 0;
}

static int add_line(struct walk *walk, const char *base, char *line)
{
    char path[PATH_MAX], whole[PATH_MAX];
    line += strspn(line, " \t");
    line[strcspn(line, "\r\n")] = 0;
    if (*line == 0 || *line == '#')
        return 0;
    if (strncasecmp(line, "file://", 7) == 0) {
        line += 7;
        decode_percent(line);
    } else if (strstr(line, "://")) {
        char text[PATH_MAX];
        snprintf(text, sizeof text, "not yet: skipping %.500s of a playlist: only files",
                 line);
        say(walk, text);
        return 0;
    }
    int length = *line == '/' ? snprintf(path, sizeof path, "%s", line)
                              : snprintf(path, sizeof path, "%s/%s", base, line);
    if (length >= (int)sizeof path)
        return 0;
    return add_path(walk->crate, realpath(path, whole) ? whole : path);
}

static int read_playlist(struct walk *walk, const char *path)
{
    char base[PATH_MAX], *line = NULL;
    size_t room = 0, bytes = 0;
    ssize_t length;
    FILE *file = fopen(path, "re");
    if (!file)
        return -errno;
    snprintf(base, sizeof base, "%s", path);
    char *slash = strrchr(base, '/');
    if (slash)
        *slash = 0;
    else
        snprintf(base, sizeof base, ".");
    int rc = 0;
    for (bool is_first = true; rc == 0 && (length = getline(&line, &room, file)) > 0;
         is_first = false) {
        bool has_mark = is_first && strncmp(line, "\xef\xbb\xbf", 3) == 0;
        bytes += (size_t)length;
        rc = bytes > PLAYLIST_MAX ? -EFBIG
             : walk->host->cancelled(walk->host->ctx)
                 ? -ECANCELED
                 : add_line(walk, base, line + 3 * has_mark);
    }
    free(line);
    fclose(file);
    return rc;
}

/* ---- sources --------------------------------------------------------------------------
 */

int crate_add(struct crate *crate, const char *source, const struct fv_host *host,
              struct crate_said *said, struct fv_error *error)
{
    struct walk walk = {.crate = crate, .host = host, .said = said};
    struct stat about;
    size_t before = crate->count;
    int rc = 0;
    if (stat(source, &about) != 0)
        rc = strstr(source, ":") && !strchr(source, '/') ? -ENOSYS : -errno;
    else if (S_ISDIR(about.st_mode))
        rc = walk_folder(&walk, source);
    else if (is_playlist(source))
        rc = read_playlist(&walk, source);
    else
        rc = add_path(crate, source);
    if (rc == -ENOSYS || strstr(source, "://"))
        snprintf(error->text, sizeof error->text,
                 "not yet: %.150s: a crate is a folder, a playlist or a file", source);
    else if (rc)
        snprintf(error->text, sizeof error->text, "cannot read the crate %.150s: %s",
                 source, strerror(-rc));
    else if (crate->count == before)
        snprintf(error->text, sizeof error->text,
                 "the crate %.150s is empty: no audio files in it", source);
    return rc;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void crate_settle(struct crate *crate)
{
    size_t kept = 0;
    if (crate->count > 0)
        qsort(crate->paths, crate->count, sizeof *crate->paths, by_text);
    for (size_t i = 0; i < crate->count; i++) {
        if (kept > 0 && strcmp(crate->paths[kept - 1], crate->paths[i]) == 0)
            free(crate->paths[i]);
        else
            crate->paths[kept++] = crate->paths[i];
    }
    crate->count = kept;
}
