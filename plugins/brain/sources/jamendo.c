/* jamendo.c - developer.jamendo.com, v3.0. Its errors come as 200 with a status of
 * "failed".
 *
 *     jamendo:tracks?order=popularity_week&tags=techno
 */
#include "reading.h"
#include "service.h"
#include "shelf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 200u

static int start_url(struct listing *listing, const char *path, char *url, size_t cap,
                     struct fv_error *error)
{
    char base[512], id[128];
    source_setting(listing, "jamendo.url", "https://api.jamendo.com/v3.0", base,
                   sizeof base);
    if (!source_key(listing, "jamendo", "client_id", id, sizeof id)) {
        snprintf(error->text, sizeof error->text,
                 "jamendo: no client_id in FOREVER_JAMENDO_CLIENT_ID or the credentials");
        return -EACCES;
    }
    snprintf(url, cap, "%s/%s/", base, path);
    http_add_query(url, cap, "client_id", id);
    http_add_query(url, cap, "format", "json");
    return 0;
}

static int ask(struct listing *listing, const char *url, json_t **answer,
               struct fv_error *error)
{
    struct http_request request = {.url = url};
    int rc = shelf_get_json(listing->http, &request, source_age_s(listing), NULL, answer,
                            error);
    const json_t *headers = json_object_get(*answer, "headers");
    const char *status = json_string_value(json_object_get(headers, "status"));
    if (rc == 0 && (!status || strcmp(status, "success") != 0)) {
        char *why = json_text(headers, "error_message");
        snprintf(error->text, sizeof error->text, "jamendo refuses: %.150s",
                 why ? why : "it does not say why");
        free(why);
        rc = -EPROTO;
    }
    return rc;
}

static bool take_track(struct listing *listing, const json_t *track, struct item *item)
{
    char *id = json_text(track, "id"), *license = json_text(track, "license_ccurl");
    char uri[256], streams[512];
    const json_t *tags = json_object_get(json_object_get(track, "musicinfo"), "tags");
    const json_t *genres = json_object_get(tags, "genres");
    *item = (struct item){.key = -1};
    bool is_good = id && id_is_plain(id) && license_allows(listing, license) &&
                   json_is_string(json_object_get(track, "audio"));
    if (is_good) {
        snprintf(uri, sizeof uri, "jamendo:%s", id);
        snprintf(streams, sizeof streams, "jamendo:%s\n", id);
        const char *genre = json_string_value(json_array_get(genres, 0));
        *item = (struct item){.uri = strdup(uri),
                              .title = json_text(track, "name"),
                              .artist = json_text(track, "artist_name"),
                              .genre = genre ? text_clean(genre) : NULL,
                              .tags = tags_from_list(json_object_get(tags, "vartags")),
                              .license = license,
                              .page = json_text(track, "shareurl"),
                              .streams = strdup(streams),
                              .length_s = json_amount(track, "duration"),
                              .key = -1};
        license = NULL;
    }
    free(id);
    free(license);
    return is_good && item->uri && item->streams;
}

static int jamendo_list(struct listing *listing, const char *rest, struct fv_error *error)
{
    static const char *const passed[] = {
        "order",           "tags", "fuzzytags", "speed", "vocalinstrumental",
        "durationbetween", NULL};
    size_t most = source_most(listing), had = SIZE_MAX;
    int rc = query_verb(rest, "tracks") ? 0 : -EINVAL;
    if (rc)
        snprintf(error->text, sizeof error->text,
                 "jamendo:%.100s: jamendo:tracks?order=popularity_week&tags=...", rest);
    for (size_t offset = 0; rc == 0 && offset < most && had > 0; offset += PAGE) {
        char url[LISTING_URL], number[24];
        json_t *answer = NULL, *track;
        size_t i;
        rc = start_url(listing, "tracks", url, sizeof url, error);
        if (rc)
            break;
        snprintf(number, sizeof number, "%zu",
                 most - offset < PAGE ? most - offset : PAGE);
        http_add_query(url, sizeof url, "limit", number);
        snprintf(number, sizeof number, "%zu", offset);
        http_add_query(url, sizeof url, "offset", number);
        http_add_query(url, sizeof url, "include", "musicinfo licenses");
        query_pass(rest, passed, url, sizeof url);
        rc = ask(listing, url, &answer, error);
        const json_t *results = json_object_get(answer, "results");
        had = rc == 0 ? json_array_size(results) : 0;
        for (i = 0; rc == 0 && i < had; i++) {
            struct item item;
            track = json_array_get(results, i);
            if (take_track(listing, track, &item))
                rc = crate_add(listing->crate, &item);
            else
                item_release(&item);
        }
        had = had < PAGE ? 0 : had;
        json_decref(answer);
    }
    return rc;
}

static int jamendo_find(struct listing *listing, const char *id, struct item *item,
                        struct fv_error *error)
{
    char url[LISTING_URL];
    json_t *answer = NULL;
    int rc =
        id_is_plain(id) ? start_url(listing, "tracks", url, sizeof url, error) : -EINVAL;
    if (rc == 0) {
        http_add_query(url, sizeof url, "id", id);
        http_add_query(url, sizeof url, "include", "musicinfo licenses");
        rc = ask(listing, url, &answer, error);
    }
    if (rc == 0 &&
        !take_track(listing, json_array_get(json_object_get(answer, "results"), 0), item))
        rc = -EACCES;
    if (rc && !error->text[0])
        snprintf(error->text, sizeof error->text, "jamendo:%.100s %s", id,
                 rc == -EINVAL ? "is no id" : "is not there, or its licence forbids it");
    json_decref(answer);
    return rc;
}

static int jamendo_stream(struct listing *listing, const char *id, struct way_in *way,
                          struct fv_error *error)
{
    int rc = id_is_plain(id)
                 ? start_url(listing, "tracks/file", way->url, sizeof way->url, error)
                 : -EINVAL;
    if (rc == 0) {
        http_add_query(way->url, sizeof way->url, "id", id);
        http_add_query(way->url, sizeof way->url, "audioformat", "mp32");
    }
    return rc;
}

const struct service jamendo_service = {.name = "jamendo",
                                        .list = jamendo_list,
                                        .find = jamendo_find,
                                        .stream = jamendo_stream};
