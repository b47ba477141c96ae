/* ccmixter.c - ccmixter.org/api/query: a bare array, in JSON that is none: numbers begin
 * with zeros and texts hold raw control characters.
 *
 *     ccmixter:tracks?tags=techno&sort=rank
 */
#include "reading.h"
#include "service.h"
#include "shelf.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 50u

/* Drop what JSON does not have: zeros before numbers, control characters in texts. The
 * body only gets shorter. */
static void repair(char *body, size_t *length)
{
    size_t kept = 0;
    bool in_text = false;
    for (size_t i = 0; i < *length; i++) {
        char c = body[i];
        if (in_text) {
            if (c == '\\' && i + 1 < *length) {
                body[kept++] = c;
                c = body[++i];
            } else if (c == '"') {
                in_text = false;
            }
            body[kept++] = (unsigned char)c < ' ' ? ' ' : c;
            continue;
        }
        in_text = c == '"';
        bool begins = kept == 0 || strchr(":,[ \t\r\n-", body[kept - 1]);
        if (c == '0' && begins && i + 1 < *length && isdigit((unsigned char)body[i + 1]))
            continue;
        body[kept++] = c;
    }
    body[kept] = 0;
    *length = kept;
}

static double seconds_of(const char *text)
{
    double seconds = 0;
    while (text && *text) {
        char *end;
        double part = strtod(text, &end);
        if (end == text || part < 0 || part > 1e6)
            return 0;
        seconds = seconds * 60 + part;
        text = *end == ':' ? end + 1 : "";
    }
    return seconds;
}

/* The first file that is an MP3. */
static const json_t *mp3_of(const json_t *upload)
{
    const json_t *files = json_object_get(upload, "files");
    for (size_t i = 0; i < json_array_size(files); i++) {
        const json_t *file = json_array_get(files, i);
        const json_t *format = json_object_get(file, "file_format_info");
        const char *ending = json_string_value(json_object_get(format, "default-ext"));
        if (ending && strcmp(ending, "mp3") == 0)
            return file;
    }
    return NULL;
}

static bool take_upload(struct listing *listing, const json_t *upload, struct item *item)
{
    const json_t *file = mp3_of(upload);
    const json_t *format = json_object_get(file, "file_format_info");
    char *id = json_text(upload, "upload_id"),
         *license = json_text(upload, "license_url");
    char *url = stream_url(json_string_value(json_object_get(file, "download_url")));
    char uri[256];
    *item = (struct item){.key = -1};
    bool is_good = id && id_is_plain(id) && url && license_allows(listing, license);
    if (is_good) {
        char *tags = json_text(upload, "upload_tags");
        const json_t *extra = json_object_get(upload, "upload_extra");
        snprintf(uri, sizeof uri, "ccmixter:%s", id);
        *item = (struct item){
            .uri = strdup(uri),
            .title = json_text(upload, "upload_name"),
            .artist = json_text(upload, "user_real_name"),
            .tags = tags_from(tags, ","),
            .license = license,
            .page = json_text(upload, "file_page_url"),
            .streams = url,
            .bpm = json_amount(extra, "bpm"),
            .length_s = seconds_of(json_string_value(json_object_get(format, "ps"))),
            .key = -1};
        if (!item->artist)
            item->artist = json_text(upload, "user_name");
        free(tags);
        license = url = NULL;
    }
    free(id);
    free(license);
    free(url);
    return is_good && item->uri;
}

static int ask(struct listing *listing, const char *url, json_t **answer,
               struct fv_error *error)
{
    struct http_request request = {.url = url};
    int rc = shelf_get_json(listing->http, &request, source_age_s(listing), repair,
                            answer, error);
    if (rc == 0 && !json_is_array(*answer)) {
        snprintf(error->text, sizeof error->text, "ccmixter sends no list");
        rc = -EPROTO;
    }
    return rc;
}

static void start_url(struct listing *listing, char *url, size_t cap)
{
    char base[512];
    source_setting(listing, "ccmixter.url", "https://ccmixter.org/api/query", base,
                   sizeof base);
    snprintf(url, cap, "%s", base);
    http_add_query(url, cap, "f", "json");
}

static int ccmixter_list(struct listing *listing, const char *rest,
                         struct fv_error *error)
{
    static const char *const passed[] = {"tags", "sort", "user", "lic", "ord", NULL};
    size_t most = source_most(listing), had = SIZE_MAX;
    int rc = query_verb(rest, "tracks") ? 0 : -EINVAL;
    if (rc)
        snprintf(error->text, sizeof error->text,
                 "ccmixter:%.100s: ccmixter:tracks?tags=...&sort=rank", rest);
    for (size_t offset = 0; rc == 0 && offset < most && had > 0; offset += PAGE) {
        char url[LISTING_URL], number[24];
        json_t *answer = NULL;
        start_url(listing, url, sizeof url);
        snprintf(number, sizeof number, "%u", PAGE);
        http_add_query(url, sizeof url, "limit", number);
        snprintf(number, sizeof number, "%zu", offset);
        http_add_query(url, sizeof url, "offset", number);
        query_pass(rest, passed, url, sizeof url);
        rc = ask(listing, url, &answer, error);
        had = rc == 0 ? json_array_size(answer) : 0;
        for (size_t i = 0; rc == 0 && i < had; i++) {
            struct item item;
            if (take_upload(listing, json_array_get(answer, i), &item))
                rc = crate_add(listing->crate, &item);
            else
                item_release(&item);
        }
        json_decref(answer);
    }
    return rc;
}

static int ccmixter_find(struct listing *listing, const char *id, struct item *item,
                         struct fv_error *error)
{
    char url[LISTING_URL];
    json_t *answer = NULL;
    int rc = id_is_plain(id) ? 0 : -EINVAL;
    start_url(listing, url, sizeof url);
    http_add_query(url, sizeof url, "ids", id);
    if (rc == 0)
        rc = ask(listing, url, &answer, error);
    if (rc == 0 && !take_upload(listing, json_array_get(answer, 0), item))
        rc = -EACCES;
    if (rc && !error->text[0])
        snprintf(error->text, sizeof error->text, "ccmixter:%.100s %s", id,
                 rc == -EINVAL ? "is no id" : "is not there, or its licence forbids it");
    json_decref(answer);
    return rc;
}

const struct service ccmixter_service = {
    .name = "ccmixter", .list = ccmixter_list, .find = ccmixter_find};
