/* source.c - tells folders, playlists, feeds and sources by name apart. */
#include "source.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const struct source *const sources[] = {
    NULL,
};

void source_say(struct listing *listing, const char *line)
{
    struct said *said = listing->said;
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (const char *at = line; *at; at++)
        hash = (hash ^ (unsigned char)*at) * 1099511628211u;
    for (size_t i = 0; i < said->count; i++)
        if (said->hashes[i] == hash)
            return;
    if (said->count < sizeof said->hashes / sizeof *said->hashes)
        said->hashes[said->count++] = hash;
    else
        return;
    listing->host->log(listing->host->ctx, FV_WARNING, line);
}

/* The source that a text names; `rest` is what follows the colon. */
static const struct source *source_named(const char *text, const char **rest)
{
    size_t length = strcspn(text, ":");
    for (const struct source *const *source = sources; text[length] && *source; source++)
        if (strlen((*source)->name) == length &&
            strncmp((*source)->name, text, length) == 0) {
            *rest = text + length + 1;
            return *source;
        }
    return NULL;
}

static int refuse(struct fv_error *error, int rc, const char *format, const char *what)
{
    snprintf(error->text, sizeof error->text, format, what);
    return rc;
}

static int read_local(struct listing *listing, const char *path, struct fv_error *error)
{
    struct stat about;
    size_t before = listing->crate->count;
    int rc = 0;
    if (stat(path, &about) != 0)
        rc = -errno;
    else if (S_ISDIR(about.st_mode))
        rc = folder_read(listing, path);
    else if (playlist_has_name(path))
        rc = playlist_read(listing, path, error);
    else
        rc = crate_add_path(listing->crate, path);
    if (rc && rc != -ECANCELED && !error->text[0])
        snprintf(error->text, sizeof error->text, "cannot read the crate %.150s: %s",
                 path, strerror(-rc));
    else if (rc == 0 && listing->crate->count == before)
        snprintf(error->text, sizeof error->text,
                 "the crate %.150s is empty: no audio files in it", path);
    return rc;
}

int source_read(struct listing *listing, const char *text, struct fv_error *error)
{
    struct stat about;
    const char *rest;
    const struct source *source = source_named(text, &rest);
    if (stat(text, &about) == 0)
        return read_local(listing, text, error);
    if (source)
        return source->list(listing, rest, error);
    if (strstr(text, ":") && !strchr(text, '/'))
        return refuse(error, -EPROTONOSUPPORT,
                      "no source is called %.150s: a crate is a folder, a playlist, a "
                      "feed or a source by name",
                      text);
    return read_local(listing, text, error);
}

int source_find(struct listing *listing, const char *uri, struct item *item,
                struct fv_error *error)
{
    char whole[PATH_MAX];
    const char *rest;
    const struct source *source = source_named(uri, &rest);
    *item = (struct item){.key = -1};
    if (source && source->find)
        return source->find(listing, rest, item, error);
    if (*uri != '/')
        return refuse(error, -EPROTONOSUPPORT,
                      "%.150s is neither a whole path nor a track of a source", uri);
    if (!realpath(uri, whole))
        return refuse(error, -errno, "there is no file %.150s", uri);
    if (!folder_has_audio_name(whole))
        return refuse(error, -EINVAL, "%.150s has no audio file's name", uri);
    item->uri = strdup(whole);
    return item->uri ? 0 : -ENOMEM;
}
