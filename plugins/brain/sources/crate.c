/* crate.c - a growing list, sorted at the end. */
#include "crate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void item_release(struct item *item)
{
    free(item->uri);
    free(item->title);
    free(item->artist);
    free(item->genre);
    free(item->tags);
    free(item->license);
    free(item->page);
    free(item->streams);
    *item = (struct item){.key = -1};
}

int crate_add(struct crate *crate, struct item *given)
{
    int rc = crate->count >= CRATE_ITEMS_MAX ? -E2BIG : 0;
    if (rc == 0 && crate->count == crate->room) {
        size_t room = crate->room ? crate->room * 2 : 256;
        struct item *items = realloc(crate->items, room * sizeof *items);
        if (items) {
            crate->items = items;
            crate->room = room;
        } else {
            rc = -ENOMEM;
        }
    }
    if (rc == 0)
        crate->items[crate->count++] = *given;
    else
        item_release(given);
    return rc;
}

int crate_add_path(struct crate *crate, const char *path)
{
    struct item item = {.uri = strdup(path), .key = -1};
    return item.uri ? crate_add(crate, &item) : -ENOMEM;
}

void crate_release(struct crate *crate)
{
    for (size_t i = 0; i < crate->count; i++)
        item_release(&crate->items[i]);
    free(crate->items);
    *crate = (struct crate){0};
}

static int by_uri(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    int order = strcmp(x->uri, y->uri);
    return order ? order : (int)y->must_play - (int)x->must_play;
}

void crate_settle(struct crate *crate)
{
    size_t kept = 0;
    if (crate->count > 0)
        qsort(crate->items, crate->count, sizeof *crate->items, by_uri);
    for (size_t i = 0; i < crate->count; i++) {
        if (kept > 0 && strcmp(crate->items[kept - 1].uri, crate->items[i].uri) == 0)
            item_release(&crate->items[i]);
        else
            crate->items[kept++] = crate->items[i];
    }
    crate->count = kept;
}
