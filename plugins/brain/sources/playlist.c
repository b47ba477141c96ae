/* playlist.c - lines are taken as they are; what a line may name is decided by whoever
 * looks it up, as for requests. */
#include "playlist.h"

#include "file_uri.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define PLAYLIST_MAX (256u << 20) /* bytes */
#define LINE_MAX_BYTES 8192u

struct reading {
    struct listing *listing;
    playlist_find *find;
    char base[PATH_MAX]; /* the playlist's folder */
    bool is_pls;
};

bool playlist_has_name(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && (strcasecmp(dot, ".m3u") == 0 || strcasecmp(dot, ".m3u8") == 0 ||
                   strcasecmp(dot, ".pls") == 0);
}

/* Latin-1 to UTF-8; too long a path is cut, and no file then. */
static void widen(const char *latin, char path[PATH_MAX])
{
    size_t used = 0;
    for (; *latin && used + 2 < PATH_MAX; latin++) {
        unsigned char c = (unsigned char)*latin;
        if (c >= 0x80)
            path[used++] = (char)(0xc0 | c >> 6);
        path[used++] = (char)(c < 0x80 ? c : 0x80 | (c & 0x3f));
    }
    path[used] = 0;
}

/* The whole path of a file of a folder. Some players write %20 for a blank, as in an
 * address; on Windows a path has other strokes, and often the letters of Latin-1. */
static bool find_file(const char *folder, const char *name, char whole[PATH_MAX])
{
    char names[4][PATH_MAX], path[PATH_MAX];
    if (snprintf(names[0], PATH_MAX, "%s", name) >= PATH_MAX)
        return false;
    strcpy(names[1], name);
    file_uri_decode(names[1]);
    strcpy(names[2], name);
    for (char *at = names[2]; (at = strchr(at, '\\'));)
        *at = '/';
    widen(names[2], names[3]);
    for (int i = 0; i < 4; i++)
        if ((i == 0 || strcmp(names[i], name) != 0) &&
            snprintf(path, sizeof path, "%s%s", folder, names[i]) < PATH_MAX &&
            realpath(path, whole))
            return true;
    return snprintf(whole, PATH_MAX, "%s%s", folder, name) < PATH_MAX;
}

static int take_file(struct reading *reading, const char *name)
{
    char folder[PATH_MAX + 1] = "", whole[PATH_MAX];
    if (*name != '/')
        snprintf(folder, sizeof folder, "%s/", reading->base);
    if (!find_file(folder, name, whole))
        return 0;
    return crate_add_path(reading->listing->crate, whole);
}

static bool has_scheme(const char *line)
{
    size_t length = strspn(line, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "0123456789+.-");
    return length > 1 && line[length] == ':' &&
           (strncmp(line + length, "://", 3) == 0 || !strchr(line, '/'));
}

/* "10:15.wav" looks like a scheme, but a file may be called so. */
static bool is_beside(const struct reading *reading, const char *name)
{
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/%s", reading->base, name);
    return length < (int)sizeof path && access(path, F_OK) == 0;
}

static int take_name(struct reading *reading, char *name)
{
    struct item item = {.key = -1};
    struct fv_error error = {{0}};
    if (strncasecmp(name, "file://", 7) == 0) {
        const char *path = file_uri_read(name);
        return *path == '/' ? take_file(reading, path) : 0;
    }
    if (!has_scheme(name) || is_beside(reading, name))
        return take_file(reading, name);
    int rc = reading->find(reading->listing, name, &item, &error);
    if (rc == 0)
        return crate_add(reading->listing->crate, &item);
    item_release(&item);
    if (rc == -ECANCELED || rc == -ENOMEM)
        return rc;
    char line[512];
    snprintf(line, sizeof line, "skipping a line of a playlist: %s", error.text);
    listing_say(reading->listing, line);
    return 0;
}

/* The text without blanks around it. */
static char *trim(char *text)
{
    text += strspn(text, " \t");
    size_t length = strlen(text);
    while (length > 0 && strchr(" \t", text[length - 1]))
        length--;
    text[length] = 0;
    return text;
}

static int take_line(struct reading *reading, char *line)
{
    line = trim(line);
    if (*line == 0 || *line == '#')
        return 0;
    if (reading->is_pls) { /* File1=... */
        if (strncasecmp(line, "file", 4) != 0 || !strchr(line, '='))
            return 0;
        line = trim(strchr(line, '=') + 1);
    }
    return take_name(reading, line);
}

/* The next line, whichever system has ended it: with LF, CR LF (an empty line more), or
 * CR. One that is too long is left empty. returns bytes that were read; 0 at the end */
static size_t read_line(FILE *file, char *line)
{
    size_t bytes = 0;
    int c = 0;
    while (bytes <= PLAYLIST_MAX && c != '\n' && c != '\r' && (c = getc(file)) != EOF)
        if (bytes++ < LINE_MAX_BYTES)
            line[bytes - 1] = (char)c;
    bool is_ended = c == '\n' || c == '\r';
    line[bytes > LINE_MAX_BYTES ? 0 : bytes - is_ended] = 0;
    return bytes;
}

static int read_lines(struct reading *reading, FILE *file)
{
    const struct fv_host *host = reading->listing->host;
    char *line = malloc(LINE_MAX_BYTES + 1);
    size_t bytes = 0, more;
    int rc = line ? 0 : -ENOMEM;
    while (rc == 0 && (more = read_line(file, line)) > 0) {
        bool has_mark = bytes == 0 && strncmp(line, "\xef\xbb\xbf", 3) == 0;
        bytes += more;
        if (bytes > PLAYLIST_MAX)
            rc = -EFBIG;
        else if (host->cancelled(host->ctx))
            rc = -ECANCELED;
        else
            rc = take_line(reading, line + 3 * has_mark);
    }
    if (rc == 0 && ferror(file))
        rc = -EIO;
    free(line);
    return rc;
}

int playlist_read(struct listing *listing, const char *path, playlist_find *find,
                  struct fv_error *error)
{
    struct reading reading = {.listing = listing, .find = find};
    FILE *file = fopen(path, "re");
    int rc = file ? 0 : -errno;
    snprintf(reading.base, sizeof reading.base, "%s", path);
    char *slash = strrchr(reading.base, '/');
    if (slash)
        *slash = 0;
    else
        snprintf(reading.base, sizeof reading.base, ".");
    const char *dot = strrchr(path, '.');
    reading.is_pls = dot && strcasecmp(dot, ".pls") == 0;
    if (file) {
        rc = read_lines(&reading, file);
        fclose(file);
    }
    if (rc && rc != -ECANCELED)
        snprintf(error->text, sizeof error->text, "cannot read the playlist %.150s: %s",
                 path, strerror(-rc));
    return rc;
}
