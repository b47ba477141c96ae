/* fetching.c - audio of tracks that are no files: from the store, else from where their
 * source says it is. */
#include "brain.h"

#include "store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PINNED_AHEAD 20 /* of the route, whose files stay in the store ... */
#define PINNED_PAST 6   /* ... and of those settled last, which may be playing */

struct listing brain_listing(struct fv_brain *brain, struct crate *crate)
{
    return (struct listing){
        .crate = crate, .host = brain->host, .said = &brain->said, .http = &brain->http};
}

static bool is_named(const char *uri, const char *name)
{
    char stored[40];
    store_name(uri, stored);
    return strncmp(name, stored, strlen(stored)) == 0;
}

static bool may_be_playing(const struct fv_brain *brain, const char *name)
{
    size_t settled = json_array_size(brain->history);
    for (size_t i = 0; i < settled && i < PINNED_PAST; i++)
        if (is_named(json_string_value(json_array_get(brain->history, settled - 1 - i)),
                     name))
            return true;
    return false;
}

static bool is_pinned(void *ctx, const char *name)
{
    const struct fv_brain *brain = ctx;
    for (size_t i = 0; i < brain->route.count && i < PINNED_AHEAD; i++)
        if (is_named(brain->route.stops[i].track->uri, name))
            return true;
    return may_be_playing(brain, name);
}

static void make_room(struct fv_brain *brain)
{
    const struct fv_host *host = brain->host;
    double megabytes = host->number(host->ctx, "sources.cache_mb", 2000);
    store_trim(host, (int64_t)(megabytes * 1048576), is_pinned, brain);
}

static void note_path(struct pool_track *track, const char *path)
{
    free(track->path);
    track->path = strdup(path);
}

void brain_find_fetched(struct fv_brain *brain)
{
    char path[STORE_PATH];
    for (size_t i = 0; i < brain->pool.count; i++) {
        struct pool_track *track = brain->pool.tracks[i];
        if (track->streams && !track->path &&
            store_find(brain->host, track->uri, path, sizeof path) == 0)
            note_path(track, path);
    }
}

void brain_forget_fetched(struct fv_brain *brain, struct pool_track *track)
{
    char path[STORE_PATH], name[40];
    store_name(track->uri, name);
    if (!track->streams || may_be_playing(brain, name) ||
        store_find(brain->host, track->uri, path, sizeof path) != 0)
        return;
    unlink(path);
    free(track->path);
    track->path = NULL;
}

int brain_fetch(struct fv_brain *brain, const char *uri, char *path, size_t cap,
                struct fv_error *error)
{
    struct pool_track *track = pool_find(&brain->pool, uri);
    char stored[STORE_PATH];
    if (!track || !track->streams) {
        snprintf(path, cap, "%s", uri);
        return 0;
    }
    int rc = store_find(brain->host, uri, stored, sizeof stored);
    if (rc) {
        struct listing listing = brain_listing(brain, NULL);
        rc = source_fetch(&listing, uri, track->streams, stored, sizeof stored, error);
        if (rc == 0)
            make_room(brain);
    }
    if (rc)
        return rc;
    note_path(track, stored);
    snprintf(path, cap, "%s", stored);
    return 0;
}
