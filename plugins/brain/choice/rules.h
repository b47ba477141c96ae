/* rules.h - how long a track and an artist have to be away before they come again.
 *
 * Times are show time: seconds of music settled since the station began. A gap is from
 * one beginning to the next. What the pool can't give is asked for less of, in this
 * order:
 *   - of an artist with so many tracks that they can't all be so far apart: 70 % of even
 *     spacing;
 *   - of a track in a pool that is short: three quarters of the pool's length;
 *   - where still nothing may be played, the gaps give way by levels: 1 half the
 * artist's, 2 a quarter, 3 only not twice running, 4 none; then 5 half the track's, 6
 * only not twice running, 7 none.
 */
#ifndef RULES_H
#define RULES_H

#include "pool.h"

#define RULES_LEVELS 8

struct crowd {
    uint32_t artist, count;
};

struct rules {
    double track_s, artist_s; /* gaps as far as the pool allows them */
    double pool_s;            /* length of the pool */
    struct crowd *crowds;     /* by artist: how many tracks they have */
    size_t crowd_count;
};

/* What was begun when, oldest first. */
struct start {
    const struct pool_track *track; /* NULL: no longer in the pool */
    uint32_t artist;
    double at_s;
};

struct past {
    struct start *starts;
    size_t count, room;
    double now_s; /* when the next track begins */
};

/* Look at the pool. `rules` is filled; rules_release frees it. returns 0 or -ENOMEM */
int rules_set(struct rules *rules, const struct pool *pool, double track_s,
              double artist_s);
void rules_release(struct rules *rules);

double rules_artist_gap(const struct rules *rules, uint32_t artist);

/* The level at which a track may begin at past->now_s; 0 = without any giving way. */
int rules_level(const struct rules *rules, const struct past *past,
                const struct pool_track *track);

/* A track begins now, and the next when it has been heard. returns 0 or -ENOMEM */
int past_add(struct past *past, const struct pool_track *track);
int past_put(struct past *past, struct start start);
int past_copy(struct past *to, const struct past *from, double since_s);
void past_forget(struct past *past, const struct pool_track *track); /* it leaves */
void past_trim(struct past *past, double since_s);
void past_release(struct past *past);

#endif
