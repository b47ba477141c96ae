/* round.c - most changes are refused, so what refuses them soonest is asked first. */
#include "round.h"

#include "terrain.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FINE (2.0 * TERRAIN_UNIT) /* of one at once; half of it nearly in time */
#define SHORT 2                   /* tracks of a run that has mostly come from far */

/* ---- fines ----------------------------------------------------------------------------
 */

static int64_t fine(double apart, double gap)
{
    return apart < gap ? (int64_t)(FINE * (1 - 0.5 * fmax(apart, 0) / gap)) : 0;
}

/* See a track begin. returns its fine */
static int64_t fine_at(struct round *round, uint32_t track, double time)
{
    const struct seat *seat = &round->seats[track];
    struct circle *circle = &round->circles[seat->crowd];
    int64_t sum = fine(time - seat->began, round->track_gap);
    if (seat->crowd) {
        double seen = circle->turn == round->turn ? circle->seen : -INFINITY;
        sum += fine(time - fmax(seen, seat->artist_began), seat->gap);
    }
    circle->turn = round->turn;
    circle->seen = time;
    return sum;
}

/* How far back, and how far on, an artist's gap reaches from a window. */
static size_t reach_back(const struct round *round, size_t low)
{
    size_t begin = low;
    while (begin > 0 && round->times[low] - round->times[begin - 1] < round->longest_gap)
        begin--;
    return begin;
}

static size_t reach_on(const struct round *round, size_t high)
{
    size_t end = high + 1;
    double until = round->times[end] + round->longest_gap;
    while (end < round->count && round->times[end] < until)
        end++;
    return end;
}

/* Note what is fined from the place `low` to as far as a gap reaches behind `high`. */
static void note_fines(struct round *round, size_t low, size_t high)
{
    size_t i = reach_back(round, low), end = reach_on(round, high);
    round->looks += (end - i) / 4;
    round->turn++;
    for (; i < low; i++)
        fine_at(round, round->order[i], round->times[i]);
    for (; i < end; i++) {
        round->fines -= round->fined[i];
        round->fined[i] = fine_at(round, round->order[i], round->times[i]);
        round->fines += round->fined[i];
    }
}

/* ---- changes --------------------------------------------------------------------------
 */

void change_open(struct change *change, size_t low, size_t high)
{
    change->low = low;
    change->high = high;
    change->count = 0;
}

void change_lay(struct change *change, size_t from, size_t to)
{
    struct run *run = &change->runs[change->count];
    run->first = from;
    run->count = to + 1 - from;
    run->step = 1;
    change->count += to + 1 > from;
}

void change_lay_back(struct change *change, size_t from, size_t to)
{
    struct run *run = &change->runs[change->count++];
    run->first = from;
    run->count = from + 1 - to;
    run->step = (size_t)-1;
}

static size_t low_of(const struct run *run)
{
    return run->step == 1 ? run->first : run->first + 1 - run->count;
}

static void time_runs(const struct round *round, struct change *change)
{
    double at = round->times[change->low];
    for (struct run *run = change->runs; run < change->runs + change->count; run++) {
        size_t low = low_of(run);
        run->begins = at;
        at += round->times[low + run->count] - round->times[low];
    }
}

/* When a track begins once the change is made. */
static double begins(const struct round *round, const struct change *change,
                     uint32_t track)
{
    const double *times = round->times;
    const struct run *run = change->runs;
    size_t place = round->where[track];
    if (place < change->low || place > change->high)
        return times[place];
    while (place - low_of(run) >= run->count)
        run++;
    return run->begins + (run->step == 1 ? times[place] - times[run->first]
                                         : times[run->first + 1] - times[place + 1]);
}

/* The least that the track at a place will be fined, or another because of it. */
static int64_t least_fine(struct round *round, const struct change *change, size_t place)
{
    uint32_t track = round->order[place];
    const struct circle *circle = round_circle(round, place);
    const uint32_t *members = round->members + circle->first;
    double at = begins(round, change, track), apart = INFINITY;
    if (round->seats[track].crowd == 0)
        return 0;
    round->looks += circle->count / 4;
    for (uint32_t m = 0; m < circle->count; m++)
        if (members[m] != track)
            apart = fmin(apart, fabs(begins(round, change, members[m]) - at));
    return fine(apart, round->seats[track].gap);
}

static int64_t least_fines(struct round *round, const struct change *change)
{
    int64_t most = 0;
    for (size_t r = 0; r < change->count; r++) {
        if (change->runs[r].count > SHORT)
            continue;
        int64_t this = least_fine(round, change, change->runs[r].first);
        most = this > most ? this : most;
    }
    return most;
}

/* Fines of a window once the change is made, and of what stands soon behind it: all of
 * them if they are not more than `most`. */
static int64_t fines_after(struct round *round, const struct change *change, int64_t most)
{
    size_t i = reach_back(round, change->low), end = reach_on(round, change->high);
    int64_t sum = 0;
    round->turn++;
    for (; i < change->low; i++)
        fine_at(round, round->order[i], round->times[i]);
    for (size_t r = 0; r < change->count; r++) {
        const struct run *run = &change->runs[r];
        double time = run->begins;
        for (size_t n = 0; n < run->count && sum <= most; n++, i++) {
            uint32_t track = round->order[run->first + n * run->step];
            sum += fine_at(round, track, time);
            time += round->seats[track].airtime;
            round->looks += i % 4 == 0;
        }
    }
    for (; i < end && sum <= most; i++)
        sum += fine_at(round, round->order[i], round->times[i]);
    return sum;
}

int64_t round_lengthening(struct round *round, const struct change *change)
{
    const uint32_t *order = round->order;
    uint32_t last = round_track(round, change->low);
    int64_t more = 0;
    for (size_t r = 0; r < change->count; r++) {
        const struct run *run = &change->runs[r];
        size_t low = low_of(run);
        more += round_cost(round, last, order[run->first]) -
                round_cost(round, round_track(round, low), order[low]);
        for (size_t i = low; run->step != 1 && i < run->first; i++)
            more += round_cost(round, order[i + 1], order[i]) -
                    round_cost(round, order[i], order[i + 1]);
        round->looks += 2 + (run->step == 1 ? 0 : run->count / 2);
        last = order[run->first + (run->count - 1) * run->step];
    }
    uint32_t after = round_track(round, change->high + 2), begin = order[0],
             end = order[round->count - 1];
    more +=
        round_cost(round, last, after) - round_cost(round, order[change->high], after);
    if (change->low > 0 && change->high + 1 < round->count)
        return more;
    return more - round_cost(round, end, begin) +
           round_cost(round, change->high + 1 == round->count ? last : end,
                      change->low == 0 ? order[change->runs[0].first] : begin);
}

/* Put tracks to the places low .. high. */
static void put(struct round *round, const uint32_t *tracks, size_t low, size_t high)
{
    memmove(round->order + low, tracks, (high - low + 1) * sizeof *tracks);
    for (size_t i = low; i <= high; i++) {
        round->where[round->order[i]] = (uint32_t)i;
        round->times[i + 1] = round->times[i] + round->seats[round->order[i]].airtime;
    }
    round->looks += (high - low + 1) / 4;
}

bool round_make(struct round *round, struct change *change, int64_t longer, int64_t most)
{
    uint32_t *window = round->order + round->count, *to = window;
    int64_t fined = most - longer;
    if (fined + round->fines < 0)
        return false;
    time_runs(round, change);
    if (fined + round->fines < least_fines(round, change))
        return false;
    for (size_t i = change->low, end = reach_on(round, change->high); i < end; i++)
        fined += round->fined[i];
    if (fined < 0 || fines_after(round, change, fined) > fined)
        return false;
    for (size_t r = 0; r < change->count; r++)
        for (size_t n = 0; n < change->runs[r].count; n++)
            *to++ = round->order[change->runs[r].first + n * change->runs[r].step];
    put(round, window, change->low, change->high);
    note_fines(round, change->low, change->high);
    round->length += longer;
    return true;
}

/* ---- beginning and end ----------------------------------------------------------------
 */

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

static void take_seats(struct round *round, const struct rules *rules,
                       const struct past *past, struct pool_track **tracks)
{
    for (size_t i = 0; i < round->count; i++) {
        const struct traits *traits = &tracks[i]->traits;
        struct seat *seat = &round->seats[i];
        *seat =
            (struct seat){tracks[i]->airtime_s, rules_artist_gap(rules, traits->artist),
                          -INFINITY, -INFINITY, crowd_of(rules, traits->artist)};
        round->longest_gap = fmax(round->longest_gap, seat->gap);
        for (size_t p = past->count; p > 0; p--) {
            const struct start *start = &past->starts[p - 1];
            if (past->now_s - start->at_s > fmax(round->track_gap, seat->gap))
                break;
            if (start->track == tracks[i])
                seat->began = fmax(seat->began, start->at_s);
            if (traits->artist && start->artist == traits->artist)
                seat->artist_began = fmax(seat->artist_began, start->at_s);
        }
    }
}

static void make_circles(struct round *round, size_t crowds)
{
    uint32_t first = 0;
    for (size_t i = 0; i < round->count; i++)
        round->circles[round->seats[i].crowd].count++;
    for (size_t k = 0; k < crowds; k++) {
        round->circles[k].first = first;
        first += round->circles[k].count;
        round->circles[k].count = 0;
    }
    for (uint32_t i = 0; i < round->count; i++) {
        struct circle *circle = &round->circles[round->seats[i].crowd];
        round->members[circle->first + circle->count++] = i;
    }
}

/* What the whole order costs. */
static void look_around(struct round *round)
{
    size_t count = round->count;
    round->length = round->fines = 0;
    memset(round->fined, 0, count * sizeof *round->fined);
    put(round, round->order, 0, count - 1);
    note_fines(round, 0, count - 1);
    for (size_t place = 0; place < count; place++)
        round->length +=
            round_cost(round, round_track(round, place), round_track(round, place + 1));
    round->length += round_cost(round, round->order[count - 1], round->order[0]);
}

int round_init(struct round *round, const struct distance *distance,
               const struct traits *from, struct pool_track **tracks, size_t count,
               const struct rules *rules, const struct past *past)
{
    size_t crowds = rules->crowd_count + 2;
    *round = (struct round){.count = count, .track_gap = rules->track_s};
    round->matrix = path_matrix(distance, from, tracks, count);
    round->seats = calloc(count, sizeof *round->seats);
    round->circles = calloc(crowds, sizeof *round->circles);
    round->times = calloc(count + 1, sizeof *round->times);
    round->fined = calloc(count, sizeof *round->fined);
    round->order = calloc(4 * count, sizeof *round->order); /* and a window of it */
    if (!round->matrix || !round->seats || !round->circles || !round->times ||
        !round->fined || !round->order)
        return -ENOMEM;
    round->where = round->order + 2 * count;
    round->members = round->where + count;
    take_seats(round, rules, past, tracks);
    make_circles(round, crowds);
    for (uint32_t i = 0; i < count; i++)
        round->order[i] = i;
    round->times[0] = past->now_s;
    look_around(round);
    return 0;
}

void round_set(struct round *round, const uint32_t *order)
{
    memcpy(round->order, order, round->count * sizeof *order);
    look_around(round);
}

void round_release(struct round *round)
{
    free(round->matrix);
    free(round->seats);
    free(round->circles);
    free(round->times);
    free(round->fined);
    free(round->order);
}
