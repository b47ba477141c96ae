/* folder.c - walks folders and remembers which; links to folders come last, and only to
 * what was not searched: they may lead back, or to each other in more ways than can be
 * gone.
 */
#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <search.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define DEPTH_MAX 64

struct place {
    dev_t dev;
    ino_t ino;
};

struct walk {
    struct listing *listing;
    void *searched; /* a tree of places */
    char **links;   /* to folders, that wait */
    size_t link_count;
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

static int by_place(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    return x->dev != y->dev ? (x->dev > y->dev) - (x->dev < y->dev)
                            : (x->ino > y->ino) - (x->ino < y->ino);
}

/* returns 1: not searched before, and noted; 0; or -ENOMEM */
static int note_place(struct walk *walk, const struct stat *about)
{
    struct place *place = malloc(sizeof *place);
    if (!place)
        return -ENOMEM;
    *place = (struct place){about->st_dev, about->st_ino};
    struct place **there = tsearch(place, &walk->searched, by_place);
    if (!there || *there != place)
        free(place);
    return there ? *there == place : -ENOMEM;
}

static bool is_link(const char *path)
{
    struct stat about;
    return lstat(path, &about) == 0 && S_ISLNK(about.st_mode);
}

static int put_off(struct walk *walk, const char *path)
{
    size_t bytes = (walk->link_count + 1) * sizeof *walk->links;
    char **links = realloc(walk->links, bytes);
    if (!links)
        return -ENOMEM;
    walk->links = links;
    links[walk->link_count] = strdup(path);
    return links[walk->link_count++] ? 0 : -ENOMEM;
}

static int walk_entry(struct walk *walk, const char *path)
{
    struct stat about;
    if (stat(path, &about) !=
        0) /* a broken link: the reason is found when it is opened */
        return folder_has_audio_name(path) ? crate_add_path(walk->listing->crate, path)
                                           : 0;
    if (S_ISDIR(about.st_mode))
        return is_link(path) ? put_off(walk, path) : walk_folder(walk, path);
    return S_ISREG(about.st_mode) && folder_has_audio_name(path)
               ? crate_add_path(walk->listing->crate, path)
               : 0;
}

static int walk_entries(struct walk *walk, DIR *dir, const char *folder)
{
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
    return rc;
}

static int walk_folder(struct walk *walk, const char *folder)
{
    struct stat about;
    if (walk->depth == DEPTH_MAX) {
        say_error(walk, "not searching", folder, ELOOP);
        return 0;
    }
    DIR *dir = opendir(folder);
    if (!dir) {
        say_error(walk, "cannot search", folder, errno);
        return 0;
    }
    walk->depth++;
    int rc = fstat(dirfd(dir), &about) != 0 ? -errno : note_place(walk, &about);
    if (rc == 1)
        rc = walk_entries(walk, dir, folder);
    walk->depth--;
    closedir(dir);
    return rc;
}

int folder_read(struct listing *listing, const char *folder)
{
    struct walk walk = {.listing = listing};
    int rc = walk_folder(&walk, folder);
    for (size_t i = 0; rc == 0 && i < walk.link_count; i++)
        rc = walk_folder(&walk, walk.links[i]);
    for (size_t i = 0; i < walk.link_count; i++)
        free(walk.links[i]);
    free(walk.links);
    tdestroy(walk.searched, free);
    return rc;
}
