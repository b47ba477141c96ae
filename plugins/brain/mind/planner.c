/* planner.c - what a route is planned with: the pool culled and measured. */
#include "brain.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double number(const struct fv_brain *brain, const char *name, double otherwise)
{
    return brain->host->number(brain->host->ctx, name, otherwise);
}

struct planner brain_planner(const struct fv_brain *brain)
{
    return (struct planner){.host = brain->host,
                            .pool = &brain->pool,
                            .distance = &brain->distance,
                            .rules = &brain->rules,
                            .past = &brain->past,
                            .from = brain->has_last ? &brain->last : NULL,
                            .seed = (uint64_t)number(brain, "seed", 1),
                            .budget_ms = number(brain, "brain.budget_ms", 500),
                            .arc = brain->arc,
                            .arc_count = brain->arc_count};
}

int brain_measure(struct fv_brain *brain)
{
    const struct pool *pool = &brain->pool;
    const struct traits **traits = calloc(pool->count + 1, sizeof *traits);
    if (!traits)
        return -ENOMEM;
    for (size_t i = 0; i < pool->count; i++)
        traits[i] = &pool->tracks[i]->traits;
    genres_compare(&brain->pool.genres);
    const struct distance before = brain->distance;
    distance_init(&brain->distance, brain->host, &pool->genres);
    if (brain->is_refreshed && /* others were configured */
        memcmp(before.weights, brain->distance.weights, sizeof before.weights) != 0)
        brain->has_news = true;
    distance_expect(&brain->distance, traits, pool->count,
                    (uint64_t)number(brain, "seed", 1));
    free(traits);
    return rules_set(&brain->rules, pool, number(brain, "brain.track_gap_s", 10800),
                     number(brain, "brain.artist_gap_s", 3600));
}

static void on_culled(void *ctx, struct pool_track *track)
{
    struct fv_brain *brain = ctx;
    char line[500];
    size_t kept = 0;
    for (size_t i = 0; i < brain->route.count; i++)
        if (brain->route.stops[i].track != track || brain->route.stops[i].is_request)
            brain->route.stops[kept++] = brain->route.stops[i];
    brain->route.count = kept;
    snprintf(line, sizeof line, "leaving out %.200s: %.250s", track->uri, track->verdict);
    struct listing listing = brain_listing(brain, NULL);
    listing_say(&listing, line);
}

int brain_cull(struct fv_brain *brain)
{
    return cull_pool(&brain->pool, brain->host, brain->bans, on_culled, brain);
}
