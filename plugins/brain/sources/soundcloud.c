/* soundcloud.c - api.soundcloud.com, OAuth 2.1 with client credentials. Only what it lets
 * be played whole, and as MP3. Its terms forbid what most stations do: it is there for
 * those who have leave.
 *
 *     soundcloud:search?q=...&genres=techno
 */
#include "reading.h"
#include "service.h"
#include "shelf.h"
#include "traits.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PAGES_MAX 20

static void encode(const char *text, char *out, size_t cap)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t length = strlen(text), done = 0;
    for (size_t i = 0; i < length && done + 5 < cap; i += 3) {
        unsigned left = (unsigned)(length - i);
        unsigned bits = (unsigned)(unsigned char)text[i] << 16 |
                        (left > 1 ? (unsigned)(unsigned char)text[i + 1] << 8 : 0) |
                        (left > 2 ? (unsigned char)text[i + 2] : 0);
        out[done++] = digits[bits >> 18 & 63];
        out[done++] = digits[bits >> 12 & 63];
        out[done++] = left > 1 ? digits[bits >> 6 & 63] : '=';
        out[done++] = left > 2 ? digits[bits & 63] : '=';
    }
    out[done] = 0;
}

/* A new token; it lives in memory only, for as long as one listing or fetch takes. */
static int get_token(struct listing *listing, struct fv_error *error)
{
    char url[512], id[256], secret[256], pair[520], coded[720], header[800];
    struct http_reply reply;
    source_setting(listing, "soundcloud.token_url",
                   "https://secure.soundcloud.com/oauth/token", url, sizeof url);
    if (!source_key(listing, "soundcloud", "client_id", id, sizeof id) ||
        !source_key(listing, "soundcloud", "client_secret", secret, sizeof secret)) {
        snprintf(error->text, sizeof error->text,
                 "soundcloud: no client_id and client_secret in the environment or the "
                 "credentials");
        return -EACCES;
    }
    snprintf(pair, sizeof pair, "%s:%s", id, secret);
    encode(pair, coded, sizeof coded);
    snprintf(header, sizeof header, "Authorization: Basic %s", coded);
    struct http_request request = {
        .url = url, .headers = {header}, .form = "grant_type=client_credentials"};
    int rc = http_ask(listing->http, &request, &reply, error);
    json_t *answer = rc == 0 && reply.body ? json_loads(reply.body, 0, NULL) : NULL;
    const char *token = json_string_value(json_object_get(answer, "access_token"));
    if (rc == 0 && (!token || strlen(token) >= sizeof listing->token)) {
        snprintf(error->text, sizeof error->text, "soundcloud gives no token");
        rc = -EPROTO;
    }
    if (rc == 0)
        snprintf(listing->token, sizeof listing->token, "%s", token);
    json_decref(answer);
    http_reply_release(&reply);
    return rc;
}

/* Ask with the token; with a new one when it has run out. */
static int ask(struct listing *listing, const char *url, json_t **answer,
               struct fv_error *error)
{
    char header[1100];
    int rc = *listing->token ? 0 : get_token(listing, error);
    for (int tries = 0; rc == 0 && tries < 2; tries++) {
        snprintf(header, sizeof header, "Authorization: OAuth %s", listing->token);
        struct http_request request = {.url = url, .headers = {header}};
        rc = shelf_get_json(listing->http, &request, source_age_s(listing), NULL, answer,
                            error);
        if (rc != -EACCES || tries > 0)
            break;
        rc = get_token(listing, error);
    }
    return rc;
}

static void base_of(struct listing *listing, char *out, size_t cap)
{
    source_setting(listing, "soundcloud.url", "https://api.soundcloud.com", out, cap);
}

/* soundcloud:tracks:123 -> 123; a bare number as it is. NULL: no such */
static const char *number_of(const char *urn)
{
    const char *last = urn ? strrchr(urn, ':') : NULL;
    const char *number = last ? last + 1 : urn;
    return number && *number && strspn(number, "0123456789") == strlen(number) ? number
                                                                               : NULL;
}

static bool take_track(struct listing *listing, const json_t *track, struct item *item)
{
    char *urn = json_text(track, "urn"), *license = json_text(track, "license");
    if (!urn)
        urn = json_text(track, "id");
    const char *number = number_of(urn);
    char *access = json_text(track, "access");
    char uri[64], streams[64];
    *item = (struct item){.key = -1};
    bool is_good =
        number && strlen(number) < 30 && access && strcmp(access, "playable") == 0 &&
        json_is_yes(track, "streamable", true) && license_allows(listing, license);
    if (is_good) {
        char *tags = json_text(track, "tag_list"),
             *key = json_text(track, "key_signature");
        snprintf(uri, sizeof uri, "soundcloud:%s", number);
        snprintf(streams, sizeof streams, "soundcloud:%s\n", number);
        *item =
            (struct item){.uri = strdup(uri),
                          .title = json_text(track, "title"),
                          .artist = json_text(json_object_get(track, "user"), "username"),
                          .genre = json_text(track, "genre"),
                          .tags = tags_from(tags, " "),
                          .license = license,
                          .page = json_text(track, "permalink_url"),
                          .streams = strdup(streams),
                          .bpm = json_amount(track, "bpm"),
                          .length_s = json_amount(track, "duration") / 1000,
                          .key = key ? traits_key(key) : -1};
        license = NULL;
        free(tags);
        free(key);
    }
    free(urn);
    free(access);
    free(license);
    return is_good && item->uri && item->streams;
}

/* The next page, if it is the same server's: the token goes with it. */
static bool take_next(const char *base, const json_t *answer, char *url, size_t cap)
{
    const char *next = json_string_value(json_object_get(answer, "next_href"));
    size_t length = strlen(base);
    if (!next || strncmp(next, base, length) != 0 || next[length] != '/' ||
        strlen(next) >= cap)
        return false;
    snprintf(url, cap, "%s", next);
    return true;
}

static int soundcloud_list(struct listing *listing, const char *rest,
                           struct fv_error *error)
{
    static const char *const passed[] = {"q",         "genres",  "tags",
                                         "bpm[from]", "bpm[to]", NULL};
    char base[512], url[LISTING_URL];
    size_t before = listing->crate->count, most = source_most(listing);
    int rc = query_verb(rest, "search") ? 0 : -EINVAL;
    if (rc)
        snprintf(error->text, sizeof error->text,
                 "soundcloud:%.100s: soundcloud:search?q=...", rest);
    base_of(listing, base, sizeof base);
    snprintf(url, sizeof url, "%s/tracks", base);
    query_pass(rest, passed, url, sizeof url);
    http_add_query(url, sizeof url, "access", "playable");
    http_add_query(url, sizeof url, "limit", "200");
    http_add_query(url, sizeof url, "linked_partitioning", "true");
    bool has_next = true;
    for (int page = 0;
         rc == 0 && has_next && page < PAGES_MAX && listing->crate->count - before < most;
         page++) {
        json_t *answer = NULL, *track;
        size_t i;
        rc = ask(listing, url, &answer, error);
        json_array_foreach(json_object_get(answer, "collection"), i, track)
        {
            struct item item;
            if (rc == 0 && take_track(listing, track, &item))
                rc = crate_add(listing->crate, &item);
            else
                item_release(&item);
        }
        has_next = take_next(base, answer, url, sizeof url);
        json_decref(answer);
    }
    return rc;
}

static int soundcloud_find(struct listing *listing, const char *id, struct item *item,
                           struct fv_error *error)
{
    char base[512], url[LISTING_URL];
    json_t *answer = NULL;
    const char *number = number_of(id);
    int rc = number ? 0 : -EINVAL;
    base_of(listing, base, sizeof base);
    if (rc == 0) {
        snprintf(url, sizeof url, "%s/tracks/soundcloud:tracks:%.30s", base, number);
        rc = ask(listing, url, &answer, error);
    }
    if (rc == 0 && !take_track(listing, answer, item))
        rc = -EACCES;
    if (rc && !error->text[0])
        snprintf(error->text, sizeof error->text, "soundcloud:%.100s %s", id,
                 rc == -EINVAL ? "is no id" : "may not be played");
    json_decref(answer);
    return rc;
}

static int soundcloud_stream(struct listing *listing, const char *id, struct way_in *way,
                             struct fv_error *error)
{
    char base[512], url[LISTING_URL];
    json_t *answer = NULL;
    const char *number = number_of(id);
    base_of(listing, base, sizeof base);
    snprintf(url, sizeof url, "%s/tracks/soundcloud:tracks:%.30s/streams", base,
             number ? number : "");
    int rc = number ? ask(listing, url, &answer, error) : -EINVAL;
    char *mp3 =
        rc == 0
            ? stream_url(json_string_value(json_object_get(answer, "http_mp3_128_url")))
            : NULL;
    if (rc == 0 && !mp3) {
        snprintf(error->text, sizeof error->text, "soundcloud:%.30s is not there as MP3",
                 id);
        rc = -EPROTO;
    }
    if (rc == 0) {
        snprintf(way->url, sizeof way->url, "%s", mp3);
        if (strncmp(mp3, base, strlen(base)) == 0 && mp3[strlen(base)] == '/')
            snprintf(way->header, sizeof way->header, "Authorization: OAuth %.900s",
                     listing->token);
    }
    free(mp3);
    json_decref(answer);
    return rc;
}

const struct service soundcloud_service = {.name = "soundcloud",
                                           .list = soundcloud_list,
                                           .find = soundcloud_find,
                                           .stream = soundcloud_stream};
