/* pool.c - kept sorted by uri, so that the same crate gives the same pool everywhere. */
#include "pool.h"

#include "cull.h"
#include "fold.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define USUAL_LENGTH_S 240.0 /* of a track of which nothing is known */
#define OVERLAP_S 30.0       /* that two neighbours share, about */
#define PRIOR_CERTAINTY 0.7f /* of tempo and key as a source says them */

static void track_free(struct pool_track *track)
{
    if (!track)
        return;
    free(track->uri);
    free(track->title);
    free(track->artist);
    free(track->license);
    free(track->page);
    free(track->streams);
    free(track->path);
    free(track->verdict);
    free(track->print);
    free(track);
}

void pool_release(struct pool *pool)
{
    for (size_t i = 0; i < pool->count; i++)
        track_free(pool->tracks[i]);
    free(pool->tracks);
    genres_release(&pool->genres);
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

/* ---- the list -------------------------------------------------------------------------
 */

/* Where a uri stands, or would. */
static size_t place_of(const struct pool *pool, const char *uri)
{
    size_t low = 0, high = pool->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strcmp(pool->tracks[middle]->uri, uri) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct pool_track *pool_find(const struct pool *pool, const char *uri)
{
    size_t place = place_of(pool, uri);
    return place < pool->count && strcmp(pool->tracks[place]->uri, uri) == 0
               ? pool->tracks[place]
               : NULL;
}

/* What tells a song from another by name. */
static void name_track(struct pool_track *track)
{
    uint32_t title = track->title ? fold_hash(track->title) : 0;
    track->traits.artist = track->artist ? fold_hash(track->artist) : 0;
    track->name_hash =
        title && track->traits.artist ? (uint64_t)title << 32 | track->traits.artist : 0;
}

static void take_print(struct pool_track *track, const struct fv_analysis *found)
{
    uint32_t count =
        found->fingerprint_count < CULL_WORDS ? found->fingerprint_count : CULL_WORDS;
    free(track->print);
    track->print =
        found->fingerprint && count ? malloc(count * sizeof *track->print) : NULL;
    track->print_count = track->print ? count : 0;
    if (track->print)
        memcpy(track->print, found->fingerprint, count * sizeof *track->print);
}

static char *copy(const char *text)
{
    return text ? strdup(text) : NULL;
}

/* returns whether the source tells the name */
static bool take_name(char **name, const char *told)
{
    if (!told)
        return false;
    free(*name);
    *name = strdup(told);
    return true;
}

/* What the source says: of the sound, only until that has been heard. */
static void take_item(struct pool *pool, struct pool_track *track,
                      const struct item *item)
{
    struct traits *traits = &track->traits;
    free(track->license);
    free(track->page);
    free(track->streams);
    track->license = copy(item->license);
    track->page = copy(item->page);
    track->streams = copy(item->streams);
    if (item->genre)
        traits->genre = genres_number(&pool->genres, item->genre);
    traits->tag_count = 0;
    for (const char *tag = item->tags; tag && *tag;) {
        char one[128];
        size_t length = strcspn(tag, "\n");
        size_t kept = length < sizeof one ? length : sizeof one - 1;
        memcpy(one, tag, kept);
        one[kept] = 0;
        traits_tag(traits, one);
        tag += length + (tag[length] == '\n');
    }
    track->is_title_told = take_name(&track->title, item->title);
    track->is_artist_told = take_name(&track->artist, item->artist);
    name_track(track);
    if (track->is_analysed)
        return;
    if (item->bpm > 0) {
        traits->bpm = item->bpm;
        traits->bpm_certainty = PRIOR_CERTAINTY;
    }
    if (item->key >= 0) {
        traits->key = item->key;
        traits->key_certainty = PRIOR_CERTAINTY;
    }
    if (item->length_s > 0) {
        traits->length_s = (float)item->length_s;
        track->airtime_s = fmax(item->length_s - OVERLAP_S, item->length_s / 2);
    }
}

static struct pool_track *track_new(struct pool *pool, const struct item *item)
{
    struct pool_track *track = calloc(1, sizeof *track);
    if (!track)
        return NULL;
    track->uri = strdup(item->uri);
    if (!track->uri) {
        free(track);
        return NULL;
    }
    track->is_new = true;
    track->last_s = -1;
    track->airtime_s = USUAL_LENGTH_S - OVERLAP_S;
    traits_init(&track->traits);
    take_item(pool, track, item);
    return track;
}

static int make_room(struct pool *pool, size_t room)
{
    if (room <= pool->room)
        return 0;
    struct pool_track **tracks = realloc(pool->tracks, room * sizeof *tracks);
    if (!tracks)
        return -ENOMEM;
    pool->tracks = tracks;
    pool->room = room;
    return 0;
}

struct pool_track *pool_add(struct pool *pool, const struct item *item)
{
    struct pool_track *known = pool_find(pool, item->uri);
    if (known || make_room(pool, pool->count + 1))
        return known;
    size_t place = place_of(pool, item->uri);
    struct pool_track *track = track_new(pool, item);
    if (!track)
        return NULL;
    memmove(pool->tracks + place + 1, pool->tracks + place,
            (pool->count - place) * sizeof *pool->tracks);
    pool->tracks[place] = track;
    pool->count++;
    return track;
}

void pool_remove(struct pool *pool, size_t place)
{
    track_free(pool->tracks[place]);
    pool->count--;
    memmove(pool->tracks + place, pool->tracks + place + 1,
            (pool->count - place) * sizeof *pool->tracks);
}

/* ---- the draw -------------------------------------------------------------------------
 */

struct lot {
    uint64_t dice;
    bool is_first; /* before all that are drawn */
    const struct item *item;
};

static int by_dice(const void *a, const void *b)
{
    const struct lot *x = a, *y = b;
    if (x->is_first != y->is_first)
        return x->is_first ? -1 : 1;
    return x->dice < y->dice ? -1 : x->dice > y->dice;
}

static int by_uri(const void *a, const void *b)
{
    const struct pool_track *const *x = a, *const *y = b;
    return strcmp((*x)->uri, (*y)->uri);
}

/* It is here and not played: unwanted, there twice, or it could not be the last time. */
static bool is_out(const struct pool *pool, const struct item *item)
{
    const struct pool_track *track = pool_find(pool, item->uri);
    return track && (track->verdict || track->failures > 0);
}

/* The lots stand in a ring: turn it to where a round begins, and what is due before it.
 */
static void turn(struct lot *lots, size_t count, const struct pool *pool, size_t most,
                 uint64_t round)
{
    size_t firsts = 0;
    while (firsts < count && lots[firsts].is_first)
        firsts++;
    size_t ring = count - firsts, step = most > firsts ? most - firsts : 0;
    for (size_t i = 0; i < ring; i++) {
        struct lot *lot = lots + firsts + i;
        const struct pool_track *track = pool_find(pool, lot->item->uri);
        lot->dice = (i + ring - round % ring * step % ring) % ring;
        lot->is_first = track && track->is_due;
    }
    qsort(lots, count, sizeof *lots, by_dice);
}

/* returns how many of the lots it is: `most` that may be played, as far as is known */
static size_t draw(struct lot *lots, const struct pool *pool, const struct crate *crate,
                   size_t most, uint64_t seed, uint64_t round)
{
    size_t count = 0, good = 0;
    for (size_t i = 0; i < crate->count; i++)
        lots[i] = (struct lot){pool_dice(seed, crate->items[i].uri),
                               crate->items[i].must_play, &crate->items[i]};
    if (crate->count <= most)
        return crate->count;
    qsort(lots, crate->count, sizeof *lots, by_dice);
    turn(lots, crate->count, pool, most, round);
    for (; count < crate->count && (good < most || lots[count].item->must_play); count++)
        good += !is_out(pool, lots[count].item);
    return count;
}

enum { STAYS = 1 };

static void drop_the_others(struct pool *pool,
                            void (*left)(void *ctx, struct pool_track *track), void *ctx)
{
    size_t kept = 0;
    for (size_t i = 0; i < pool->count; i++) {
        struct pool_track *track = pool->tracks[i];
        if (track->scratch == STAYS || track->is_guest) {
            pool->tracks[kept++] = track;
            continue;
        }
        if (left)
            left(ctx, track);
        track_free(track);
    }
    pool->count = kept;
}

int pool_take(struct pool *pool, const struct crate *crate, size_t most, uint64_t seed,
              uint64_t round, void (*left)(void *ctx, struct pool_track *track),
              void *ctx)
{
    struct lot *lots = calloc(crate->count + 1, sizeof *lots);
    size_t count = lots ? draw(lots, pool, crate, most, seed, round) : 0,
           known_count = pool->count;
    int rc = lots ? make_room(pool, pool->count + count) : -ENOMEM;
    for (size_t i = 0; i < pool->count; i++)
        pool->tracks[i]->scratch = 0;
    for (size_t i = 0; rc == 0 && i < count; i++) {
        size_t whole = pool->count;
        pool->count = known_count; /* only that part is sorted */
        struct pool_track *track = pool_find(pool, lots[i].item->uri);
        pool->count = whole;
        if (track) {
            take_item(pool, track, lots[i].item);
            track->is_guest = false;
        } else if ((track = track_new(pool, lots[i].item))) {
            pool->tracks[pool->count++] = track;
        } else {
            rc = -ENOMEM;
        }
        if (track)
            track->scratch = STAYS;
    }
    free(lots);
    if (rc == 0)
        drop_the_others(pool, left, ctx);
    if (pool->count > 0)
        qsort(pool->tracks, pool->count, sizeof *pool->tracks, by_uri);
    return rc;
}

/* Half of 32 hexadecimal digits are enough to tell files apart. */
static uint64_t hash_of(const char *digits)
{
    char half[17];
    snprintf(half, sizeof half, "%s", digits);
    return strtoull(half, NULL, 16);
}

void pool_learn(struct pool *pool, struct pool_track *track, const struct fv_host *host)
{
    const struct fv_track *known =
        host->find(host->ctx, track->path ? track->path : track->uri);
    if (!known)
        return;
    track->is_analysed = true;
    if (known->analysis) {
        const struct fv_analysis *found = known->analysis;
        double sound_s = found->duration - found->silence_head - found->silence_tail;
        traits_hear(&track->traits, found);
        take_print(track, found);
        track->airtime_s = fmax(sound_s - OVERLAP_S, sound_s / 2);
        if (!(track->airtime_s > 1))
            track->airtime_s = 1;
    }
    if (known->struct_size >= sizeof *known && known->hash)
        track->file_hash = hash_of(known->hash);
    if (known->genre && *known->genre)
        track->traits.genre = genres_number(&pool->genres, known->genre);
    if (!track->is_title_told)
        take_name(&track->title, known->title);
    if (!track->is_artist_told)
        take_name(&track->artist, known->artist);
    name_track(track);
}
