/* reading.c - nothing foreign is believed to have the type or the length it should. */
#include "reading.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TEXT_MAX 300 /* bytes of a title or a name */

/* ---- values ---------------------------------------------------------------------------
 */

char *text_clean(const char *text)
{
    size_t length = strlen(text), kept = 0;
    bool owes_space = false;
    char *clean = malloc(length + 1);
    for (size_t i = 0; clean && i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c <= ' ' || c == 127) {
            owes_space = kept > 0;
            continue;
        }
        if (kept + 5 > TEXT_MAX && (c & 0xc0) != 0x80)
            break;
        if (owes_space)
            clean[kept++] = ' ';
        owes_space = false;
        clean[kept++] = (char)c;
    }
    if (clean)
        clean[kept] = 0;
    if (clean && kept == 0) {
        free(clean);
        clean = NULL;
    }
    return clean;
}

char *json_text(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    char number[32];
    if (json_is_integer(value)) {
        snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
        return strdup(number);
    }
    return json_is_string(value) ? text_clean(json_string_value(value)) : NULL;
}

/* "312" and "128 BPM"; "5:12" is not five of anything. */
static double amount_of(const char *text)
{
    char *end;
    double amount = strtod(text, &end);
    return *end == ':' ? 0 : amount;
}

double json_amount(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    double amount = json_is_string(value) ? amount_of(json_string_value(value))
                                          : json_number_value(value);
    return isfinite(amount) && amount > 0 && amount < 1e9 ? amount : 0;
}

bool json_is_yes(const json_t *object, const char *name, bool otherwise)
{
    const json_t *value = json_object_get(object, name);
    return json_is_boolean(value) ? json_is_true(value) : otherwise;
}

char *tags_from(const char *text, const char *separators)
{
    char *tags = text ? strdup(text) : NULL;
    for (char *at = tags; at && *at; at++)
        if (strchr(separators, *at) || (unsigned char)*at < ' ')
            *at = '\n';
    return tags;
}

char *tags_from_list(const json_t *list)
{
    char *tags = json_is_array(list) ? calloc(1, 4096) : NULL;
    size_t length = 0, i;
    json_t *tag;
    json_array_foreach(list, i, tag)
    {
        char *clean = json_is_string(tag) ? text_clean(json_string_value(tag)) : NULL;
        if (tags && clean && length + strlen(clean) + 2 < 4096)
            length += (size_t)sprintf(tags + length, "%s\n", clean);
        free(clean);
    }
    return tags;
}

/* ---- licences -------------------------------------------------------------------------
 */

static bool has_word(const char *text, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = text; (at = strcasestr(at, word)); at++)
        if ((at == text || !isalpha((unsigned char)at[-1])) &&
            !isalpha((unsigned char)at[length]))
            return true;
    return false;
}

bool license_allows(const struct listing *listing, const char *license)
{
    char setting[16];
    source_setting(listing, "sources.licenses", "open", setting, sizeof setting);
    if (strcmp(setting, "any") == 0)
        return true;
    if (!license || has_word(license, "nd") || strcasestr(license, "noderiv") ||
        strcasestr(license, "no deriv"))
        return false;
    return has_word(license, "cc") || has_word(license, "cc0") ||
           strcasestr(license, "creativecommons.org") ||
           strcasestr(license, "creative commons") ||
           has_word(license, "public domain") ||
           strncasecmp(license, "attribution", 11) == 0 ||
           strncasecmp(license, "cc-", 3) == 0;
}

/* ---- the text of a crate --------------------------------------------------------------
 */

bool query_verb(const char *rest, const char *verb)
{
    size_t length = strcspn(rest, "?/");
    return strlen(verb) == length && strncmp(rest, verb, length) == 0;
}

static int hex_of(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

bool query_value(const char *rest, const char *name, char *out, size_t cap)
{
    const char *at = strchr(rest, '?');
    size_t length = strlen(name), done = 0;
    for (; at; at = strchr(at, '&')) {
        at++;
        if (strncmp(at, name, length) != 0 || at[length] != '=')
            continue;
        for (at += length + 1; *at && *at != '&' && done + 1 < cap; at++) {
            int high = *at == '%' ? hex_of(at[1]) : -1,
                low = high < 0 ? -1 : hex_of(at[2]);
            out[done++] = low < 0 ? (*at == '+' ? ' ' : *at) : (char)(high * 16 + low);
            at += low < 0 ? 0 : 2;
        }
        out[done] = 0;
        return true;
    }
    return false;
}

void query_pass(const char *rest, const char *const *names, char *url, size_t cap)
{
    char value[256];
    for (; *names; names++)
        if (query_value(rest, *names, value, sizeof value))
            http_add_query(url, cap, *names, value);
}

/* ---- settings and keys ----------------------------------------------------------------
 */

void source_setting(const struct listing *listing, const char *name,
                    const char *otherwise, char *out, size_t cap)
{
    const struct fv_host *host = listing->host;
    size_t length = host->text(host->ctx, name, out, cap);
    if (length == 0 || length >= cap)
        snprintf(out, cap, "%s", otherwise);
}

size_t source_most(const struct listing *listing)
{
    return (size_t)listing->host->number(listing->host->ctx, "sources.most", 200);
}

double source_age_s(const struct listing *listing)
{
    return listing->host->number(listing->host->ctx, "sources.refresh_s", 600);
}

static json_t *load_keys(const struct listing *listing)
{
    char name[512], path[1200];
    const char *cache = listing->host->cache_dir;
    source_setting(listing, "sources.credentials", "credentials.json", name, sizeof name);
    if (*name == '/')
        snprintf(path, sizeof path, "%s", name);
    else if (cache)
        snprintf(path, sizeof path, "%s/../%s", cache, name);
    else
        return NULL;
    return json_load_file(path, 0, NULL);
}

bool source_key(const struct listing *listing, const char *source, const char *name,
                char *out, size_t cap)
{
    char variable[64];
    snprintf(variable, sizeof variable, "FOREVER_%s_%s", source, name);
    for (char *at = variable; *at; at++)
        *at = (char)toupper((unsigned char)*at);
    const char *value = getenv(variable);
    json_t *keys = value ? NULL : load_keys(listing);
    if (keys)
        value = json_string_value(json_object_get(json_object_get(keys, source), name));
    bool is_there = value && *value && strlen(value) < cap && !strpbrk(value, "\r\n");
    snprintf(out, cap, "%s", is_there ? value : "");
    json_decref(keys);
    return is_there;
}

/* ---- ids and addresses ----------------------------------------------------------------
 */

bool id_is_plain(const char *id)
{
    size_t length = strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "0123456789-_");
    return length > 0 && length < 200 && id[length] == 0;
}

char *stream_url(const char *url)
{
    size_t length = url ? strlen(url) : 0, done = 0;
    if (!url || (strncasecmp(url, "http://", 7) && strncasecmp(url, "https://", 8)) ||
        length >= LISTING_URL / 3)
        return NULL;
    const char *host = strstr(url, "://") + 3;
    size_t authority = strcspn(host, "/?#");
    if (authority == 0 || memchr(host, '@', authority) || memchr(host, ' ', authority))
        return NULL;
    char *clean = malloc(length * 3 + 1);
    for (const char *at = url; clean && *at; at++) {
        if ((unsigned char)*at < ' ' || *at == 127 || *at == '\\') {
            free(clean);
            return NULL;
        }
        if (*at == ' ')
            done += (size_t)sprintf(clean + done, "%%20");
        else
            clean[done++] = *at;
    }
    if (clean)
        clean[done] = 0;
    return clean;
}
