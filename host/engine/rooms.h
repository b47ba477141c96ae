/* rooms.h - what the parts of the engine process share: engine.c (life and the wire),
 * keeper.c (plugins and commands), herald.c (what is told to the front).
 */
#ifndef ROOMS_H
#define ROOMS_H

#include "mix.h"
#include "outbox.h"
#include "scout.h"
#include "slot.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* A command that the keeper has to do. */
struct chore {
    uint64_t id;
    char *line;
    struct chore *next;
};

struct engine {
    struct outbox outbox;
    struct settings settings;
    struct services services;
    struct library *library;
    struct slot slots[KINDS];
    struct scout scout;
    struct mix mix;
    char state_dir[512];
    pthread_mutex_t lock; /* one checkpoint at a time */
    struct bytes received;
    int64_t alive_ms;
    bool is_front_gone, is_retiring;
    bool is_show_lost; /* what was settled could not be written down */
    pthread_t keeper;
    bool has_keeper;
    pthread_cond_t chores_come;
    pthread_mutex_t chores_lock; /* guards what follows */
    struct chore *chores;
    bool is_keeper_done;
};

/* herald.c: messages to the front. Any thread. */
void herald_slots(struct engine *engine);
void herald_checkpoint(struct engine *engine);

/* Write what a next start of the whole program takes up: the brain's memory, and what is
 * settled and begins behind `frame`. */
void herald_save(struct engine *engine, uint64_t frame);

/* The answer to command `id`, 0 = nobody waits; `given` is freed. */
void herald_reply(struct engine *engine, uint64_t id, json_t *given);

/* A swap is over, well or not; `frame` from which it is heard, -1 = unknown. */
void herald_swap(struct engine *engine, enum kind kind, const struct swap *swap,
                 int64_t frame);

/* Set up scout and mix so that what they say goes to the front. */
void herald_listen(struct engine *engine);

/* keeper.c: the thread that waits for trials, and the commands. */
void keeper_start(struct engine *engine);
void keeper_stop(struct engine *engine);

/* Run an admin command or leave it to who has to. On the wire's thread. */
void keeper_command(struct engine *engine, uint64_t id, const char *line);

/* Builds loaded so far, of all plugins. */
unsigned keeper_loaded(struct engine *engine);

#endif
