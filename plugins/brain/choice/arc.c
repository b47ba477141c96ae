/* arc.c - ranks are matched, not values: whatever the pool has, its liveliest tracks come
 * where the arc is highest. */
#include "arc.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SLOT_S 1800.0
#define UNKNOWN 0.5

struct slot {
    double wanted;
    size_t number, count, begin;
};

double arc_at(const double *arc, size_t count, double show_s)
{
    double hour = fmod(show_s / 3600, (double)count);
    size_t before = (size_t)hour % count;
    double share = hour - floor(hour);
    return arc[before] * (1 - share) + arc[(before + 1) % count] * share;
}

static double energy_of(const struct pool_track *track)
{
    double energy = (double)track->traits.energy;
    return isnan(energy) ? UNKNOWN : energy;
}

static int by_energy(const void *a, const void *b)
{
    const struct pool_track *x = *(struct pool_track *const *)a,
                            *y = *(struct pool_track *const *)b;
    double difference = energy_of(x) - energy_of(y);
    return difference < 0 ? -1 : difference > 0 ? 1 : strcmp(x->uri, y->uri);
}

static int by_wanted(const void *a, const void *b)
{
    const struct slot *x = a, *y = b;
    if (x->wanted != y->wanted)
        return x->wanted < y->wanted ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

static int by_number(const void *a, const void *b)
{
    const struct slot *x = a, *y = b;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* Slots in order of time, each with as many tracks as fill it, about. */
static struct slot *make_slots(const double *arc, size_t arc_count, double begins_s,
                               struct pool_track **tracks, size_t count, size_t *made)
{
    double whole_s = 0;
    for (size_t i = 0; i < count; i++)
        whole_s += tracks[i]->airtime_s;
    size_t slots = (size_t)ceil(whole_s / SLOT_S), begin = 0;
    slots = slots < 1 ? 1 : slots > count ? count : slots;
    struct slot *list = calloc(slots, sizeof *list);
    for (size_t s = 0; list && s < slots; s++) {
        double middle_s = begins_s + ((double)s + 0.5) * whole_s / (double)slots;
        list[s] = (struct slot){.wanted = arc_at(arc, arc_count, middle_s),
                                .number = s,
                                .count = count * (s + 1) / slots - count * s / slots};
    }
    if (list)
        qsort(list, slots, sizeof *list, by_wanted);
    for (size_t s = 0; list && s < slots; s++) {
        list[s].begin = begin;
        begin += list[s].count;
    }
    if (list)
        qsort(list, slots, sizeof *list, by_number);
    *made = slots;
    return list;
}

int arc_order(const double *arc, size_t arc_count, const struct distance *distance,
              const struct traits *from, double begins_s, struct pool_track **tracks,
              size_t count, const struct path_options *options)
{
    size_t slots = 0, done = 0;
    struct pool_track **sorted = calloc(count + 1, sizeof *sorted);
    struct slot *list =
        count ? make_slots(arc, arc_count, begins_s, tracks, count, &slots) : NULL;
    int rc = sorted && (list || count == 0) ? 0 : -ENOMEM;
    struct path_options each = *options;
    each.is_warm = false;
    each.budget_ms = slots ? options->budget_ms / (double)slots : 0;
    if (rc == 0) {
        memcpy(sorted, tracks, count * sizeof *sorted);
        qsort(sorted, count, sizeof *sorted, by_energy);
    }
    for (size_t s = 0; rc == 0 && s < slots; s++) {
        memcpy(tracks + done, sorted + list[s].begin, list[s].count * sizeof *tracks);
        rc = path_solve(distance, from, tracks + done, list[s].count, &each);
        done += list[s].count;
        from = done ? &tracks[done - 1]->traits : from;
    }
    free(list);
    free(sorted);
    return rc;
}
