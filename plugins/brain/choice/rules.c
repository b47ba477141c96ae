/* rules.c - the past is looked through backwards; the gaps are short against it. */
#include "rules.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define OF_EVEN 0.7  /* of an artist's even spacing */
#define OF_POOL 0.75 /* of the pool's length */

static int by_artist(const void *a, const void *b)
{
    const struct crowd *x = a, *y = b;
    return x->artist < y->artist ? -1 : x->artist > y->artist;
}

int rules_set(struct rules *rules, const struct pool *pool, double track_s,
              double artist_s)
{
    struct crowd *crowds = calloc(pool->count + 1, sizeof *crowds);
    size_t kept = 0, count = 0;
    if (!crowds)
        return -ENOMEM;
    rules_release(rules);
    rules->pool_s = 0;
    for (size_t i = 0; i < pool->count; i++) {
        const struct pool_track *track = pool->tracks[i];
        if (track->verdict || track->is_failed)
            continue; /* never heard */
        crowds[count++] = (struct crowd){track->traits.artist, 1};
        rules->pool_s += track->airtime_s;
    }
    qsort(crowds, count, sizeof *crowds, by_artist);
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && crowds[kept - 1].artist == crowds[i].artist)
            crowds[kept - 1].count++;
        else
            crowds[kept++] = crowds[i];
    }
    rules->crowds = crowds;
    rules->crowd_count = kept;
    rules->track_s = fmin(track_s, OF_POOL * rules->pool_s);
    rules->artist_s = artist_s;
    return 0;
}

void rules_release(struct rules *rules)
{
    free(rules->crowds);
    *rules = (struct rules){0};
}

double rules_artist_gap(const struct rules *rules, uint32_t artist)
{
    struct crowd wanted = {artist, 0};
    const struct crowd *crowd = rules->crowd_count == 0
                                    ? NULL
                                    : bsearch(&wanted, rules->crowds, rules->crowd_count,
                                              sizeof wanted, by_artist);
    double count = crowd ? crowd->count : 1;
    return fmin(rules->artist_s, OF_EVEN * rules->pool_s / count);
}

int rules_level(const struct rules *rules, const struct past *past,
                const struct pool_track *track)
{
    double artist_gap = rules_artist_gap(rules, track->traits.artist),
           artist_ago = INFINITY, track_ago = INFINITY;
    for (size_t i = past->count; i > 0; i--) {
        const struct start *start = &past->starts[i - 1];
        double ago = past->now_s - start->at_s;
        if (ago > artist_gap && ago > rules->track_s)
            break;
        if (start->track == track && track_ago > ago)
            track_ago = ago;
        if (track->traits.artist && start->artist == track->traits.artist &&
            artist_ago > ago)
            artist_ago = ago;
    }
    const struct start *last = past->count ? &past->starts[past->count - 1] : NULL;
    if (track_ago < rules->track_s)
        return last->track == track ? 7 : track_ago < rules->track_s / 2 ? 6 : 5;
    if (artist_ago >= artist_gap)
        return 0;
    if (last->artist == track->traits.artist)
        return 4;
    return artist_ago >= artist_gap / 2 ? 1 : artist_ago >= artist_gap / 4 ? 2 : 3;
}

/* ---- the past -------------------------------------------------------------------------
 */

int past_put(struct past *past, struct start start)
{
    if (past->count == past->room) {
        size_t room = past->room ? past->room * 2 : 64;
        struct start *starts = realloc(past->starts, room * sizeof *starts);
        if (!starts)
            return -ENOMEM;
        past->starts = starts;
        past->room = room;
    }
    past->starts[past->count++] = start;
    return 0;
}

int past_add(struct past *past, const struct pool_track *track)
{
    int rc = past_put(past, (struct start){track, track->traits.artist, past->now_s});
    past->now_s += track->airtime_s;
    return rc;
}

int past_copy(struct past *to, const struct past *from, double since_s)
{
    int rc = 0;
    *to = (struct past){.now_s = from->now_s};
    for (size_t i = 0; rc == 0 && i < from->count; i++)
        if (from->starts[i].at_s >= since_s)
            rc = past_put(to, from->starts[i]);
    return rc;
}

void past_forget(struct past *past, const struct pool_track *track)
{
    for (size_t i = 0; i < past->count; i++)
        if (past->starts[i].track == track)
            past->starts[i].track = NULL;
}

void past_trim(struct past *past, double since_s)
{
    size_t gone = 0;
    while (gone < past->count && past->starts[gone].at_s < since_s)
        gone++;
    if (gone < 64)
        return;
    past->count -= gone;
    memmove(past->starts, past->starts + gone, past->count * sizeof *past->starts);
}

void past_release(struct past *past)
{
    free(past->starts);
    *past = (struct past){0};
}
