/* slot.h - holds one kind of plugin: the current build, the previous one (that has
 * passed its probation), one on trial.
 *
 * A change of the file goes: notice (the stat tuple differs and has been quiet), copy,
 * try in a child, open beside the old one. Then it is staged, and the thread that calls
 * the plugin commits it at its own border: save, create, load, first real step. Until
 * then the old one is untouched, so rolling back is dropping the new one.
 */
#ifndef SLOT_H
#define SLOT_H

#include "generation.h"

#include <jansson.h>
#include <pthread.h>
#include <stdbool.h>

struct slot_reply {
    uint64_t id;   /* of the command that waits for this; 0 = none */
    bool now;      /* it wants to hear the change at once */
    bool is_asked; /* by somebody: a build that was refused is tried again */
};

/* What became of a swap. */
struct swap {
    uint64_t id;
    bool is_done, now, is_asked;
    char error[256]; /* "STEP: reason" when not done */
    char old_version[96], new_version[96];
    unsigned generation;
    char abi[32];
    int64_t staged_ms, ms; /* when it was ready; how long until it was on air */
};

struct slot {
    enum kind kind;
    char source[512], run_dir[512];
    const struct services *services; /* template for instances */
    bool has_culprit; /* a build that the engine before this one died with was refused */
    void *ctx;
    void (*on_trying)(void *ctx); /* told before a build runs here for the first time */

    /* Of the one thread that stages. */
    char stat_seen[128]; /* the file as last seen ... */
    int64_t quiet_since_ms;

    pthread_mutex_t lock; /* guards what follows */
    struct generation *current, *previous, *staged;
    struct slot_reply waiting;
    int64_t staged_ms;
    unsigned next_number, loaded;
    int64_t probation_until_ms;
    bool is_unproven; /* a mixer that has planned nothing yet */
    bool has_news;    /* what is on air is new, and nobody knows yet that it has passed */
    char refused_hash[FILE_HASH], refused_why[256];
    char stat_loaded[128];  /* ... and as last tried ... */
    bool is_undecided;      /* ... which is neither on air nor refused yet */
    char trying[FILE_HASH]; /* build that may end this engine before it is on air */
};

void slot_init(struct slot *slot, enum kind kind, const char *plugins_dir,
               const char *run_dir, const struct services *services);
void slot_release(struct slot *slot);

/* Load for the first time.
 * state    of the instance, may be NULL
 * past     what slot_json said in an engine before this one, may be NULL
 * is_back  that engine has died: a build on probation is taken back, and one that was
 *          just being tried is refused */
int slot_start(struct slot *slot, json_t *state, const json_t *past, bool is_back,
               struct fv_error *error);

/* The current build, held: drop it when done. Any thread. */
struct generation *slot_borrow(struct slot *slot);

/* Whether what is on air is so new that it is taken back if the engine dies: for a time,
 * and a mixer until it has planned on air, which may be minutes later. */
bool slot_is_on_probation(struct slot *slot);

/* The mixer on air has planned. */
void slot_prove(struct slot *slot);

/* The engine ends, but not for the fault of a build: none is on probation any more. */
void slot_acquit(struct slot *slot);

/* returns true once for each build, when its probation is over. */
bool slot_notice_pass(struct slot *slot);

/* Look at the file. returns true when a new build has become quiet. Engine thread. */
bool slot_notice(struct slot *slot, int64_t now_ms);

/* Copy, try and stage the file as it is now. returns 0: swap->id is the command, if any,
 * whose staged build this one has overtaken; or -errno with swap->error */
int slot_stage(struct slot *slot, const json_t *trial, struct slot_reply reply,
               struct swap *swap);

/* Stage the previous build again. */
int slot_stage_previous(struct slot *slot, struct slot_reply reply, struct swap *swap);

/* Is there something to commit? Any thread. */
bool slot_has_staged(struct slot *slot);

/* Border, part one, on the plugin's own thread: make the staged build's instance with the
 * state of the current one. returns it, to be given to slot_settle; NULL: refused */
struct generation *slot_prepare(struct slot *slot, struct swap *swap);

/* Border, part two: `error` NULL makes it current; else it is refused. */
void slot_settle(struct slot *slot, struct generation *fresh, const char *error,
                 struct swap *swap);

/* Builds loaded since the start. Any thread. */
unsigned slot_loaded(struct slot *slot);

/* For checkpoints and for people. New reference. */
json_t *slot_json(struct slot *slot);

/* {"ok", "plugin", "old", "new", ...}: the answer to `reload`. New reference. */
json_t *swap_json(const struct swap *swap, enum kind kind);

#endif
