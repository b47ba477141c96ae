/* pool.h - the tracks in play and what is known of each; survives refreshes of the crate.
 */
#ifndef POOL_H
#define POOL_H

#include "crate.h"

#include <forever/host.h>
#include <stdbool.h>
#include <stdint.h>

struct pool_track {
    char *uri;
    char *title, *artist; /* NULL until analysed */
    bool is_analysed, is_failed;
    double bpm;          /* 0 = none */
    uint32_t plays;      /* times it was settled */
    uint64_t last_place; /* when it was, counted in tracks */
};

struct pool {
    struct pool_track *tracks; /* by uri */
    size_t count;
};

void pool_release(struct pool *pool);

/* Take the crate's files as the pool: at most `most`, drawn by the seed. What was known
 * of a track stays known. returns 0 or -ENOMEM */
int pool_take(struct pool *pool, const struct crate *crate, size_t most, uint64_t seed);

/* NULL = not in the pool */
struct pool_track *pool_find(const struct pool *pool, const char *uri);

/* Ask the host what the library knows of a track. */
void pool_learn(struct pool_track *track, const struct fv_host *host);

/* A number for (seed, text) that looks random and is always the same. */
uint64_t pool_dice(uint64_t seed, const char *text);

#endif
