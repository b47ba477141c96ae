/* folder.c - walks folders with its own stack of open folders, so that a link that leads
 * back into one of them is seen. */
#include "folder.h"

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

struct walk {
    struct listing *listing;
    struct {
        dev_t dev;
        ino_t ino;
    } above[DEPTH_MAX]; /* the folders that are open */
    int depth;
};

bool folder_has_audio_name(const char *path)
{
    static const char *const endings[] = {"mp3",  "mp2",  "flac", "ogg",  "oga",
                                          "opus", "m4a",  "wav",  "wave", "aif",
                                          "aiff", "aifc", "w64"};
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof endings / sizeof endings[0]; i++)
        if (strcasecmp(dot + 1, endings[i]) == 0)
            return true;
    return false;
}

static void say_error(struct walk *walk, const char *what, const char *path, int error)
{
    char line[PATH_MAX + 128];
    snprintf(line, sizeof line, "%s %s: %s", what, path, strerror(error));
    listing_say(walk->listing, line);
}

/* ---- folders --------------------------------------------------------------------------
 */

static int walk_folder(struct walk *walk, const char *folder);

static int walk_entry(struct walk *walk, const char *path)
{
    struct stat about;
    if (stat(path, &about) !=
        0) /* a broken link: the reason is found when it is opened */
        return folder_has_audio_name(path) ? crate_add_path(walk->listing->crate, path)
                                           : 0;
    if (S_ISDIR(about.st_mode))
        return walk_folder(walk, path);
    return S_ISREG(about.st_mode) && folder_has_audio_name(path)
               ? crate_add_path(walk->listing->crate, path)
               : 0;
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
        if (walk->listing->host->cancelled(walk->listing->host->ctx))
            rc = -ECANCELED;
        else if (length < (int)sizeof path)
            rc = walk_entry(walk, path);
    }
    closedir(dir);
    walk->depth--;
    return rc;
}

int folder_read(struct listing *listing, const char *folder)
{
    struct walk walk = {.listing = listing};
    return walk_folder(&walk, folder);
}
