/* cull.h - what of the pool is not played: too short or long, unwanted, or there twice.
 */
#ifndef CULL_H
#define CULL_H

#include "pool.h"

#include <jansson.h>

/* Words of a fingerprint that are kept to tell recordings apart: a hundred seconds.
 * Intros alone are alike too often: a kick drum is a kick drum. */
#define CULL_WORDS 800

/* Mark what is not to be played (`culled` says why), unmark what is again. Of two that
 * are the same the first by uri stays. Duplicates: the same file by its hash; the same
 * title and artist, folded; the same recording by its fingerprint. Of the same length
 * alone: never.
 *
 * bans     texts: uris and artists
 * changed  called with each track that was marked now
 * returns  0 or -ENOMEM
 */
int cull_pool(struct pool *pool, const struct fv_host *host, const json_t *bans,
              void (*changed)(void *ctx, struct pool_track *track), void *ctx);

/* Are two fingerprints of the same recording? */
bool cull_same_sound(const uint32_t *a, uint32_t a_count, const uint32_t *b,
                     uint32_t b_count);

#endif
