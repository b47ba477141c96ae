/* archive.c - the Internet Archive: a search for items, then the files of each.
 *
 *     archive:search?q=collection:netlabels AND subject:techno
 */
#include "reading.h"
#include "service.h"
#include "shelf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PAGE 50u
#define ITEMS_MAX 60 /* whose files are asked for */

static void base_of(struct listing *listing, char *out, size_t cap)
{
    source_setting(listing, "archive.url", "https://archive.org", out, cap);
}

/* Archive ids have dots in them. */
static bool id_is_good(const char *id)
{
    size_t length = strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "0123456789-_.");
    return length > 0 && length < 150 && id[length] == 0 && *id != '.';
}

static double seconds_of(const char *text)
{
    double seconds = text ? atof(text) : 0;
    const char *colon = text ? strchr(text, ':') : NULL;
    while (colon) {
        seconds = seconds * 60 + atof(colon + 1);
        colon = strchr(colon + 1, ':');
    }
    return seconds > 0 && seconds < 1e6 ? seconds : 0;
}

static bool take_file(struct listing *listing, const char *id, const json_t *about,
                      const json_t *file, struct item *item)
{
    char base[512], uri[600], url[LISTING_URL];
    const char *name = json_string_value(json_object_get(file, "name"));
    const char *format = json_string_value(json_object_get(file, "format"));
    char *license = json_text(about, "licenseurl");
    *item = (struct item){.key = -1};
    base_of(listing, base, sizeof base);
    bool is_good = name && format && strcasestr(format, "mp3") && strlen(name) < 300 &&
                   !strstr(name, "..") && *name != '/' &&
                   license_allows(listing, license);
    for (const char *at = name; is_good && *at; at++)
        is_good = (unsigned char)*at >= ' ' && *at != 127;
    if (is_good) {
        snprintf(uri, sizeof uri, "archive:%s/%s", id, name);
        snprintf(url, sizeof url, "%s/download/%s/", base, id);
        size_t length = strlen(url);
        for (const char *at = name; *at && length + 4 < sizeof url; at++) {
            bool is_plain = strchr("-_.~/!()'", *at) || (*at >= '0' && *at <= '9') ||
                            (*at >= 'A' && *at <= 'Z') || (*at >= 'a' && *at <= 'z');
            length += (size_t)snprintf(url + length, sizeof url - length,
                                       is_plain ? "%c" : "%%%02X", (unsigned char)*at);
        }
        *item = (struct item){
            .uri = strdup(uri),
            .title = json_text(file, "title"),
            .artist = json_text(file, "creator"),
            .tags = tags_from_list(json_object_get(about, "subject")),
            .license = license,
            .page = NULL,
            .streams = stream_url(url),
            .length_s = seconds_of(json_string_value(json_object_get(file, "length"))),
            .key = -1};
        if (!item->artist)
            item->artist = json_text(about, "creator");
        if (!item->title)
            item->title = text_clean(name);
        snprintf(url, sizeof url, "%s/details/%s", base, id);
        item->page = strdup(url);
        license = NULL;
    }
    free(license);
    return is_good && item->uri && item->streams;
}

static int ask(struct listing *listing, const char *url, json_t **answer,
               struct fv_error *error)
{
    struct http_request request = {.url = url};
    return shelf_get_json(listing->http, &request, source_age_s(listing), NULL, answer,
                          error);
}

/* The files of one item; `wanted` = only that one. */
static int read_item(struct listing *listing, const char *id, const char *wanted,
                     struct item *found, struct fv_error *error)
{
    char base[512], url[LISTING_URL];
    json_t *answer = NULL, *file;
    size_t i;
    base_of(listing, base, sizeof base);
    snprintf(url, sizeof url, "%s/metadata/%s", base, id);
    int rc = ask(listing, url, &answer, error);
    const json_t *about = json_object_get(answer, "metadata");
    json_array_foreach(json_object_get(answer, "files"), i, file)
    {
        struct item item;
        const char *name = json_string_value(json_object_get(file, "name"));
        bool is_wanted = !wanted || (name && strcmp(name, wanted) == 0);
        if (rc || !is_wanted || !take_file(listing, id, about, file, &item))
            continue;
        if (!wanted) {
            rc = crate_add(listing->crate, &item);
        } else {
            item_release(found);
            *found = item;
        }
    }
    json_decref(answer);
    return rc;
}

static int archive_list(struct listing *listing, const char *rest, struct fv_error *error)
{
    char base[512], query[512], whole[600];
    size_t before = listing->crate->count, most = source_most(listing), had = 1;
    int rc = query_verb(rest, "search") && query_value(rest, "q", query, sizeof query)
                 ? 0
                 : -EINVAL;
    if (rc)
        snprintf(error->text, sizeof error->text,
                 "archive:%.100s: archive:search?q=collection:netlabels", rest);
    base_of(listing, base, sizeof base);
    for (unsigned page = 1, items = 0;
         rc == 0 && had > 0 && items < ITEMS_MAX && listing->crate->count - before < most;
         page++) {
        char url[LISTING_URL], number[24];
        json_t *answer = NULL;
        snprintf(url, sizeof url, "%s/advancedsearch.php", base);
        snprintf(whole, sizeof whole, "%s AND format:\"VBR MP3\"", query);
        http_add_query(url, sizeof url, "q", whole);
        http_add_query(url, sizeof url, "fl[]", "identifier");
        http_add_query(url, sizeof url, "sort[]", "downloads desc");
        snprintf(number, sizeof number, "%u", PAGE);
        http_add_query(url, sizeof url, "rows", number);
        snprintf(number, sizeof number, "%u", page);
        http_add_query(url, sizeof url, "page", number);
        http_add_query(url, sizeof url, "output", "json");
        rc = ask(listing, url, &answer, error);
        const json_t *docs = json_object_get(json_object_get(answer, "response"), "docs");
        had = rc == 0 ? json_array_size(docs) : 0;
        for (size_t i = 0; rc == 0 && i < had && items < ITEMS_MAX &&
                           listing->crate->count - before < most;
             i++, items++) {
            const char *id =
                json_string_value(json_object_get(json_array_get(docs, i), "identifier"));
            struct fv_error fault = {{0}};
            if (id && id_is_good(id) &&
                read_item(listing, id, NULL, NULL, &fault) == -ECANCELED)
                rc = -ECANCELED;
            else if (fault.text[0])
                listing_say(listing, fault.text);
        }
        had = had < PAGE ? 0 : had;
        json_decref(answer);
    }
    return rc;
}

static int archive_find(struct listing *listing, const char *id, struct item *item,
                        struct fv_error *error)
{
    char name[200];
    const char *slash = strchr(id, '/');
    *item = (struct item){.key = -1};
    snprintf(name, sizeof name, "%.*s", (int)(slash ? slash - id : 0), id);
    int rc = slash && id_is_good(name) ? read_item(listing, name, slash + 1, item, error)
                                       : -EINVAL;
    if (rc == 0 && !item->uri)
        rc = -EACCES;
    if (rc && !error->text[0])
        snprintf(error->text, sizeof error->text, "archive:%.100s %s", id,
                 rc == -EINVAL ? "is no IDENTIFIER/FILE"
                               : "is not there, or its licence forbids it");
    return rc;
}

const struct service archive_service = {
    .name = "archive", .list = archive_list, .find = archive_find};
