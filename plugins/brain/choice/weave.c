/* weave.c - draws changes that look promising and makes them, or not, by the dice. */
#include "weave.h"

#include "round.h"
#include "terrain.h"
#include "tour.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NEAR 12                   /* of each track, those that are tried beside it */
#define HOT (0.06 * TERRAIN_UNIT) /* how much worse is often taken, in the beginning */
#define COOLING 0.2               /* what is left of it in the end */
#define BOIL_A_PAIR 2000.0        /* looks; with less work it is begun cooler */
#define HARDER 4.0                /* times the work that the way alone had */
#define LOOKS_A_PAIR 20000.0      /* of tracks: with more work little better is found */
#define PROMISE 3.0               /* times the heat that two ways may lose */
#define BOLD 8.0                  /* times the heat that a change may */
#define CARRIED 2                 /* tracks that are mostly moved at once */
#define BESIDE 6                  /* places in which anything is tried */
#define DEAR 0.9                  /* of the dearest way: good enough to begin behind */
#define STOP_EVERY 256            /* tries between two looks at must_stop() */

struct weave {
    struct round round;
    uint32_t *best, *near; /* the best order; NEAR of each track, nearest first */
    int64_t best_cost;
    uint64_t dice;
};

/* ---- dice -----------------------------------------------------------------------------
 */

static uint64_t shuffle(struct weave *weave)
{
    uint64_t x = weave->dice += 0x9e3779b97f4a7c15u; /* splitmix64 */
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* One of so many, by the upper half of the dice; what is left of it is thrown next. */
static size_t throw(uint64_t * dice, size_t sides)
{
    uint64_t product = (*dice >> 32) * sides;
    *dice = product << 32 | (*dice & 0xffffffffu);
    return (size_t)(product >> 32);
}

/* ---- changes --------------------------------------------------------------------------
 */

/* How much dearer it is that the track at `q` follows that at `p` than what follows the
 * one or comes before the other, whichever is dearer. */
static int64_t promise(const struct round *round, size_t p, size_t q)
{
    uint32_t a = round->order[p], b = round->order[q];
    int64_t behind = round_cost(round, a, round_track(round, p + 2)),
            before = round_cost(round, round_track(round, q), b);
    return round_cost(round, a, b) - (behind > before ? behind : before);
}

/* Those at low .. middle - 1 go behind those up to `high`. */
static bool rotate(const struct round *round, struct change *change, size_t low,
                   size_t middle, size_t high)
{
    if (high >= round->count || low >= middle || middle > high)
        return false;
    change_open(change, low, high);
    change_lay(change, middle, high);
    change_lay(change, low, middle - 1);
    return true;
}

static bool turn_around(struct change *change, size_t low, size_t high)
{
    if (low >= high)
        return false;
    change_open(change, low, high);
    change_lay_back(change, high, low);
    return true;
}

static bool swap(struct change *change, size_t a, size_t b)
{
    size_t low = a < b ? a : b, high = a < b ? b : a;
    if (a == b)
        return false;
    change_open(change, low, high);
    change_lay(change, high, high);
    change_lay(change, low + 1, high - 1);
    change_lay(change, low, low);
    return true;
}

/* The place nearest to that behind `p` of one by the same artist as that at `q`. */
static size_t stand_in(struct round *round, size_t p, size_t q)
{
    const struct circle *circle = round_circle(round, q);
    const uint32_t *members = round->members + circle->first;
    size_t best = q, apart = round->count;
    if (round->seats[round->order[q]].crowd == 0)
        return q;
    round->looks += circle->count / 4;
    for (uint32_t m = 0; m < circle->count; m++) {
        size_t place = round->where[members[m]],
               far = place > p ? place - p : p + 1 - place;
        if (far < apart) {
            apart = far;
            best = place;
        }
    }
    return best;
}

/* The track at `q` comes behind that at `p`. One by the same artist that stands near
 * there goes where it was, so that artists stay about where they are. */
static bool replace(struct round *round, struct change *change, size_t p, size_t q)
{
    size_t r = stand_in(round, p, q), low = r > p ? p + 1 : r, high = r > p ? r : p;
    if (r == p)
        return false;
    change_open(change, q < low ? q : low, q > high ? q : high);
    if (q < low) {
        change_lay(change, r, r);
        change_lay(change, q + 1, low - 1);
    }
    if (r < p)
        change_lay(change, r + 1, p);
    change_lay(change, q, q);
    if (r > p)
        change_lay(change, p + 1, r - 1);
    if (q > high) {
        change_lay(change, high + 1, q - 1);
        change_lay(change, r, r);
    }
    return true;
}

/* The track at `q` and so many after it come behind that at `p`; or that at `p` and so
 * many before it go before that at `q`. */
static bool carry(const struct round *round, struct change *change, size_t p, size_t q,
                  size_t more, bool is_behind)
{
    if (is_behind)
        return q > p ? rotate(round, change, p + 1, q, q + more)
                     : q + more < p && rotate(round, change, q, q + more + 1, p);
    if (p < more)
        return false;
    return q > p ? rotate(round, change, p - more, p + 1, q - 1)
                 : p - more > q && rotate(round, change, q, p - more, p);
}

/* Anything that stands beside `p` comes behind it. */
static bool draw_beside(const struct round *round, struct change *change, size_t p,
                        uint64_t dice)
{
    size_t q = p + 2 + throw(&dice, BESIDE);
    if (q >= round->count)
        return false;
    return throw(&dice, 2) ? swap(change, p + 1, q) : rotate(round, change, p + 1, q, q);
}

/* Another by the same artist comes behind `p`: nobody can come too soon by that. */
static bool draw_same_artist(const struct round *round, struct change *change, size_t p,
                             int64_t most, uint64_t dice)
{
    const struct circle *circle = round_circle(round, p + 1);
    size_t q = round->where[round->members[circle->first + throw(&dice, circle->count)]];
    return q != p && q != p + 1 && promise(round, p, q) <= most && swap(change, p + 1, q);
}

/* A track comes behind one that it is near to, or nearly. Of sixteen changes three are
 * draw_same_artist's, two draw_beside's, four replace, three carry, two turn around and
 * two swap.
 *
 * returns  false if no change is seen, or none that promises to cost at most `most` */
static bool draw_change(struct weave *weave, struct change *change, int64_t most)
{
    struct round *round = &weave->round;
    uint64_t dice = shuffle(weave);
    size_t near = round->count - 1 < NEAR ? round->count - 1 : NEAR,
           p = throw(&dice, round->count - 1), n = throw(&dice, near),
           kind = throw(&dice, 16),
           q = round->where[weave->near[round->order[p] * NEAR + n]];
    round->looks++;
    if (kind < 3)
        return draw_same_artist(round, change, p, most, dice);
    if (kind < 5)
        return draw_beside(round, change, p, dice);
    round->looks++;
    if (q == p || q == p + 1 || promise(round, p, q) > most)
        return false;
    if (kind < 9 && q > 0)
        return throw(&dice, 2) ? replace(round, change, q - 1, p)
                               : replace(round, change, p, q);
    if (kind < 12) {
        dice = shuffle(weave);
        return carry(round, change, p, q,
                     throw(&dice, throw(&dice, 2) ? CARRIED : round->count / 2),
                     throw(&dice, 2));
    }
    if (kind < 14)
        return q > p ? turn_around(change, p + 1, q) : turn_around(change, q + 1, p);
    return swap(change, p + 1, q);
}

static void try_change(struct weave *weave, struct change *change, double heat)
{
    struct round *round = &weave->round;
    int64_t longer = round_lengthening(round, change);
    if ((double)(longer - round->fines) > BOLD * heat)
        return;
    double chance = ((double)(shuffle(weave) >> 40) + 1) / (1 << 24);
    int64_t most = (int64_t)(-heat * log(chance));
    if (!round_make(round, change, longer, most) ||
        round->length + round->fines >= weave->best_cost)
        return;
    weave->best_cost = round->length + round->fines;
    memcpy(weave->best, round->order, round->count * sizeof *weave->best);
}

static void anneal(struct weave *weave, const struct path_options *options)
{
    double count = (double)weave->round.count, heat = 0,
           looks = fmin(HARDER * options->budget_ms * TOUR_LOOKS_PER_MS,
                        LOOKS_A_PAIR * count * count),
           hot = HOT * fmin(1, sqrt(sqrt(looks / (BOIL_A_PAIR * count * count))));
    for (uint64_t tries = 0; (double)weave->round.looks < looks; tries++) {
        struct change change;
        if (tries % STOP_EVERY == 0) {
            if (options->must_stop && options->must_stop(options->ctx))
                return;
            heat = hot * pow(COOLING, (double)weave->round.looks / looks);
        }
        if (draw_change(weave, &change, (int64_t)(PROMISE * heat)))
            try_change(weave, &change, heat);
    }
}

/* ---- beginning and end ----------------------------------------------------------------
 */

static void find_near(struct weave *weave)
{
    const struct round *round = &weave->round;
    size_t most = round->count - 1 < NEAR ? round->count - 1 : NEAR;
    for (uint32_t a = 0; a < round->count; a++) {
        uint32_t *near = weave->near + (size_t)a * NEAR;
        size_t known = 0;
        for (uint32_t b = 0; b < round->count; b++) {
            size_t place = known;
            if (b == a)
                continue;
            for (; place > 0 &&
                   round_cost(round, a, b) < round_cost(round, a, near[place - 1]);
                 place--)
                if (place < most)
                    near[place] = near[place - 1];
            if (place < most)
                near[place] = b;
            known += known < most;
        }
    }
}

/* What it costs to come to a place of the best order from the one before it. */
static int64_t way_to(const struct weave *weave, size_t place)
{
    size_t count = weave->round.count;
    return round_cost(&weave->round, weave->best[(place + count - 1) % count],
                      weave->best[place % count]);
}

/* The way of a round that begins at a place: what comes first counts most. */
static int64_t beginning(const struct weave *weave, size_t place)
{
    size_t count = weave->round.count;
    int64_t sum = 0;
    for (size_t i = 1; i < count; i++)
        sum += (int64_t)(count - i) * way_to(weave, place + i);
    return sum;
}

/* A place where a round may begin. */
struct opening {
    bool is_dear; /* behind one of the dearest ways */
    int64_t way;  /* as beginning() has it */
    uint32_t place;
};

static int by_way(const void *a, const void *b)
{
    const struct opening *x = a, *y = b;
    if (x->is_dear != y->is_dear)
        return x->is_dear ? -1 : 1;
    if (x->way != y->way)
        return x->way < y->way ? -1 : 1;
    return x->place < y->place ? -1 : 1;
}

/* All openings, best first: behind one of the dearest ways, so that what goes together
 * less well comes late. */
static void list_openings(const struct weave *weave, struct opening *openings)
{
    size_t count = weave->round.count;
    int64_t dearest = 0;
    for (size_t i = 0; i < count; i++)
        dearest = way_to(weave, i) > dearest ? way_to(weave, i) : dearest;
    for (size_t i = 0; i < count; i++)
        openings[i] = (struct opening){(double)way_to(weave, i) >= DEAR * (double)dearest,
                                       beginning(weave, i), (uint32_t)i};
    qsort(openings, count, sizeof *openings, by_way);
}

/* Nothing was played before: a round may begin anywhere. Options say at the how many-th
 * best place; at the next one if somebody came too soon then. */
static void begin_well(struct weave *weave, uint64_t nth, struct opening *openings)
{
    size_t count = weave->round.count;
    uint32_t *turned = weave->near;
    list_openings(weave, openings);
    for (size_t n = 0; n < count; n++) {
        size_t first = openings[(nth % count + n) % count].place;
        for (size_t i = 0; i < count; i++)
            turned[i] = weave->best[(first + i) % count];
        round_set(&weave->round, turned);
        if (weave->round.length + weave->round.fines > weave->best_cost)
            continue;
        memcpy(weave->best, turned, count * sizeof *turned);
        return;
    }
}

int weave_order(const struct rules *rules, const struct past *past,
                const struct distance *distance, const struct traits *from,
                struct pool_track **tracks, size_t count,
                const struct path_options *options)
{
    if (count < 4 || count > PATH_MATRIX_MAX)
        return 0;
    struct weave weave = {.dice = options->seed};
    struct pool_track **sorted = calloc(count, sizeof *sorted);
    struct opening *openings = calloc(count, sizeof *openings);
    weave.near = calloc(count * (NEAR + 1), sizeof *weave.near);
    int rc = round_init(&weave.round, distance, from, tracks, count, rules, past);
    if (!sorted || !openings || !weave.near)
        rc = -ENOMEM;
    if (rc == 0) {
        weave.best = weave.near + NEAR * count;
        memcpy(weave.best, weave.round.order, count * sizeof *weave.best);
        weave.best_cost = weave.round.length + weave.round.fines;
        find_near(&weave);
        anneal(&weave, options);
        if (!from)
            begin_well(&weave, options->opening, openings);
        for (size_t i = 0; i < count; i++)
            sorted[i] = tracks[weave.best[i]];
        memcpy(tracks, sorted, count * sizeof *tracks);
    }
    free(sorted);
    free(openings);
    free(weave.near);
    round_release(&weave.round);
    return rc;
}
