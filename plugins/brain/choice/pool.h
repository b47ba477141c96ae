/* pool.h - the tracks in play and what is known of each; survives refreshes of the crate.
 */
#ifndef POOL_H
#define POOL_H

#include "crate.h"
#include "distance.h"

#include <forever/host.h>
#include <stdbool.h>
#include <stdint.h>

struct pool_track {
    char *uri;
    char *title, *artist;               /* NULL while unknown */
    bool is_title_told, is_artist_told; /* by the source, which knows better than a tag */
    char *license, *page, *streams;     /* as in struct item */
    char *path;                         /* of a fetched track's file; NULL = none */
    struct traits traits;
    bool is_analysed, is_failed;
    char *verdict;      /* why it is not played (cull.h); NULL = it is */
    uint64_t name_hash; /* of title and artist, folded; 0 = not both are known */
    uint64_t file_hash; /* of the file's bytes; 0 = unknown */
    uint32_t *print, print_count; /* the beginning of its fingerprint */
    bool is_guest;                /* here for a request only */
    bool is_new;                  /* nobody has thought about where to put it */
    bool is_due;                  /* stays until it was played, whatever is drawn */
    uint32_t failures;            /* in a row */
    int64_t retry_ms;             /* when a failed one gets another chance */
    double airtime_s;             /* how long it is heard for */
    double last_s;                /* show time at which it last began; < 0 never */
    uint32_t plays;               /* times it was settled */
    uint64_t last_place;          /* when it was, counted in tracks */
    uint32_t scratch;             /* for whoever walks the pool */
};

struct pool {
    struct pool_track **tracks; /* by uri; each stays where it is until it leaves */
    size_t count, room;
    struct genres genres;
};

void pool_release(struct pool *pool);

/* Take the crate's tracks as the pool: `most`, drawn by the seed, and those that must
 * play; guests stay, and what is due. Each round draws the next ones, so that all of the
 * crate have their turn. Those known not to be played don't count, so that a thousand
 * files without sound hide no song. What was known of a track stays known.
 *
 * left     called with each track that leaves, before it is freed
 * returns  0 or -ENOMEM */
int pool_take(struct pool *pool, const struct crate *crate, size_t most, uint64_t seed,
              uint64_t round, void (*left)(void *ctx, struct pool_track *track),
              void *ctx);

/* NULL = not in the pool */
struct pool_track *pool_find(const struct pool *pool, const char *uri);

/* Add one track. returns NULL without memory */
struct pool_track *pool_add(struct pool *pool, const struct item *item);

/* The caller has let go of the track. */
void pool_remove(struct pool *pool, size_t place);

/* Ask the host what the library knows of a track. */
void pool_learn(struct pool *pool, struct pool_track *track, const struct fv_host *host);

/* A number for (seed, text) that looks random and is always the same. */
uint64_t pool_dice(uint64_t seed, const char *text);

#endif
