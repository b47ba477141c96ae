/* requests.c - what people want to hear: by the admin socket, inject.txt and mix.txt. */
#include "brain.h"

#include "file_uri.h"
#include "fold.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SOON 16 /* a request is put among the next so many, an hour, where it fits */
#define LINES_MAX 1000 /* of inject.txt that are taken at once */
#define LINE_BYTES 4096

bool ban_means(const json_t *ban, const struct pool_track *track)
{
    const char *text = json_string_value(ban);
    return text && (strcmp(text, track->uri) == 0 ||
                    (track->traits.artist && fold_hash(text) == track->traits.artist));
}

bool brain_bans(const struct fv_brain *brain, const struct pool_track *track)
{
    size_t i;
    json_t *ban;
    json_array_foreach(brain->bans, i, ban)
    {
        if (ban_means(ban, track))
            return true;
    }
    return false;
}

struct pool_track *brain_find(const struct fv_brain *brain, const char *uri)
{
    char *text = strdup(uri);
    struct pool_track *track = text ? pool_find(&brain->pool, file_uri_read(text)) : NULL;
    free(text);
    return track;
}

/* The track of a uri, in the pool as a guest if it was not there. */
static struct pool_track *invite(struct fv_brain *brain, const char *uri,
                                 struct fv_error *error)
{
    struct pool_track *track = brain_find(brain, uri);
    struct listing listing = brain_listing(brain, NULL);
    struct item item;
    if (track)
        return track;
    if (source_find(&listing, uri, &item, error) == 0) {
        track = pool_find(&brain->pool, item.uri);
        if (!track && (track = pool_add(&brain->pool, &item))) {
            track->is_guest = true;
            track->is_new = false;
            pool_learn(&brain->pool, track, brain->host);
        }
        if (!track)
            snprintf(error->text, sizeof error->text, "out of memory");
    }
    item_release(&item);
    return track;
}

int brain_request(struct fv_brain *brain, const char *uri, int before, char *whole,
                  size_t cap, struct fv_error *error)
{
    struct pool_track *track = invite(brain, uri, error);
    if (!track)
        return -ENOENT;
    if (brain_bans(brain, track)) {
        snprintf(error->text, sizeof error->text, "%.200s is banned", track->uri);
        return -EPERM;
    }
    for (size_t i = 0; i < brain->route.count; i++)
        if (brain->route.stops[i].track == track) {
            route_remove(&brain->route, i);
            before -= (int)i < before;
            break;
        }
    track->is_failed = false;
    struct planner planner = brain_planner(brain);
    int rc = before == BRAIN_BEST
                 ? route_insert(&brain->route, &planner, track, SOON, true)
                 : route_put(&brain->route, (size_t)before, (struct stop){track, true});
    size_t place = 0;
    while (place < brain->route.count && brain->route.stops[place].track != track)
        place++;
    snprintf(whole, cap, "%s", track->uri);
    return rc ? rc : (int)place + 1;
}

/* ---- files ----------------------------------------------------------------------------
 */

/* A file of the configuration: relative names lie in the state folder, which holds the
 * cache's. returns false when there is none */
static bool file_named(const struct fv_brain *brain, const char *setting,
                       const char *otherwise, char out[PATH_MAX])
{
    char name[PATH_MAX / 2], state[PATH_MAX / 2];
    const struct fv_host *host = brain->host;
    if (!host->cache_dir)
        return false;
    if (host->text(host->ctx, setting, name, sizeof name) == 0)
        snprintf(name, sizeof name, "%s", otherwise);
    snprintf(state, sizeof state, "%s", host->cache_dir);
    char *slash = strrchr(state, '/');
    if (slash)
        *slash = 0;
    if (*name == '/')
        snprintf(out, PATH_MAX, "%s", name);
    else
        snprintf(out, PATH_MAX, "%s/%s", slash ? state : ".", name);
    return true;
}

static void trim(char *line)
{
    size_t length = strcspn(line, "\r\n"), start = strspn(line, " \t");
    while (length > start && isspace((unsigned char)line[length - 1]))
        length--;
    memmove(line, line + start, length - start);
    line[length - start] = 0;
}

/* One line; `taken` counts those that were. */
static void inject(struct fv_brain *brain, char *line, int *taken)
{
    char whole[4096], told[LINE_BYTES + 128];
    struct fv_error error = {{0}};
    trim(line);
    if (*line == 0 || *line == '#')
        return;
    int rc = brain_request(brain, line, *taken, whole, sizeof whole, &error);
    if (rc > 0)
        *taken = rc; /* its place: a line that stands there twice takes no other */
    if (rc > 0)
        snprintf(told, sizeof told, "inject.txt: %.400s plays next", whole);
    else
        snprintf(told, sizeof told, "inject.txt: refused: %s",
                 error.text[0] ? error.text : strerror(-rc));
    brain->host->log(brain->host->ctx, rc > 0 ? FV_INFO : FV_WARNING, told);
}

void brain_take_injections(struct fv_brain *brain)
{
    char path[PATH_MAX], taken[PATH_MAX + 8], line[LINE_BYTES];
    if (!file_named(brain, "brain.inject", "inject.txt", path))
        return;
    snprintf(taken, sizeof taken, "%s.taken", path);
    if (access(taken, F_OK) != 0 && rename(path, taken) != 0)
        return;
    FILE *file = fopen(taken, "re");
    int lines = 0, taken_lines = 0;
    while (file && lines++ < LINES_MAX && fgets(line, sizeof line, file))
        inject(brain, line, &taken_lines);
    if (lines > LINES_MAX && fgets(line, sizeof line, file))
        brain->host->log(brain->host->ctx, FV_WARNING,
                         "inject.txt: no more than 1000 lines are taken at once: the "
                         "rest is left out");
    if (file)
        fclose(file);
    unlink(taken);
}

void brain_read_mix(struct fv_brain *brain, struct listing *listing)
{
    char path[PATH_MAX], line[LINE_BYTES];
    FILE *file =
        file_named(brain, "brain.mix", "mix.txt", path) ? fopen(path, "re") : NULL;
    while (file && fgets(line, sizeof line, file)) {
        struct item item = {.key = -1};
        struct fv_error error = {{0}};
        trim(line);
        if (*line == 0 || *line == '#')
            continue;
        if (source_find(listing, line, &item, &error) == 0) {
            item.must_play = true;
            crate_add(listing->crate, &item);
        } else {
            char told[400];
            item_release(&item);
            snprintf(told, sizeof told, "mix.txt: %s", error.text);
            listing_say(listing, told);
        }
    }
    if (file)
        fclose(file);
}
