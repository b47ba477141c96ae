/* source.c - tells folders, playlists, feeds and services by name apart. */
#include "source.h"

#include "feed.h"
#include "folder.h"
#include "playlist.h"
#include "reading.h"
#include "service.h"
#include "store.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

static const struct service *const services[] = {
    &audius_service,  &jamendo_service,    &ccmixter_service,
    &archive_service, &soundcloud_service, NULL,
};

/* The service that a text names; `rest` is what follows the colon. */
static const struct service *service_named(const char *text, const char **rest)
{
    size_t length = strcspn(text, ":");
    for (const struct service *const *service = services; text[length] && *service;
         service++)
        if (strlen((*service)->name) == length &&
            strncmp((*service)->name, text, length) == 0) {
            *rest = text + length + 1;
            return *service;
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
    else if (!S_ISREG(about.st_mode)) /* a pipe would be waited for */
        return refuse(error, -EINVAL, "%.150s is neither a folder nor a plain file",
                      path);
    else if (feed_has_name(path))
        rc = feed_read(listing, path, error);
    else if (playlist_has_name(path))
        rc = playlist_read(listing, path, source_find, error);
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

/* What a list is good for although its server fails: the old one is used, and that is
 * said. */
static int read_far(struct listing *listing, const struct service *service,
                    const char *text, struct fv_error *error)
{
    int rc =
        service ? service->list(listing, text, error) : feed_read(listing, text, error);
    if (rc == 0 && error->text[0])
        listing_say(listing, error->text);
    if (rc == 0)
        error->text[0] = 0;
    return rc;
}

int source_read(struct listing *listing, const char *text, struct fv_error *error)
{
    char whole[PATH_MAX];
    const char *rest;
    const struct service *service = service_named(text, &rest);
    if (realpath(text, whole)) /* a track's name holds wherever it is asked for */
        return read_local(listing, whole, error);
    if (service)
        return read_far(listing, service, rest, error);
    if (feed_has_name(text) && strstr(text, "://"))
        return read_far(listing, NULL, text, error);
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
    const struct service *service = service_named(uri, &rest);
    *item = (struct item){.key = -1};
    if (service && service->find)
        return service->find(listing, rest, item, error);
    if (strncasecmp(uri, "http://", 7) == 0 || strncasecmp(uri, "https://", 8) == 0) {
        item->streams = stream_url(uri);
        item->uri = item->streams ? strdup(item->streams) : NULL;
        char shown[160];
        http_shown(uri, shown, sizeof shown);
        return item->uri ? 0
                         : refuse(error, -EINVAL,
                                  "%s can't be used: no user, no spaces, no control "
                                  "characters",
                                  shown);
    }
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

/* How to ask for one of a track's streams. */
static int find_way(struct listing *listing, const char *stream, struct way_in *way,
                    struct fv_error *error)
{
    const char *id;
    const struct service *service = service_named(stream, &id);
    *way = (struct way_in){{0}, {0}};
    if (service && service->stream)
        return service->stream(listing, id, way, error);
    snprintf(way->url, sizeof way->url, "%s", stream);
    return 0;
}

int source_fetch(struct listing *listing, const char *uri, const char *streams,
                 char *path, size_t cap, struct fv_error *error)
{
    int rc = -ENOENT;
    while (*streams && rc && rc != -ECANCELED) {
        char stream[LISTING_URL];
        struct way_in way;
        size_t length = strcspn(streams, "\n");
        snprintf(stream, sizeof stream, "%.*s", (int)length, streams);
        streams += length + (streams[length] == '\n');
        rc = find_way(listing, stream, &way, error);
        struct http_request request = {.url = way.url,
                                       .headers = {*way.header ? way.header : NULL}};
        if (rc == 0)
            rc = store_fetch(listing->http, uri, &request, path, cap, error);
    }
    return rc;
}
