/* bench_tour.c - how much longer than the best known are the tours that are found in the
 * time, and what does the original's way find in the same time?
 *
 *     bench-tour            the figures; exit 1 when one of them is missed
 *     bench-tour --bound    besides, how much shorter a symmetric tour could be at most
 */
#include "best_known.h"
#include "bound.h"
#include "climb.h"
#include "instance.h"
#include "tour.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SEEDS 5
#define BOUND_STEPS 1500

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static bool is_late(void *ctx)
{
    return now_s() > *(const double *)ctx;
}

static double excess(int64_t length, int64_t best)
{
    return 100.0 * (double)(length - best) / (double)best;
}

struct row {
    double least, mean, most;
    int64_t shortest;
};

static struct row solve(const struct instance *instance, const struct best_known *known,
                        double seconds)
{
    struct row row = {.least = 1e9, .shortest = INT64_MAX};
    uint32_t *tour = calloc(known->count, sizeof *tour);
    for (uint64_t seed = 1; tour && seed <= SEEDS; seed++) {
        double until = now_s() + seconds;
        struct tour_options options = {.seed = seed, .must_stop = is_late, .ctx = &until};
        int64_t length = 0;
        tour_solve(&instance->terrain, &options, tour, &length);
        double over = excess(terrain_length(&instance->terrain, tour), known->length);
        row.least = over < row.least ? over : row.least;
        row.most = over > row.most ? over : row.most;
        row.mean += over / SEEDS;
        row.shortest = length < row.shortest ? length : row.shortest;
    }
    free(tour);
    return row;
}

/* returns whether the figure was missed */
static bool bench(const struct best_known *known, bool with_bound)
{
    struct instance instance;
    double seconds = known->count > 400 ? 2 : 0.5;
    double allowed = known->is_directed ? 1 : known->count > 400 ? 0.5 : 0.2;
    if (instance_make(&instance, known->count, known->number, known->is_directed))
        return true;
    struct row row = solve(&instance, known, seconds);
    double until = now_s() + seconds;
    int64_t climbed = climb(&instance.terrain, 1, UINT64_MAX, is_late, &until);
    bool is_missed = row.most > allowed || row.shortest > climbed;
    printf("%5u  %-9s  #%u  %4.1f s  %+7.3f  %+7.3f  %+7.3f  %6.1f  %+8.2f  %s\n",
           known->count, known->is_directed ? "directed" : "symmetric", known->number,
           seconds, row.least, row.mean, row.most, allowed,
           excess(climbed, known->length), is_missed ? "missed" : "ok");
    if (row.shortest < known->length)
        printf("       shorter than the best known: %lld\n", (long long)row.shortest);
    if (with_bound && !known->is_directed) {
        int64_t bound = bound_below(&instance.terrain, known->length, BOUND_STEPS);
        printf("       no tour is more than %.3f %% shorter than the best known\n",
               -excess(bound, known->length));
    }
    fflush(stdout);
    instance_release(&instance);
    return is_missed;
}

int main(int argc, char **argv)
{
    bool with_bound = argc > 1 && strcmp(argv[1], "--bound") == 0, is_missed = false;
    puts("excess over the best known, in percent; processor time\n"
         "    n  distances  no  time     best     mean    worst  at most  original's");
    for (size_t i = 0; i < BEST_KNOWN_COUNT; i++)
        is_missed |= bench(&best_known[i], with_bound);
    return is_missed;
}
