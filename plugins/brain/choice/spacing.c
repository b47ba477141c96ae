/* spacing.c - an order is a list of times; a place is free for a track when all of its
 * artist are far enough from it, before and after. */
#include "spacing.h"

#include "tour.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define REACH_MANY 500 /* places looked at to either side in a long order */
#define REACH_FEW 4000 /* in one of at most so many places, all */
#define ROUNDS 3
#define LOOKS_A_PLACE 3 /* distances that tell what it costs to put a track there */
#define ANYWAY 6e6      /* looks that a pool of usual size has, whatever the budget */

struct spacing {
    const struct rules *rules;
    const struct past *past;
    const struct distance *distance;
    const struct traits *from;
    struct pool_track **tracks;
    size_t count;
    double *times; /* count + 1: when each begins */
    const struct path_options *options;
    double looks; /* at distances, so far */
};

static void tell_times(struct spacing *spacing, size_t from)
{
    if (from == 0)
        spacing->times[0] = spacing->past->now_s;
    for (size_t i = from; i < spacing->count; i++)
        spacing->times[i + 1] = spacing->times[i] + spacing->tracks[i]->airtime_s;
}

static bool clashes(const struct pool_track *track, uint32_t artist,
                    const struct pool_track *other, uint32_t other_artist, double apart,
                    double track_gap, double artist_gap)
{
    if (track == other)
        return apart < track_gap;
    return artist && artist == other_artist && apart < artist_gap;
}

/* Would a track that begins at `at_s`, before the one that stands at `place`, come too
 * soon after what is before it? */
static bool is_late_enough(const struct spacing *spacing, const struct pool_track *track,
                           size_t place, size_t without, double at_s)
{
    uint32_t artist = track->traits.artist;
    double artist_gap = rules_artist_gap(spacing->rules, artist);
    double track_gap = spacing->rules->track_s;
    double longest = fmax(artist_gap, track_gap);
    for (size_t i = place; i > 0; i--) {
        const struct pool_track *other = spacing->tracks[i - 1];
        double apart = at_s - spacing->times[i - 1];
        if (apart > longest)
            return true;
        if (i - 1 != without && clashes(track, artist, other, other->traits.artist, apart,
                                        track_gap, artist_gap))
            return false;
    }
    for (size_t i = spacing->past->count; i > 0; i--) {
        const struct start *start = &spacing->past->starts[i - 1];
        double apart = at_s - start->at_s;
        if (apart > longest)
            return true;
        if (clashes(track, artist, start->track, start->artist, apart, track_gap,
                    artist_gap))
            return false;
    }
    return true;
}

static bool is_early_enough(const struct spacing *spacing, const struct pool_track *track,
                            size_t place, size_t without, double at_s)
{
    uint32_t artist = track->traits.artist;
    double artist_gap = rules_artist_gap(spacing->rules, artist);
    for (size_t i = place; i < spacing->count; i++) {
        const struct pool_track *other = spacing->tracks[i];
        bool has_moved_up = without != SIZE_MAX && i > without && without > place;
        double apart = spacing->times[i] + (has_moved_up ? 0 : track->airtime_s) - at_s;
        if (apart > artist_gap && apart > spacing->rules->track_s)
            return true;
        if (i != without && clashes(track, artist, other, other->traits.artist, apart,
                                    spacing->rules->track_s, artist_gap))
            return false;
    }
    return true;
}

static double between(const struct spacing *spacing, const struct traits *a,
                      const struct traits *b)
{
    return a && b ? distance_between(spacing->distance, a, b, NULL) : 0;
}

static const struct traits *before(const struct spacing *spacing, size_t place,
                                   size_t without)
{
    if (place > 0 && place - 1 == without)
        place--;
    return place > 0 ? &spacing->tracks[place - 1]->traits : spacing->from;
}

static const struct traits *after(const struct spacing *spacing, size_t place,
                                  size_t without)
{
    if (place == without)
        place++;
    return place < spacing->count ? &spacing->tracks[place]->traits : NULL;
}

/* What it costs to put a track before the one at `place`. */
static double cost_at(const struct spacing *spacing, const struct pool_track *track,
                      size_t place, size_t without)
{
    const struct traits *a = before(spacing, place, without);
    const struct traits *b = after(spacing, place, without);
    return between(spacing, a, &track->traits) + between(spacing, &track->traits, b) -
           between(spacing, a, b);
}

/* The cheapest free place from `low` to `high`; SIZE_MAX when none is free. */
static size_t find_place(struct spacing *spacing, const struct pool_track *track,
                         size_t low, size_t high, size_t without)
{
    size_t best = SIZE_MAX;
    double least = INFINITY;
    spacing->looks += LOOKS_A_PLACE * (double)(high + 1 - low);
    for (size_t place = low; place <= high; place++) {
        if (place == without || (without != SIZE_MAX && place == without + 1))
            continue;
        double shift = without < place ? track->airtime_s : 0;
        double at_s = spacing->times[place] - shift;
        double cost = cost_at(spacing, track, place, without);
        if (cost >= least || !is_late_enough(spacing, track, place, without, at_s) ||
            !is_early_enough(spacing, track, place, without, at_s + shift))
            continue;
        least = cost;
        best = place;
    }
    return best;
}

static void move(struct spacing *spacing, size_t from, size_t to)
{
    struct pool_track *track = spacing->tracks[from];
    struct pool_track **tracks = spacing->tracks;
    if (to > from) {
        to--;
        memmove(tracks + from, tracks + from + 1, (to - from) * sizeof *tracks);
        tracks[to] = track;
        tell_times(spacing, from);
    } else {
        memmove(tracks + to + 1, tracks + to, (from - to) * sizeof *tracks);
        tracks[to] = track;
        tell_times(spacing, to);
    }
}

/* Whether there is work left for another move, and somebody who wants it. */
static bool may_go_on(const struct spacing *spacing)
{
    const struct path_options *options = spacing->options;
    return spacing->looks < fmax(ANYWAY, options->budget_ms * TOUR_LOOKS_PER_MS) &&
           !(options->must_stop && options->must_stop(options->ctx));
}

/* One walk through the order. returns how many came too soon and could not be moved */
static int mend_once(struct spacing *spacing, bool *has_moved)
{
    size_t moves_left = spacing->count * 4; /* two may push each other around */
    size_t reach = spacing->count > REACH_FEW ? REACH_MANY : REACH_FEW;
    int left = 0;
    for (size_t i = 0; i < spacing->count; i++) {
        const struct pool_track *track = spacing->tracks[i];
        if (is_late_enough(spacing, track, i, SIZE_MAX, spacing->times[i]))
            continue;
        size_t low = i > reach ? i - reach : 0;
        size_t high = spacing->count - i > reach ? i + reach : spacing->count;
        size_t place = moves_left > 0 && may_go_on(spacing)
                           ? find_place(spacing, track, low, high, i)
                           : SIZE_MAX;
        if (place == SIZE_MAX) {
            left++;
            continue;
        }
        move(spacing, i, place);
        moves_left--;
        *has_moved = true;
        if (place > i)
            i--; /* another stands here now */
    }
    return left;
}

int spacing_mend(const struct rules *rules, const struct past *past,
                 const struct distance *distance, const struct traits *from,
                 struct pool_track **tracks, size_t count,
                 const struct path_options *options)
{
    struct spacing spacing = {rules, past, distance, from, tracks,
                              count, NULL, options,  0};
    int left = 0;
    bool has_moved = true;
    spacing.times = calloc(count + 1, sizeof *spacing.times);
    if (!spacing.times)
        return -ENOMEM;
    tell_times(&spacing, 0);
    for (int round = 0; round < ROUNDS && has_moved; round++) {
        has_moved = false;
        left = mend_once(&spacing, &has_moved);
    }
    free(spacing.times);
    return left;
}

size_t spacing_place(const struct rules *rules, const struct past *past,
                     const struct distance *distance, const struct traits *from,
                     struct pool_track *const *tracks, size_t count, size_t within,
                     const struct pool_track *track)
{
    struct spacing spacing = {rules, past, distance, from, (struct pool_track **)tracks,
                              count, NULL, NULL,     0};
    size_t high = within < count ? within : count, best = 0;
    double least = INFINITY;
    spacing.times = calloc(count + 1, sizeof *spacing.times);
    if (!spacing.times)
        return high;
    tell_times(&spacing, 0);
    size_t place = find_place(&spacing, track, 0, high, SIZE_MAX);
    for (size_t i = 0; place == SIZE_MAX && i <= high; i++) { /* too soon anywhere */
        double cost = cost_at(&spacing, track, i, SIZE_MAX);
        if (cost < least) {
            least = cost;
            best = i;
        }
    }
    free(spacing.times);
    return place == SIZE_MAX ? best : place;
}
