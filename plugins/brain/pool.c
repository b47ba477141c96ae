/* pool.c - kept sorted by uri, so that the same crate gives the same pool everywhere. */
#include "pool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void track_release(struct pool_track *track)
{
    free(track->uri);
    free(track->title);
    free(track->artist);
}

void pool_release(struct pool *pool)
{
    for (size_t i = 0; i < pool->count; i++)
        track_release(&pool->tracks[i]);
    free(pool->tracks);
    *pool = (struct pool){0};
}

uint64_t pool_dice(uint64_t seed, const char *text)
{
    uint64_t x = seed ^ 0x9e3779b97f4a7c15u;
    for (; *text; text++)
        x = (x ^ (unsigned char)*text) * 0x100000001b3u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u; /* splitmix64's finish */
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static int by_uri(const void *a, const void *b)
{
    return strcmp(((const struct pool_track *)a)->uri,
                  ((const struct pool_track *)b)->uri);
}

struct pool_track *pool_find(const struct pool *pool, const char *uri)
{
    struct pool_track wanted = {.uri = (char *)uri};
    return pool->count
               ? bsearch(&wanted, pool->tracks, pool->count, sizeof wanted, by_uri)
               : NULL;
}

struct lot {
    uint64_t dice;
    const char *path;
};

static int by_dice(const void *a, const void *b)
{
    const struct lot *x = a, *y = b;
    return x->dice < y->dice ? -1 : x->dice > y->dice;
}

int pool_take(struct pool *pool, const struct crate *crate, size_t most, uint64_t seed)
{
    size_t count = crate->count < most ? crate->count : most;
    struct lot *lots = calloc(crate->count + 1, sizeof *lots);
    struct pool_track *tracks = calloc(count + 1, sizeof *tracks);
    bool is_whole = lots && tracks;
    for (size_t i = 0; is_whole && i < crate->count; i++)
        lots[i] = (struct lot){pool_dice(seed, crate->paths[i]), crate->paths[i]};
    if (is_whole && count < crate->count)
        qsort(lots, crate->count, sizeof *lots, by_dice);
    for (size_t i = 0; is_whole && i < count; i++) {
        struct pool_track *known = pool_find(pool, lots[i].path);
        if (known) { /* moved over; its old place keeps only a name to be freed */
            tracks[i] = *known;
            *known = (struct pool_track){.uri = strdup(lots[i].path)};
            is_whole = known->uri != NULL;
        } else {
            tracks[i].uri = strdup(lots[i].path);
            is_whole = tracks[i].uri != NULL;
        }
    }
    free(lots);
    if (!is_whole) {
        free(tracks);
        return -ENOMEM;
    }
    pool_release(pool);
    *pool = (struct pool){tracks, count};
    if (count > 0)
        qsort(tracks, count, sizeof *tracks, by_uri);
    return 0;
}

void pool_learn(struct pool_track *track, const struct fv_host *host)
{
    const struct fv_track *known = host->find(host->ctx, track->uri);
    if (!known)
        return;
    track->is_analysed = true;
    track->bpm = known->analysis ? known->analysis->bpm : 0;
    free(track->title);
    free(track->artist);
    track->title = strdup(known->title);
    track->artist = strdup(known->artist);
}
