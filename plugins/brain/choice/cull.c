/* cull.c - hashes of files and names are sorted, fingerprints are met by the words they
 * share; only what meets is compared. */
#include "cull.h"

#include "fold.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAME_BITS 0.1     /* share that differs: at 32 kbit/s 0.08, of like songs 0.11 */
#define OVERLAP_SHARE 0.7 /* of the shorter that has to lie upon the longer */
#define MEETINGS_MIN 10   /* shared words, before two are compared */
#define WORDS_MIN 80      /* less than ten seconds tell nothing */
#define COMMON_MAX 20     /* a word that so many tracks have says nothing */

/* ---- one by one -----------------------------------------------------------------------
 */

static json_t *list_setting(const struct fv_host *host, const char *name)
{
    size_t length = host->text(host->ctx, name, NULL, 0);
    char *text = malloc(length + 1);
    json_t *list = NULL;
    if (text) {
        host->text(host->ctx, name, text, length + 1);
        list = json_loads(text, 0, NULL);
    }
    free(text);
    return list;
}

static bool has_hash(const json_t *list, uint32_t hash)
{
    size_t i;
    json_t *entry;
    json_array_foreach(list, i, entry)
    {
        if (hash && json_is_string(entry) && fold_hash(json_string_value(entry)) == hash)
            return true;
    }
    return false;
}

static bool has_text(const json_t *list, const char *text)
{
    size_t i;
    json_t *entry;
    json_array_foreach(list, i, entry)
    {
        if (json_is_string(entry) && strcmp(json_string_value(entry), text) == 0)
            return true;
    }
    return false;
}

static bool has_tag(const json_t *list, const struct pool *pool,
                    const struct traits *traits)
{
    for (uint32_t i = 0; i < traits->tag_count; i++)
        if (has_hash(list, traits->tags[i]))
            return true;
    return traits->genre &&
           has_hash(list, fold_hash(pool->genres.names[traits->genre - 1]));
}

struct lists {
    json_t *artists, *tags, *ids;
    const json_t *bans;
    double shortest_s, longest_s;
};

static const char *fault_of(const struct lists *lists, const struct pool *pool,
                            const struct pool_track *track)
{
    const struct traits *traits = &track->traits;
    if (has_text(lists->bans, track->uri) || has_hash(lists->bans, traits->artist))
        return "banned";
    if (has_text(lists->ids, track->uri))
        return "blacklist.id";
    if (has_hash(lists->artists, traits->artist))
        return "blacklist.artist";
    if (has_tag(lists->tags, pool, traits))
        return "blacklist.tag";
    if ((double)traits->length_s < lists->shortest_s)
        return "too short";
    if ((double)traits->length_s > lists->longest_s)
        return "too long";
    return NULL;
}

/* ---- doubles --------------------------------------------------------------------------
 */

static void mark(struct pool_track *track, const char *why, const char *of)
{
    char text[300];
    snprintf(text, sizeof text, "%s%.200s", why, of);
    if (!track->verdict)
        track->verdict = strdup(text);
}

struct keyed {
    uint64_t key; /* 0 = not known */
    struct pool_track *track;
};

static int by_key(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return strcmp(x->track->uri, y->track->uri);
}

static void mark_same(struct keyed *tracks, size_t count, const char *why)
{
    const struct keyed *kept = NULL;
    qsort(tracks, count, sizeof *tracks, by_key);
    for (size_t i = 0; i < count; i++) {
        struct pool_track *track = tracks[i].track;
        if (!tracks[i].key || track->verdict || track->is_guest)
            continue;
        if (kept && kept->key == tracks[i].key)
            mark(track, why, kept->track->uri);
        else
            kept = tracks + i;
    }
}

static int mark_same_files_and_names(struct pool *pool)
{
    struct keyed *tracks = calloc(pool->count + 1, sizeof *tracks);
    if (!tracks)
        return -ENOMEM;
    for (size_t i = 0; i < pool->count; i++)
        tracks[i] = (struct keyed){pool->tracks[i]->file_hash, pool->tracks[i]};
    mark_same(tracks, pool->count, "the same file as ");
    for (size_t i = 0; i < pool->count; i++)
        tracks[i] = (struct keyed){pool->tracks[i]->name_hash, pool->tracks[i]};
    mark_same(tracks, pool->count, "same title and artist as ");
    free(tracks);
    return 0;
}

/* Whether few bits differ as far as both reach: of other recordings half do, and that
 * shows soon. */
static bool has_same_bits(const uint32_t *a, uint32_t a_count, const uint32_t *b,
                          uint32_t b_count)
{
    uint32_t words = a_count < b_count ? a_count : b_count, bits = 0;
    double most = SAME_BITS * 32 * words;
    for (uint32_t i = 0; i < words && bits < most; i++)
        bits += (uint32_t)__builtin_popcount(a[i] ^ b[i]);
    return bits < most;
}

bool cull_same_sound(const uint32_t *a, uint32_t a_count, const uint32_t *b,
                     uint32_t b_count)
{
    uint32_t shorter = a_count < b_count ? a_count : b_count;
    uint32_t least = (uint32_t)(OVERLAP_SHARE * shorter);
    if (shorter < WORDS_MIN)
        return false;
    for (uint32_t skip = 0; skip + least <= a_count; skip++)
        if (has_same_bits(a + skip, a_count - skip, b, b_count))
            return true;
    for (uint32_t skip = 1; skip + least <= b_count; skip++)
        if (has_same_bits(a, a_count, b + skip, b_count - skip))
            return true;
    return false;
}

struct posting {
    uint32_t word, track;
};

static int by_word(const void *a, const void *b)
{
    const struct posting *x = a, *y = b;
    if (x->word != y->word)
        return x->word < y->word ? -1 : 1;
    return x->track < y->track ? -1 : x->track > y->track;
}

struct meeting {
    uint64_t pair; /* the lower track first */
};

static int by_pair(const void *a, const void *b)
{
    const struct meeting *x = a, *y = b;
    return x->pair < y->pair ? -1 : x->pair > y->pair;
}

static size_t list_postings(const struct pool *pool, struct posting *postings)
{
    size_t count = 0;
    for (uint32_t t = 0; t < pool->count; t++) {
        const struct pool_track *track = pool->tracks[t];
        for (uint32_t i = 0; !track->verdict && i < track->print_count; i++)
            if (track->print[i] && (i == 0 || track->print[i] != track->print[i - 1]))
                postings[count++] = (struct posting){track->print[i], t};
    }
    qsort(postings, count, sizeof *postings, by_word);
    return count;
}

/* Pairs of tracks that share a word, once for each word. */
static size_t list_meetings(const struct posting *postings, size_t count,
                            struct meeting *meetings, size_t most)
{
    size_t made = 0;
    for (size_t begin = 0, end; begin < count; begin = end) {
        for (end = begin; end < count && postings[end].word == postings[begin].word;)
            end++;
        if (end - begin > COMMON_MAX)
            continue;
        for (size_t i = begin; i < end; i++)
            for (size_t j = i + 1; j < end && made < most; j++)
                if (postings[i].track != postings[j].track)
                    meetings[made++] = (struct meeting){
                        (uint64_t)postings[i].track << 32 | postings[j].track};
    }
    qsort(meetings, made, sizeof *meetings, by_pair);
    return made;
}

static void compare(struct pool *pool, uint64_t pair)
{
    struct pool_track *a = pool->tracks[pair >> 32], *b = pool->tracks[pair & UINT32_MAX];
    if (!a->verdict && !b->verdict && !a->is_guest && !b->is_guest &&
        cull_same_sound(a->print, a->print_count, b->print, b->print_count))
        mark(b, "the same recording as ", a->uri);
}

static int mark_same_sounds(struct pool *pool)
{
    size_t words = 0, count, made, most;
    for (size_t i = 0; i < pool->count; i++)
        words += pool->tracks[i]->print_count;
    struct posting *postings = calloc(words + 1, sizeof *postings);
    most = words * 4;
    struct meeting *meetings = calloc(most + 1, sizeof *meetings);
    int rc = postings && meetings ? 0 : -ENOMEM;
    if (rc == 0) {
        count = list_postings(pool, postings);
        made = list_meetings(postings, count, meetings, most);
        for (size_t begin = 0, end; begin < made; begin = end) {
            for (end = begin; end < made && meetings[end].pair == meetings[begin].pair;)
                end++;
            if (end - begin >= MEETINGS_MIN)
                compare(pool, meetings[begin].pair);
        }
    }
    free(postings);
    free(meetings);
    return rc;
}

/* ---- all of it ------------------------------------------------------------------------
 */

static void judge_all(struct pool *pool, const struct fv_host *host, const json_t *bans)
{
    struct lists lists = {list_setting(host, "blacklist.artist"),
                          list_setting(host, "blacklist.tag"),
                          list_setting(host, "blacklist.id"),
                          bans,
                          host->number(host->ctx, "brain.min_length_s", 30),
                          host->number(host->ctx, "brain.max_length_s", 1200)};
    for (size_t i = 0; i < pool->count; i++) {
        const char *fault = fault_of(&lists, pool, pool->tracks[i]);
        if (fault)
            mark(pool->tracks[i], fault, "");
    }
    json_decref(lists.artists);
    json_decref(lists.tags);
    json_decref(lists.ids);
}

static void tell_changes(struct pool *pool, char **before,
                         void (*changed)(void *ctx, struct pool_track *track), void *ctx)
{
    for (size_t i = 0; i < pool->count; i++) {
        struct pool_track *track = pool->tracks[i];
        if (track->verdict && !before[i])
            changed(ctx, track);
        if (!track->verdict && before[i])
            track->is_new = true;
        free(before[i]);
    }
}

int cull_pool(struct pool *pool, const struct fv_host *host, const json_t *bans,
              void (*changed)(void *ctx, struct pool_track *track), void *ctx)
{
    char **before = calloc(pool->count + 1, sizeof *before);
    int rc = before ? 0 : -ENOMEM;
    for (size_t i = 0; rc == 0 && i < pool->count; i++) {
        before[i] = pool->tracks[i]->verdict;
        pool->tracks[i]->verdict = NULL;
    }
    if (rc == 0) {
        judge_all(pool, host, bans);
        if (host->number(host->ctx, "brain.doubles", 0) == 0) {
            rc = mark_same_files_and_names(pool);
            if (rc == 0)
                rc = mark_same_sounds(pool);
        }
        tell_changes(pool, before, changed, ctx);
    }
    free(before);
    return rc;
}
