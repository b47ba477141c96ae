/* scout.h - looks ahead: asks the brain for the next track, fetches and analyses it, and
 * keeps a few ready. Its thread is the only one that calls the brain's instance.
 */
#ifndef SCOUT_H
#define SCOUT_H

#include "slot.h"

#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#define SCOUT_READY 2  /* tracks kept ready */
#define SCOUT_BACK 14  /* besides, that were planned and are not any more */
#define SCOUT_RECENT 4 /* heard tracks kept for when nothing is left */

struct scout_wish {
    uint64_t id;
    char *line;
    struct scout_wish *next;
};

struct scout {
    struct slot *brain, *codec;
    struct library *library;
    struct settings *settings;
    atomic_bool is_cancelled;   /* for good */
    atomic_bool is_called_away; /* from hearing ahead, which may take minutes */
    _Atomic int64_t life_ms;    /* last sign of life */
    atomic_bool is_busy;        /* inside the brain or a decoder */
    bool is_patient;            /* an offline render: never hurry, whatever it takes */

    /* Called from the scout thread. */
    void *ctx;
    void (*on_ready)(void *ctx);                     /* a track is ready */
    void (*on_change)(void *ctx);                    /* queue or state have changed */
    void (*on_hopeless)(void *ctx, const char *why); /* nothing was ever playable */
    void (*on_reply)(void *ctx, uint64_t id, json_t *given);
    void (*on_swap)(void *ctx, const struct swap *swap);
    void (*on_progress)(void *ctx, const char *what, size_t done, size_t of);

    pthread_t thread;
    bool has_thread;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t woken;
    struct track *ready[SCOUT_READY + SCOUT_BACK];
    size_t ready_count;
    struct track *taken; /* and not in the plan yet */
    struct track *recent[SCOUT_RECENT];
    size_t recent_next;
    struct track *heard; /* to be reported as heard */
    struct scout_wish *wishes;
    uint64_t plays; /* ids given so far */
    json_t *brain_state, *upcoming, *set_aside;
    bool is_starving, is_quitting, has_config;
    bool has_plan; /* that is not written down yet */

    /* The scout thread's own. */
    char **wanted; /* tracks of the pool that are not analysed yet */
    size_t wanted_count, wanted_at;
    size_t wanted_soon; /* the rest are large: only heard when there is time */
    int64_t started_ms, refreshed_ms;
    uint64_t refreshed_plays;  /* a patient one looks again by plays, not by time */
    struct fv_error complaint; /* of the last look at the crate */
    size_t failures;           /* in a row */
    int pool_count;            /* at the last look at the crate */
    bool has_grown;            /* then */
    bool has_lost;             /* since then, tracks that can't be played */
    bool is_refreshed, is_on_air, was_repeating;
};

void scout_init(struct scout *scout);
void scout_release(struct scout *scout);

/* Take up what a scout before this one had: its ready tracks, its set-aside list.
 * is_clean  without the one that was being planned: engines may die of it */
void scout_restore(struct scout *scout, const json_t *past, bool is_clean,
                   struct track *(*find)(void *ctx, const json_t *track), void *ctx);

int scout_start(struct scout *scout);
void scout_stop(struct scout *scout);

/* The next ready track, given; NULL when there is none. Any thread. */
struct track *scout_take(struct scout *scout);

/* While it is planned, a track that was taken is told of as ready, so that the next
 * engine has it if this one ends over it. Keep one so; it is in the plan, or not wanted.
 * Any thread. */
void scout_keep(struct scout *scout, struct track *track);
void scout_let_go(struct scout *scout, const struct track *track);

/* A track that was taken and will not be heard from there: it is the next one again. Any
 * thread. */
void scout_put_back(struct scout *scout, struct track *track);

/* The music runs out: hurry. Any thread. */
void scout_starve(struct scout *scout, bool is_starving);

/* A track has begun to play. Any thread. */
void scout_note_heard(struct scout *scout, struct track *track);

/* The plan has changed, and has to outlive all processes. Any thread. */
void scout_note_planned(struct scout *scout);

/* A track that was ready can't be played after all. Any thread. */
void scout_note_failed(struct scout *scout, const struct track *track, const char *why);

/* A wish for the brain; answered through on_reply. Any thread. */
void scout_wish(struct scout *scout, uint64_t id, const char *line);

/* Look up: something was staged, or the configuration has changed. Any thread. */
void scout_wake(struct scout *scout, bool has_config);

/* One turn of work, for callers without a thread. returns true when there is no more to
 * do now */
bool scout_turn(struct scout *scout);

/* For checkpoints, and for people: {"ready", "upcoming", "set_aside"}. New references. */
json_t *scout_json(struct scout *scout);

#endif
