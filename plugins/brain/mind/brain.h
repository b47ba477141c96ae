/* brain.h - what the parts of the brain's instance share: brain.c (life, sources),
 * choose.c (what is next), memory.c (what outlives it), wishes.c (what people ask for).
 */
#ifndef BRAIN_H
#define BRAIN_H

#include "cull.h"
#include "route.h"
#include "source.h"

#include <forever/brain.h>
#include <jansson.h>

#define BRAIN_HISTORY 2000 /* uris of the last settled that are remembered */

struct fv_brain {
    const struct fv_host *host;
    struct said said;
    struct http http;
    struct pool pool;
    struct distance distance;
    struct rules rules;
    struct past past;
    struct route route;
    struct traits last; /* of what was settled last */
    bool has_last;
    uint64_t places;    /* tracks settled so far */
    uint64_t round;     /* of the draw: so many pools were settled */
    uint32_t learned;   /* tracks analysed since the route was solved */
    bool has_news;      /* to be solved anew as soon as all files are heard */
    bool is_refreshed;  /* the pool has been filled at least once */
    json_t *history;    /* uris of the last settled, oldest first */
    json_t *bans;       /* texts: uris and artists */
    json_t *past_state; /* as loaded, until the pool is there; NULL = taken up */
    double *arc;        /* as in struct planner */
    size_t arc_count;
};

/* fetching.c */
int brain_fetch(struct fv_brain *brain, const char *uri, char *path, size_t cap,
                struct fv_error *error);
void brain_find_fetched(struct fv_brain *brain); /* what lies in the store already */
/* What can't be played, unless it was settled lately. */
void brain_forget_fetched(struct fv_brain *brain, struct pool_track *track);
struct listing brain_listing(struct fv_brain *brain, struct crate *crate);

/* planner.c */
struct planner brain_planner(const struct fv_brain *brain);
int brain_measure(struct fv_brain *brain); /* distance and rules from the pool as it is */
int brain_cull(struct fv_brain *brain);    /* what is not played leaves the route */

/* choose.c */
int brain_next(struct fv_brain *brain, uint32_t flags, struct fv_choice *out);
int brain_upcoming(struct fv_brain *brain, int most,
                   const struct fv_candidate_sink *sink);
int brain_list_pool(struct fv_brain *brain, const struct fv_candidate_sink *sink);
void brain_report(struct fv_brain *brain, const char *uri, enum fv_outcome outcome,
                  const char *reason);

/* memory.c */
int brain_save(const struct fv_brain *brain, const struct fv_writer *to);
int brain_load(struct fv_brain *brain, const struct fv_reader *from);
int brain_recall(struct fv_brain *brain); /* what was loaded, once the pool is there */

/* wishes.c */
int brain_wish(struct fv_brain *brain, const char *verb, const char *argument,
               char *reply, size_t cap, struct fv_error *error);

/* requests.c: a track into the route, before that many others, or where it fits best.
 * whole    filled with its uri as the pool has it
 * returns  its place, 1 is next; or -errno with error filled */
#define BRAIN_BEST (-1)
int brain_request(struct fv_brain *brain, const char *uri, int before, char *whole,
                  size_t cap, struct fv_error *error);
void brain_take_injections(struct fv_brain *brain);                   /* inject.txt */
void brain_read_mix(struct fv_brain *brain, struct listing *listing); /* mix.txt */
bool brain_bans(const struct fv_brain *brain, const struct pool_track *track);
bool ban_means(const json_t *ban, const struct pool_track *track);

/* The track of the pool that has this uri, a path also as a file: URI; or NULL. */
struct pool_track *brain_find(const struct fv_brain *brain, const char *uri);

/* order.c: the tour and its distances as JSON. */
json_t *brain_order_json(struct fv_brain *brain);
json_t *brain_explain_json(const struct fv_brain *brain, const struct pool_track *a,
                           const struct pool_track *b);
json_t *brain_matrix_json(const struct fv_brain *brain);

#endif
