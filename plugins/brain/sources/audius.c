/* audius.c - docs.audius.org: trending, underground, search and playlists; the audio
 * comes by a redirect to a content node, with mirrors.
 *
 *     audius:trending?genre=House&time=week    audius:search?query=... audius:playlist/ID
 */
#include "reading.h"
#include "service.h"
#include "shelf.h"
#include "traits.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 100u

/* The base of all calls: as it is set if it ends in /v1; else one of the hosts it lists.
 */
static int find_base(struct listing *listing, char *out, size_t cap,
                     struct fv_error *error)
{
    char base[512];
    json_t *answer = NULL;
    source_setting(listing, "audius.url", "https://api.audius.co/v1", base, sizeof base);
    size_t length = strlen(base);
    if (length > 3 && strcmp(base + length - 3, "/v1") == 0) {
        snprintf(out, cap, "%s", base);
        return 0;
    }
    struct http_request request = {.url = base};
    int rc = shelf_get_json(listing->http, &request, 3600, NULL, &answer, error);
    const json_t *hosts = json_object_get(answer, "data");
    size_t count = json_array_size(hosts);
    const char *host =
        count ? json_string_value(json_array_get(hosts, listing->http->dice % count))
              : NULL;
    if (rc == 0 && host)
        snprintf(out, cap, "%s/v1", host);
    else if (rc == 0)
        snprintf(error->text, sizeof error->text, "audius: no host is listed");
    json_decref(answer);
    return rc ? rc : host ? 0 : -EPROTO;
}

static void sign(struct listing *listing, char *url, size_t cap, char *header,
                 size_t room)
{
    char name[64], token[512];
    source_setting(listing, "audius.app_name", "forever", name, sizeof name);
    http_add_query(url, cap, "app_name", name);
    *header = 0;
    if (source_key(listing, "audius", "token", token, sizeof token))
        snprintf(header, room, "Authorization: Bearer %s", token);
}

static int ask(struct listing *listing, char *url, size_t cap, json_t **answer,
               struct fv_error *error)
{
    char header[600];
    sign(listing, url, cap, header, sizeof header);
    struct http_request request = {.url = url, .headers = {*header ? header : NULL}};
    return shelf_get_json(listing->http, &request, source_age_s(listing), NULL, answer,
                          error);
}

static bool is_playable(const json_t *track)
{
    const json_t *access = json_object_get(track, "access");
    return json_is_yes(track, "is_streamable", true) &&
           json_is_yes(access, "stream", true) &&
           !json_is_yes(track, "is_stream_gated", false) &&
           json_is_yes(track, "is_available", true) &&
           !json_is_yes(track, "is_delete", false) &&
           !json_is_yes(track, "is_unlisted", false);
}

/* The stream by the API, then the same path on each mirror. */
static char *streams_of(const char *id, const json_t *track)
{
    const json_t *stream = json_object_get(track, "stream"), *mirror;
    const json_t *mirrors = json_object_get(stream, "mirrors");
    char *streams = calloc(1, 8 * LISTING_URL);
    const char *url = json_string_value(json_object_get(stream, "url"));
    size_t i, length = streams ? (size_t)sprintf(streams, "audius:%s\n", id) : 0;
    char *clean = stream_url(url);
    const char *path = clean ? strchr(strstr(clean, "://") + 3, '/') : NULL;
    if (streams && clean)
        length += (size_t)sprintf(streams + length, "%s\n", clean);
    for (i = 0; path && streams && i < 4 && i < json_array_size(mirrors); i++) {
        mirror = json_array_get(mirrors, i);
        char whole[LISTING_URL];
        const char *host = json_string_value(mirror);
        snprintf(whole, sizeof whole, "%.200s%.1500s", host ? host : "", path);
        char *other = stream_url(whole);
        if (other)
            length += (size_t)sprintf(streams + length, "%s\n", other);
        free(other);
    }
    free(clean);
    return streams;
}

static bool take_track(struct listing *listing, const json_t *track, struct item *item)
{
    char *id = json_text(track, "id");
    char uri[256];
    *item = (struct item){.key = -1};
    char *license = json_text(track, "license");
    bool is_good =
        id && id_is_plain(id) && is_playable(track) && license_allows(listing, license);
    if (is_good) {
        const json_t *user = json_object_get(track, "user");
        char *tags = json_text(track, "tags"), *key = json_text(track, "musical_key");
        char *permalink = json_text(track, "permalink");
        char page[400];
        snprintf(uri, sizeof uri, "audius:%s", id);
        snprintf(page, sizeof page, "https://audius.co%s", permalink ? permalink : "");
        *item = (struct item){.uri = strdup(uri),
                              .title = json_text(track, "title"),
                              .artist = json_text(user, "name"),
                              .genre = json_text(track, "genre"),
                              .tags = tags_from(tags, ","),
                              .license = license,
                              .page = strdup(page),
                              .streams = streams_of(id, track),
                              .bpm = json_amount(track, "bpm"),
                              .length_s = json_amount(track, "duration"),
                              .key = key ? traits_key(key) : -1};
        license = NULL;
        free(tags);
        free(key);
        free(permalink);
    }
    free(license);
    free(id);
    return is_good && item->uri && item->streams;
}

static int take_list(struct listing *listing, const json_t *tracks)
{
    size_t i;
    json_t *track;
    int rc = 0;
    json_array_foreach(tracks, i, track)
    {
        struct item item;
        if (rc == 0 && take_track(listing, track, &item))
            rc = crate_add(listing->crate, &item);
        else
            item_release(&item);
    }
    return rc;
}

static int first_url(const char *base, const char *rest, char *url, size_t cap,
                     struct fv_error *error)
{
    static const char *const passed[] = {"genre",   "time",        "query",
                                         "mood",    "key",         "bpm_min",
                                         "bpm_max", "sort_method", NULL};
    if (query_verb(rest, "trending") || query_verb(rest, "underground"))
        snprintf(url, cap, "%s/full/tracks/trending%s", base,
                 query_verb(rest, "underground") ? "/underground" : "");
    else if (query_verb(rest, "search"))
        snprintf(url, cap, "%s/full/tracks/search", base);
    else if (strncmp(rest, "playlist/", 9) == 0 && id_is_plain(rest + 9))
        snprintf(url, cap, "%s/full/playlists/%s/tracks", base, rest + 9);
    else {
        snprintf(
            error->text, sizeof error->text,
            "audius:%.100s: audius:trending, audius:underground, audius:search?query= "
            "or audius:playlist/ID",
            rest);
        return -EINVAL;
    }
    query_pass(rest, passed, url, cap);
    return 0;
}

static int audius_list(struct listing *listing, const char *rest, struct fv_error *error)
{
    char base[600], first[LISTING_URL];
    size_t most = source_most(listing), had = SIZE_MAX;
    int rc = find_base(listing, base, sizeof base, error);
    if (rc == 0)
        rc = first_url(base, rest, first, sizeof first, error);
    bool is_paged = strncmp(rest, "playlist/", 9) != 0;
    for (size_t offset = 0; rc == 0 && offset < most && had >= PAGE; offset += PAGE) {
        char url[LISTING_URL], number[24];
        json_t *answer = NULL;
        snprintf(url, sizeof url, "%s", first);
        if (is_paged) {
            snprintf(number, sizeof number, "%zu",
                     most - offset < PAGE ? most - offset : PAGE);
            http_add_query(url, sizeof url, "limit", number);
            snprintf(number, sizeof number, "%zu", offset);
            http_add_query(url, sizeof url, "offset", number);
        }
        rc = ask(listing, url, sizeof url, &answer, error);
        had = json_array_size(json_object_get(answer, "data"));
        if (rc == 0)
            rc = take_list(listing, json_object_get(answer, "data"));
        json_decref(answer);
        if (!is_paged)
            break;
    }
    return rc;
}

static int audius_find(struct listing *listing, const char *id, struct item *item,
                       struct fv_error *error)
{
    char base[600], url[LISTING_URL];
    json_t *answer = NULL;
    int rc = id_is_plain(id) ? find_base(listing, base, sizeof base, error) : -EINVAL;
    if (rc == 0) {
        snprintf(url, sizeof url, "%s/full/tracks/%s", base, id);
        rc = ask(listing, url, sizeof url, &answer, error);
    }
    if (rc == 0 && !take_track(listing, json_object_get(answer, "data"), item))
        rc = -EACCES;
    if (rc && !error->text[0])
        snprintf(error->text, sizeof error->text, "audius:%.100s %s", id,
                 rc == -EINVAL ? "is no id" : "may not be played: gated, or its licence");
    json_decref(answer);
    return rc;
}

static int audius_stream(struct listing *listing, const char *id, struct way_in *way,
                         struct fv_error *error)
{
    char base[600];
    int rc = id_is_plain(id) ? find_base(listing, base, sizeof base, error) : -EINVAL;
    if (rc == 0) {
        snprintf(way->url, sizeof way->url, "%s/tracks/%s/stream", base, id);
        sign(listing, way->url, sizeof way->url, way->header, sizeof way->header);
    }
    return rc;
}

const struct service audius_service = {
    .name = "audius", .list = audius_list, .find = audius_find, .stream = audius_stream};
