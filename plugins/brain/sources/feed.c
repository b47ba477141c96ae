/* feed.c - a JSON feed, by file or address; docs/sources.md tells its shape. Who writes
 * the feed answers for the licences of what is in it; one that is stated is kept and
 * shown. */
#include "feed.h"

#include "reading.h"
#include "shelf.h"
#include "traits.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define FILE_MAX ((off_t)64 << 20)
#define PAGES_MAX 20

bool feed_has_name(const char *text)
{
    size_t length = strcspn(text, "?#");
    return strncasecmp(text, "http://", 7) == 0 ||
           strncasecmp(text, "https://", 8) == 0 ||
           (length > 5 && strncasecmp(text + length - 5, ".json", 5) == 0);
}

/* Where a track's audio is: an address, or a file beside a feed that is a file. */
static bool take_place(const char *feed, bool is_file, const char *uri, struct item *item)
{
    char path[PATH_MAX], whole[PATH_MAX];
    item->streams = stream_url(uri);
    if (item->streams) {
        item->uri = strdup(item->streams);
        return item->uri != NULL;
    }
    if (!is_file || strstr(uri, "://") || strncasecmp(uri, "file:", 5) == 0)
        return false;
    const char *slash = strrchr(feed, '/');
    int length = *uri == '/'
                     ? snprintf(path, sizeof path, "%s", uri)
                     : snprintf(path, sizeof path, "%.*s/%s",
                                slash ? (int)(slash - feed) : 1, slash ? feed : ".", uri);
    if (length >= (int)sizeof path || !realpath(path, whole))
        return false;
    item->uri = strdup(whole);
    return item->uri != NULL;
}

static bool take_track(const char *feed, bool is_file, const json_t *track,
                       struct item *item)
{
    const json_t *object = json_is_object(track) ? track : NULL;
    const json_t *tags = json_object_get(object, "tags");
    const char *uri = json_is_string(track)
                          ? json_string_value(track)
                          : json_string_value(json_object_get(object, "url"));
    if (!uri)
        uri = json_string_value(json_object_get(object, "path"));
    if (!uri)
        uri = json_string_value(json_object_get(object, "uri"));
    *item = (struct item){.key = -1};
    if (!uri || !take_place(feed, is_file, uri, item))
        return false;
    char *key = json_text(object, "key");
    item->title = json_text(object, "title");
    item->artist = json_text(object, "artist");
    item->genre = json_text(object, "genre");
    item->tags = json_is_string(tags) ? tags_from(json_string_value(tags), ",")
                                      : tags_from_list(tags);
    item->license = json_text(object, "license");
    item->page = json_text(object, "page");
    item->bpm = json_amount(object, "bpm");
    item->length_s = json_amount(object, "duration");
    item->key = key ? traits_key(key) : -1;
    free(key);
    return true;
}

static const json_t *list_of(const json_t *answer)
{
    static const char *const names[] = {"tracks", "order", "items"};
    if (json_is_array(answer))
        return answer;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (json_is_array(json_object_get(answer, names[i])))
            return json_object_get(answer, names[i]);
    return NULL;
}

static int take_all(struct listing *listing, const char *feed, bool is_file,
                    const json_t *answer, struct fv_error *error)
{
    const json_t *list = list_of(answer);
    size_t refused = 0;
    int rc = list ? 0 : -EPROTO;
    for (size_t i = 0; rc == 0 && i < json_array_size(list); i++) {
        struct item item;
        if (take_track(feed, is_file, json_array_get(list, i), &item)) {
            rc = crate_add(listing->crate, &item);
        } else {
            item_release(&item);
            refused++;
        }
    }
    char shown[160], line[300];
    http_shown(feed, shown, sizeof shown);
    if (!list)
        snprintf(error->text, sizeof error->text, "%s: no list of tracks in it", shown);
    snprintf(line, sizeof line, "%s: %zu entries have no address that may be used", shown,
             refused);
    if (refused > 0)
        listing_say(listing, line);
    return rc;
}

/* What stands behind a byte order mark, if there is one. */
static json_t *load(FILE *file, json_error_t *at)
{
    char mark[3];
    if (fread(mark, 1, 3, file) != 3 || memcmp(mark, "\xef\xbb\xbf", 3) != 0)
        rewind(file);
    return json_loadf(file, JSON_ALLOW_NUL, at);
}

static int read_file(struct listing *listing, const char *path, struct fv_error *error)
{
    struct stat about;
    json_error_t at;
    json_t *answer = NULL;
    FILE *file = fopen(path, "re");
    int rc = !file || fstat(fileno(file), &about) != 0 ? -errno : 0;
    if (rc == 0 && about.st_size > FILE_MAX)
        rc = -EFBIG;
    if (rc == 0 && !(answer = load(file, &at))) {
        snprintf(error->text, sizeof error->text, "%.120s:%d: %.100s", path, at.line,
                 at.text);
        rc = -EPROTO;
    } else if (rc) {
        snprintf(error->text, sizeof error->text, "cannot read the feed %.150s: %s", path,
                 strerror(-rc));
    }
    if (file)
        fclose(file);
    if (rc == 0)
        rc = take_all(listing, path, true, answer, error);
    json_decref(answer);
    return rc;
}

int feed_read(struct listing *listing, const char *text, struct fv_error *error)
{
    char url[LISTING_URL];
    int rc = 0;
    if (strncasecmp(text, "http", 4) != 0)
        return read_file(listing, text, error);
    char *clean = stream_url(text);
    snprintf(url, sizeof url, "%s", clean ? clean : "");
    if (!clean)
        snprintf(error->text, sizeof error->text,
                 "this address of a feed can't be used: http or https, no user in it");
    free(clean);
    if (!*url)
        return -EINVAL;
    for (int page = 0; rc == 0 && *url && page < PAGES_MAX; page++) {
        json_t *answer = NULL;
        struct http_request request = {.url = url};
        rc = shelf_get_json(listing->http, &request, source_age_s(listing), NULL, &answer,
                            error);
        if (rc == 0)
            rc = take_all(listing, url, false, answer, error);
        char *next = stream_url(json_string_value(json_object_get(answer, "next")));
        snprintf(url, sizeof url, "%s", next ? next : "");
        free(next);
        json_decref(answer);
    }
    return rc;
}
