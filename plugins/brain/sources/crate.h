/* crate.h - what all sources together have to offer, as they say it.
 */
#ifndef CRATE_H
#define CRATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CRATE_ITEMS_MAX 1000000

/* A track as its source names it. Texts are UTF-8 without control characters; NULL and 0
 * are unknown. */
struct item {
    char *uri; /* an absolute path, or scheme:something */
    char *title, *artist, *genre;
    char *tags;    /* one a line */
    char *license; /* its name or address */
    char *page;    /* for people */
    char *
        streams; /* addresses of the audio, best first, one a line; NULL: uri is a file */
    double bpm, length_s;
    int key;        /* 0..23 as in fv_analysis; -1 */
    bool must_play; /* always in the pool */
};

struct crate {
    struct item *items;
    size_t count, room;
};

void item_release(struct item *item);

/* Add an item; its texts are given, also when an error is returned.
 * returns 0, -E2BIG or -ENOMEM */
int crate_add(struct crate *crate, struct item *given);
int crate_add_path(struct crate *crate, const char *path);
void crate_release(struct crate *crate);

/* Sort by uri, drop what is there twice. */
void crate_settle(struct crate *crate);

#endif
