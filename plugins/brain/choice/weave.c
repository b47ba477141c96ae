/* weave.c - the order is a round, for the next one begins where it ends. Every change
 * rearranges a window of the order, which stays as long in time as it was: only fines of
 * what stands in it and soon behind it can change. */
#include "weave.h"

#include "terrain.h"
#include "tour.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FINE                                                                             \
    (2.0 * TERRAIN_UNIT) /* of one that comes at once; half of it nearly in time */
#define NEAR 12          /* of each track, those that are tried beside it */
#define HOT (0.07 * TERRAIN_UNIT)   /* how much worse is often taken, in the beginning */
#define COLD (0.005 * TERRAIN_UNIT) /* and in the end */
#define HARDER 4.0                  /* times the work that the way alone had */
#define LOOKS_A_PAIR 20000.0        /* of tracks: with more work little better is found */
#define CARRIED 2                   /* tracks that are mostly moved at once */
#define STOP_EVERY 256              /* tries between two looks at must_stop() */

struct weave {
    size_t count;
    const struct past *past;
    double track_gap, longest_gap;
    int32_t *matrix;    /* path_matrix */
    struct seat *seats; /* of each track */
    double *seen; /* of each crowd: when it was last on, before the window and in it */
    uint32_t *order, *where, *best, *window;
    uint32_t *near; /* NEAR of each track, nearest first */
    double *times;  /* count + 1: when each place of the order begins */
    int64_t length, fines, best_cost;
    uint64_t dice, looks;
};

/* What of a track the fines depend on. */
struct seat {
    double airtime, gap;        /* its artist's gap */
    double began, artist_began; /* last, in the past */
    uint32_t crowd;             /* from 1; 0 = nobody's */
};

enum kind { ROTATE, REVERSE, SWAP };

/* Of the places low .. high: those before `middle` go behind the others; or all are
 * turned around; or the first and the last change places. */
struct change {
    enum kind kind;
    size_t low, middle, high;
};

static uint64_t shuffle(struct weave *weave)
{
    uint64_t x = weave->dice += 0x9e3779b97f4a7c15u; /* splitmix64 */
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static size_t roll(struct weave *weave, size_t sides)
{
    return (size_t)((shuffle(weave) >> 32) * sides >> 32);
}

/* ---- what an order costs --------------------------------------------------------------
 */

static int64_t cost(const struct weave *weave, uint32_t from, uint32_t to)
{
    return weave->matrix[(size_t)from * (weave->count + 1) + to];
}

/* The track at a place, counted from 1: 0 is what was played last, count + 1 the end. */
static uint32_t track_at(const struct weave *weave, size_t place)
{
    return place == 0 || place > weave->count ? (uint32_t)weave->count
                                              : weave->order[place - 1];
}

static int64_t fine(double apart, double gap)
{
    return apart < gap ? (int64_t)(FINE * (1 - 0.5 * fmax(apart, 0) / gap)) : 0;
}

/* Fines of all from the place `low` to as far behind `high` as a gap reaches. */
static int64_t fines_around(struct weave *weave, size_t low, size_t high)
{
    const double *times = weave->times;
    int64_t sum = 0;
    size_t begin = low, end;
    while (begin > 0 && times[low] - times[begin - 1] < weave->longest_gap)
        begin--;
    double until = times[high + 1] + weave->longest_gap;
    for (end = begin; end < weave->count && (end <= high || times[end] < until); end++) {
        const struct seat *seat = &weave->seats[weave->order[end]];
        if (end >= low)
            sum += fine(times[end] - seat->began, weave->track_gap);
        if (end >= low && seat->crowd)
            sum += fine(times[end] - fmax(weave->seen[seat->crowd], seat->artist_began),
                        seat->gap);
        weave->seen[seat->crowd] = times[end];
    }
    for (size_t i = begin; i < end; i++)
        weave->seen[weave->seats[weave->order[i]].crowd] = -INFINITY;
    weave->looks += (end - begin) / 4;
    return sum;
}

static int64_t length_of(const struct weave *weave)
{
    int64_t length = 0;
    for (size_t place = 0; place < weave->count; place++)
        length += cost(weave, track_at(weave, place), track_at(weave, place + 1));
    length += cost(weave, weave->order[weave->count - 1], weave->order[0]);
    return length;
}

/* ---- changes --------------------------------------------------------------------------
 */

/* How much longer the way from the end to the beginning becomes. */
static int64_t closing(const struct weave *weave, size_t low, size_t high, uint32_t first,
                       uint32_t last)
{
    uint32_t begin = weave->order[0], end = weave->order[weave->count - 1];
    return cost(weave, high + 1 == weave->count ? last : end, low == 0 ? first : begin) -
           cost(weave, end, begin);
}

static int64_t rotating(struct weave *weave, const struct change *change)
{
    uint32_t before = track_at(weave, change->low), a = track_at(weave, change->low + 1),
             b = track_at(weave, change->middle), c = track_at(weave, change->middle + 1),
             d = track_at(weave, change->high + 1),
             after = track_at(weave, change->high + 2);
    weave->looks += 6;
    return cost(weave, before, c) + cost(weave, d, a) + cost(weave, b, after) -
           cost(weave, before, a) - cost(weave, b, c) - cost(weave, d, after) +
           closing(weave, change->low, change->high, c, b);
}

static int64_t reversing(struct weave *weave, const struct change *change)
{
    uint32_t before = track_at(weave, change->low),
             after = track_at(weave, change->high + 2),
             first = track_at(weave, change->low + 1),
             last = track_at(weave, change->high + 1);
    int64_t more = cost(weave, before, last) + cost(weave, first, after) -
                   cost(weave, before, first) - cost(weave, last, after);
    for (size_t i = change->low; i < change->high; i++)
        more += cost(weave, weave->order[i + 1], weave->order[i]) -
                cost(weave, weave->order[i], weave->order[i + 1]);
    weave->looks += (change->high - change->low) / 4 + 4;
    return more + closing(weave, change->low, change->high, last, first);
}

static int64_t swapping(struct weave *weave, const struct change *change)
{
    uint32_t a = track_at(weave, change->low + 1), b = track_at(weave, change->high + 1);
    uint32_t before_a = track_at(weave, change->low),
             after_a = track_at(weave, change->low + 2),
             before_b = track_at(weave, change->high),
             after_b = track_at(weave, change->high + 2);
    weave->looks += 8;
    return cost(weave, before_a, b) + cost(weave, b, after_a) + cost(weave, before_b, a) +
           cost(weave, a, after_b) - cost(weave, before_a, a) - cost(weave, a, after_a) -
           cost(weave, before_b, b) - cost(weave, b, after_b) +
           closing(weave, change->low, change->high, b, a);
}

static int64_t lengthening(struct weave *weave, const struct change *change)
{
    return change->kind == ROTATE    ? rotating(weave, change)
           : change->kind == REVERSE ? reversing(weave, change)
                                     : swapping(weave, change);
}

static void put_window(struct weave *weave, const uint32_t *window, size_t low,
                       size_t high)
{
    memmove(weave->order + low, window, (high - low + 1) * sizeof *window);
    for (size_t i = low; i <= high; i++) {
        weave->where[weave->order[i]] = (uint32_t)i;
        weave->times[i + 1] = weave->times[i] + weave->seats[weave->order[i]].airtime;
    }
    weave->looks += (high - low + 1) / 4;
}

static void arrange(const uint32_t *from, const struct change *change, uint32_t *to)
{
    size_t count = change->high - change->low + 1, first = change->middle - change->low;
    if (change->kind == ROTATE) {
        memcpy(to, from + first, (count - first) * sizeof *to);
        memcpy(to + count - first, from, first * sizeof *to);
    } else if (change->kind == REVERSE) {
        for (size_t i = 0; i < count; i++)
            to[i] = from[count - 1 - i];
    } else {
        memcpy(to, from, count * sizeof *to);
        to[0] = from[count - 1];
        to[count - 1] = from[0];
    }
}

/* A change after which `a` is followed by `b`, or nearly. returns false if none is seen
 */
static bool draw_change(struct weave *weave, struct change *change)
{
    size_t p = roll(weave, weave->count),
           near = weave->count - 1 < NEAR ? weave->count - 1 : NEAR;
    size_t q = weave->where[weave->near[weave->order[p] * NEAR + roll(weave, near)]];
    size_t kind = roll(weave, 8), carried = roll(weave, CARRIED);
    if (kind >= 6) {
        carried = roll(weave, weave->count / 2);
        kind -= 6;
    }
    if (kind == 5)
        q = roll(weave, weave->count);
    if (q == p || q == p + 1)
        return false;
    if (kind < 2) { /* b and some after it come behind a */
        *change = q > p ? (struct change){ROTATE, p + 1, q, q + carried}
                        : (struct change){ROTATE, q, q + carried + 1, p};
        if (q < p && change->middle > p)
            return false;
        if (kind == 1) /* a and some before it go before b */
            *change = q > p ? (struct change){ROTATE, p - carried, p + 1, q - 1}
                            : (struct change){ROTATE, q, p - carried, p};
        if (kind == 1 && (p < carried || (q < p && p - carried <= q)))
            return false;
    } else if (kind < 4) {
        *change = q > p ? (struct change){REVERSE, p + 1, 0, q}
                        : (struct change){REVERSE, q + 1, 0, p};
    } else {
        *change = q > p ? (struct change){SWAP, p + 1, 0, q}
                        : (struct change){SWAP, q, 0, p + 1};
        if (change->high - change->low < 2)
            change->kind = REVERSE;
    }
    return change->high < weave->count && change->low < change->high;
}

/* Make the change unless the order becomes worse by more than `most`. */
static void try_change(struct weave *weave, const struct change *change, double most)
{
    int64_t longer = lengthening(weave, change);
    if ((double)(longer - weave->fines) > most)
        return;
    size_t low = change->low, high = change->high;
    int64_t before = fines_around(weave, low, high);
    memcpy(weave->window, weave->order + low, (high - low + 1) * sizeof *weave->window);
    uint32_t *arranged = weave->window + weave->count;
    arrange(weave->window, change, arranged);
    put_window(weave, arranged, low, high);
    int64_t more = fines_around(weave, low, high) - before;
    if ((double)(longer + more) > most) {
        put_window(weave, weave->window, low, high);
        return;
    }
    weave->length += longer;
    weave->fines += more;
    if (weave->length + weave->fines < weave->best_cost) {
        weave->best_cost = weave->length + weave->fines;
        memcpy(weave->best, weave->order, weave->count * sizeof *weave->best);
    }
}

static void anneal(struct weave *weave, const struct path_options *options, double looks)
{
    double heat = HOT;
    for (uint64_t tries = 0; (double)weave->looks < looks; tries++) {
        struct change change;
        if (tries % STOP_EVERY == 0) {
            if (options->must_stop && options->must_stop(options->ctx))
                return;
            heat = HOT * pow(COLD / HOT, (double)weave->looks / looks);
        }
        weave->looks++;
        double chance = ((double)(shuffle(weave) >> 40) + 1) / (1 << 24);
        if (draw_change(weave, &change))
            try_change(weave, &change, -heat * log(chance));
    }
}

/* ---- beginning and end ----------------------------------------------------------------
 */

static void find_near(struct weave *weave)
{
    size_t most = weave->count - 1 < NEAR ? weave->count - 1 : NEAR;
    for (uint32_t a = 0; a < weave->count; a++) {
        uint32_t *near = weave->near + (size_t)a * NEAR;
        size_t known = 0;
        for (uint32_t b = 0; b < weave->count; b++) {
            size_t place = known;
            if (b == a)
                continue;
            for (; place > 0 && cost(weave, a, b) < cost(weave, a, near[place - 1]);
                 place--)
                if (place < most)
                    near[place] = near[place - 1];
            if (place < most)
                near[place] = b;
            known += known < most;
        }
    }
}

static uint32_t crowd_of(const struct rules *rules, uint32_t artist)
{
    uint32_t low = 0, high = (uint32_t)rules->crowd_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (rules->crowds[middle].artist < artist)
            low = middle + 1;
        else
            high = middle;
    }
    return artist ? low + 1 : 0;
}

static void take_seats(struct weave *weave, const struct rules *rules,
                       struct pool_track **tracks)
{
    const struct past *past = weave->past;
    for (size_t i = 0; i < weave->count; i++) {
        const struct traits *traits = &tracks[i]->traits;
        struct seat *seat = &weave->seats[i];
        *seat =
            (struct seat){tracks[i]->airtime_s, rules_artist_gap(rules, traits->artist),
                          -INFINITY, -INFINITY, crowd_of(rules, traits->artist)};
        weave->longest_gap = fmax(weave->longest_gap, seat->gap);
        for (size_t p = past->count; p > 0; p--) {
            const struct start *start = &past->starts[p - 1];
            if (past->now_s - start->at_s > fmax(weave->track_gap, seat->gap))
                break;
            if (start->track == tracks[i])
                seat->began = fmax(seat->began, start->at_s);
            if (traits->artist && start->artist == traits->artist)
                seat->artist_began = fmax(seat->artist_began, start->at_s);
        }
    }
}

static int init(struct weave *weave, const struct distance *distance,
                const struct traits *from, struct pool_track **tracks,
                const struct rules *rules)
{
    size_t count = weave->count;
    weave->matrix = path_matrix(distance, from, tracks, count);
    weave->seats = calloc(count, sizeof *weave->seats);
    weave->seen = calloc(rules->crowd_count + 2, sizeof *weave->seen);
    weave->times = calloc(count + 1, sizeof *weave->times);
    weave->order = calloc(count * (5 + NEAR), sizeof *weave->order);
    if (!weave->matrix || !weave->seats || !weave->seen || !weave->times || !weave->order)
        return -ENOMEM;
    weave->where = weave->order + count;
    weave->best = weave->where + count;
    weave->window = weave->best + count; /* twice */
    weave->near = weave->window + 2 * count;
    for (size_t i = 0; i < rules->crowd_count + 2; i++)
        weave->seen[i] = -INFINITY;
    for (uint32_t i = 0; i < count; i++)
        weave->window[i] = weave->best[i] = i;
    find_near(weave);
    take_seats(weave, rules, tracks);
    weave->times[0] = weave->past->now_s;
    put_window(weave, weave->window, 0, count - 1);
    weave->length = length_of(weave);
    weave->fines = fines_around(weave, 0, count - 1);
    weave->best_cost = weave->length + weave->fines;
    return 0;
}

static void release(struct weave *weave)
{
    free(weave->matrix);
    free(weave->seats);
    free(weave->seen);
    free(weave->times);
    free(weave->order);
}

int weave_order(const struct rules *rules, const struct past *past,
                const struct distance *distance, const struct traits *from,
                struct pool_track **tracks, size_t count,
                const struct path_options *options)
{
    struct weave weave = {
        .count = count, .past = past, .track_gap = rules->track_s, .dice = options->seed};
    struct pool_track **sorted = calloc(count + 1, sizeof *sorted);
    double looks = fmin(HARDER * options->budget_ms * TOUR_LOOKS_PER_MS,
                        LOOKS_A_PAIR * (double)count * (double)count);
    int rc = count < 4 || count > PATH_MATRIX_MAX ? -ERANGE : sorted ? 0 : -ENOMEM;
    if (rc == 0)
        rc = init(&weave, distance, from, tracks, rules);
    if (rc == 0) {
        anneal(&weave, options, looks);
        for (size_t i = 0; i < count; i++)
            sorted[i] = tracks[weave.best[i]];
        memcpy(tracks, sorted, count * sizeof *tracks);
    }
    free(sorted);
    release(&weave);
    return rc == -ERANGE ? 0 : rc;
}
