/* order.c - takes what `order --json`, /queue.json and a hand-written list look like. */
#include "order.h"

#include "bytes.h"

#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void order_release(struct order *order)
{
    for (size_t i = 0; i < order->count; i++)
        free(order->uris[i]);
    free(order->uris);
    *order = (struct order){0};
}

/* ---- names ----------------------------------------------------------------------------
 * A path that is no UTF-8 is a file: URI here, as the brain tells it.
 */

#define FILE_URI "file://"

static json_t *told(const char *uri)
{
    json_t *text = json_string(uri);
    if (text)
        return text;
    struct bytes told = {0};
    bytes_printf(&told, FILE_URI);
    for (; *uri; uri++)
        bytes_printf(&told, *uri > ' ' && *uri < 0x7f && *uri != '%' ? "%c" : "%%%02X",
                     (unsigned char)*uri);
    text = json_stringn((const char *)told.at, told.length);
    bytes_release(&told);
    return text;
}

static void add_told(struct order *order, const char *text)
{
    order_add(order, text);
    char *out = order->uris[order->count - 1];
    size_t scheme = strlen(FILE_URI);
    unsigned code;
    if (strncmp(text, FILE_URI "/", scheme + 1) != 0)
        return;
    for (text += scheme; *text; out++) {
        bool is_code = *text == '%' && isxdigit((unsigned char)text[1]) &&
                       isxdigit((unsigned char)text[2]) &&
                       sscanf(text + 1, "%2x", &code) == 1 && code > 0;
        *out = is_code ? (char)code : *text;
        text += is_code ? 3 : 1;
    }
    *out = 0;
}

void order_add(struct order *order, const char *uri)
{
    order->uris = must_realloc(order->uris, (order->count + 1) * sizeof *order->uris);
    order->uris[order->count++] = must_strdup(uri);
}

bool order_has(const struct order *order, const char *uri)
{
    for (size_t i = 0; i < order->count; i++)
        if (strcmp(order->uris[i], uri) == 0)
            return true;
    return false;
}

static const json_t *list_in(const json_t *root)
{
    static const char *const names[] = {"order", "tracks", "queue", "tour"};
    if (json_is_array(root))
        return root;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (json_is_array(json_object_get(root, names[i])))
            return json_object_get(root, names[i]);
    return NULL;
}

static const char *uri_of(const json_t *entry)
{
    const char *path = json_string_value(json_object_get(entry, "path"));
    if (json_is_string(entry))
        return json_string_value(entry);
    return path ? path : json_string_value(json_object_get(entry, "uri"));
}

int order_load(struct order *order, const char *path, struct fv_error *error)
{
    json_error_t at;
    if (access(path, F_OK) != 0)
        return -ENOENT;
    json_t *root = json_load_file(path, 0, &at);
    const json_t *list = list_in(root);
    int rc = list && json_array_size(list) > 0 ? 0 : -EINVAL;
    if (rc)
        snprintf(error->text, sizeof error->text, "%.120s:%d: no order of tracks: %.80s",
                 path, root ? 1 : at.line,
                 root ? "a list of paths was expected" : at.text);
    for (size_t i = 0; rc == 0 && i < json_array_size(list); i++) {
        const char *uri = uri_of(json_array_get(list, i));
        if (uri) {
            add_told(order, uri);
            continue;
        }
        snprintf(error->text, sizeof error->text,
                 "%.120s: track %zu of the order has neither path nor uri", path, i + 1);
        rc = -EINVAL;
    }
    json_decref(root);
    return rc;
}

int order_save(const struct order *order, const char *path)
{
    json_t *list = json_array();
    for (size_t i = 0; i < order->count; i++)
        json_array_append_new(list, json_pack("{s:o}", "path", told(order->uris[i])));
    json_t *root = json_pack("{s:o}", "order", list);
    int rc = json_dump_file(root, path, JSON_INDENT(1)) ? -EIO : 0;
    json_decref(root);
    return rc;
}
