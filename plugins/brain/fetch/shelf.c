/* shelf.c - two files an answer: the body, and beside it when it was asked for and its
 * ETag. They are named by a hash of the address, so that no query ends up in a name. */
#include "shelf.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define VALUES_MAX 500000u /* of JSON: each takes up to 250 bytes of memory */
#define DEPTH_MAX 64       /* of JSON: what is deeper is no listing */
#define LIST_DEPTH 2       /* the archive's: response, docs */
#define KEPT_S (30 * 86400)

struct note {
    char etag[256];
    int64_t asked_ms;
};

static bool name_shelf(const struct fv_host *host, char *shelf, size_t cap)
{
    if (!host->cache_dir)
        return false;
    snprintf(shelf, cap, "%s/listings", host->cache_dir);
    return true;
}

static bool name_files(const struct http *http, const char *url, char *body, char *note,
                       size_t cap)
{
    uint64_t a = 14695981039346656037u, b = 0x9e3779b97f4a7c15u;
    char shelf[512];
    if (!name_shelf(http->host, shelf, sizeof shelf))
        return false;
    for (const char *at = url; *at; at++) {
        a = (a ^ (unsigned char)*at) * 1099511628211u;
        b = (b + (unsigned char)*at) * 0xbf58476d1ce4e5b9u;
        b ^= b >> 29;
    }
    mkdir(shelf, 0700);
    snprintf(body, cap, "%s/%016llx%016llx.json", shelf, (unsigned long long)a,
             (unsigned long long)b);
    snprintf(note, cap, "%s/%016llx%016llx.note", shelf, (unsigned long long)a,
             (unsigned long long)b);
    return true;
}

static bool read_note(const char *path, struct note *note)
{
    long long asked_ms;
    FILE *file = fopen(path, "re");
    *note = (struct note){{0}, 0};
    bool is_read = file && fscanf(file, "%lld %255[^\n]", &asked_ms, note->etag) >= 1;
    if (is_read)
        note->asked_ms = asked_ms;
    if (file)
        fclose(file);
    return is_read;
}

static void write_file(const char *path, const char *text, size_t length)
{
    char fresh[700];
    snprintf(fresh, sizeof fresh, "%s.new", path);
    FILE *file = fopen(fresh, "we");
    if (!file)
        return;
    bool is_whole = fwrite(text, 1, length, file) == length;
    if (fclose(file) == 0 && is_whole)
        rename(fresh, path);
}

static void write_note(const struct http *http, const char *path, const char *etag)
{
    char text[400];
    int length = snprintf(text, sizeof text, "%lld %s\n",
                          (long long)http->host->now_ms(http->host->ctx), etag);
    write_file(path, text, (size_t)length);
}

/* Is anything nested deeper than a listing ever is? jansson would call itself as deep. */
static bool is_too_much(const char *text)
{
    int depth = 0;
    unsigned values = 0;
    bool in_text = false;
    for (; *text; text++) {
        if (*text == '\\' && in_text && text[1])
            text++;
        else if (*text == '"')
            in_text = !in_text;
        else if (!in_text && (*text == '[' || *text == '{') && ++depth > DEPTH_MAX)
            return true;
        else if (!in_text && strchr(",[{", *text) && ++values > VALUES_MAX)
            return true;
        else if (!in_text && (*text == ']' || *text == '}'))
            depth--;
    }
    return false;
}

static json_t *parse(const char *body, size_t length)
{
    return body && !is_too_much(body) ? json_loadb(body, length, JSON_ALLOW_NUL, NULL)
                                      : NULL;
}

static json_t *load(const char *path)
{
    return json_load_file(path, JSON_ALLOW_NUL, NULL);
}

/* Is it a list, or is one no more than `depth` below? An apology sent as 200 has none. */
static bool lists(json_t *answer, int depth)
{
    const char *name;
    json_t *value;
    bool has_list = json_is_array(answer);
    if (depth > 0)
        json_object_foreach(answer, name, value) has_list |= lists(value, depth - 1);
    return has_list;
}

/* A byte order mark is no JSON, but some servers send one. */
static void drop_mark(struct http_reply *reply)
{
    if (reply->length < 3 || memcmp(reply->body, "\xef\xbb\xbf", 3) != 0)
        return;
    reply->length -= 3;
    memmove(reply->body, reply->body + 3, reply->length + 1);
}

/* A new answer: parsed, and put on the shelf. */
static int take(struct http *http, const char *url, struct http_reply *reply,
                void (*repair)(char *body, size_t *length), json_t *old, json_t **answer,
                struct fv_error *error)
{
    char body[600], note[600], shown[160];
    drop_mark(reply);
    if (repair && reply->body)
        repair(reply->body, &reply->length);
    *answer = parse(reply->body, reply->length);
    if (!*answer) {
        http_shown(url, shown, sizeof shown);
        snprintf(error->text, sizeof error->text, "%s sends no JSON (%.60s)", shown,
                 reply->type);
        return -EPROTO;
    }
    if (old && lists(old, LIST_DEPTH) && !lists(*answer, LIST_DEPTH)) {
        http_shown(url, shown, sizeof shown);
        snprintf(error->text, sizeof error->text, "%s sends no list any more", shown);
        json_decref(*answer);
        *answer = NULL;
        return -EPROTO;
    }
    if (name_files(http, url, body, note, sizeof body)) {
        write_file(body, reply->body, reply->length);
        write_note(http, note, reply->etag);
    }
    return 0;
}

int shelf_get_json(struct http *http, const struct http_request *request, double age_s,
                   void (*repair)(char *body, size_t *length), json_t **answer,
                   struct fv_error *error)
{
    char body[600], note_path[600];
    struct note note = {{0}, 0};
    struct http_request ask = *request;
    struct http_reply reply;
    bool has_shelf = name_files(http, request->url, body, note_path, sizeof body);
    json_t *old = has_shelf && read_note(note_path, &note) ? load(body) : NULL;
    int64_t now_ms = http->host->now_ms(http->host->ctx);
    *answer = NULL;
    if (old && now_ms >= note.asked_ms &&
        (double)(now_ms - note.asked_ms) < age_s * 1000) {
        *answer = old;
        return 0;
    }
    ask.etag = old ? note.etag : NULL;
    int rc = http_ask(http, &ask, &reply, error);
    if (rc == 0 && reply.status == 304 && old) {
        *answer = json_incref(old);
        write_note(http, note_path, note.etag);
    } else if (rc == 0) {
        rc = take(http, request->url, &reply, repair, old, answer, error);
    }
    bool wants_token = rc == -EACCES && request->headers[0];
    if (rc && rc != -ECANCELED && !wants_token && old) {
        *answer = json_incref(old);
        write_note(http, note_path, note.etag); /* asked again when that is due */
        rc = 0;
    }
    json_decref(old);
    http_reply_release(&reply);
    return rc;
}

/* A note is written at every asking, also when the answer stays. */
void shelf_trim(const struct fv_host *host)
{
    char shelf[512], body[300];
    struct dirent *entry;
    struct stat about;
    DIR *dir = name_shelf(host, shelf, sizeof shelf) ? opendir(shelf) : NULL;
    while (dir && (entry = readdir(dir))) {
        const char *name = entry->d_name, *dot = strrchr(name, '.');
        if (!dot || strcmp(dot, ".note") != 0 ||
            fstatat(dirfd(dir), name, &about, 0) != 0 ||
            time(NULL) - about.st_mtime < KEPT_S)
            continue;
        snprintf(body, sizeof body, "%.*s.json", (int)(dot - name), name);
        unlinkat(dirfd(dir), body, 0);
        unlinkat(dirfd(dir), name, 0);
    }
    if (dir)
        closedir(dir);
}
