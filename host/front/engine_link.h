/* engine_link.h - the front's end of the wire: starts the engine, gives it credits, keeps
 * its checkpoint, and starts it again when it dies or hangs.
 */
#ifndef ENGINE_LINK_H
#define ENGINE_LINK_H

#include "air.h"
#include "bytes.h"
#include "wire.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#define LINK_DEATHS 16 /* of which the times are remembered */

/* Where what the engine says goes; `ctx` is the settings'. */
struct engine_link_methods {
    void (*answer)(void *ctx, uint64_t id, json_t *given);     /* owns `given` */
    void (*event)(void *ctx, const char *name, json_t *event); /* borrowed */
    void (*dead)(void *ctx);  /* no command is answered any more */
    void (*fatal)(void *ctx); /* no engine can do it */
};

struct engine_link_settings {
    const char *run_dir, *state_dir, *plugins_dir;
    int (*engine_main)(int fd); /* in a thread; NULL = in a process of its own */
    const struct engine_link_methods *methods;
    void *ctx;
};

struct engine_link {
    uv_loop_t *loop; /* NULL: not started */
    struct air *air;
    struct engine_link_settings settings;
    uv_pipe_t pipe;
    uv_process_t process;
    uv_timer_t restart;
    pthread_t thread;
    bool is_connected, is_process_alive, has_thread, is_stopping;
    bool is_hopeless;  /* an engine has said that no other can do better */
    bool is_excused;   /* the engine has said why it ends: that is no death ... */
    uint64_t pause_ms; /* ... and the next one starts so much later */
    int open_handles;  /* pipe and process that are not closed yet */
    struct bytes received;
    struct bytes checkpoint;
    uint64_t credit;     /* last given */
    uint64_t alive_ms;   /* last sign of life */
    uint64_t ticked_ms;  /* last tick */
    uint64_t started_ms; /* of this engine */
    uint64_t deaths_ms[LINK_DEATHS];
};

/* Start the first engine.
 *
 * air, and what the settings point to, are borrowed
 * returns  0 or -errno */
int engine_link_start(struct engine_link *link, uv_loop_t *loop, struct air *air,
                      const struct engine_link_settings *settings);

/* Give credits; end an engine that has gone silent. Called every tick. */
void engine_link_tick(struct engine_link *link);

/* Send a command on; the answer comes with its id. returns 0 or -ENOTCONN */
int engine_link_command(struct engine_link *link, uint64_t id, const char *line);

/* Send the configuration again. */
void engine_link_configure(struct engine_link *link);

/* For a program that takes over: the checkpoint, NULL without one (new reference); to go
 * on from it, before the start; and the end of the engine at once. */
json_t *engine_link_checkpoint(const struct engine_link *link);
void engine_link_recall(struct engine_link *link, const json_t *checkpoint);
void engine_link_kill(struct engine_link *link);

/* End the engine and do not start it again. */
void engine_link_stop(struct engine_link *link);

#endif
