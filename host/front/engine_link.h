/* engine_link.h - the front's end of the wire: starts the engine, gives it credits, keeps
 * its checkpoint, and starts it again when it dies or hangs.
 */
#ifndef ENGINE_LINK_H
#define ENGINE_LINK_H

#include "bytes.h"
#include "wire.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct front;

#define LINK_DEATHS 16 /* of which the times are remembered */

struct engine_link {
    struct front *front;
    uv_pipe_t pipe;
    uv_process_t process;
    uv_timer_t restart;
    pthread_t thread;
    bool is_connected, is_process_alive, has_thread, is_ready, is_stopping;
    int open_handles; /* pipe and process that are not closed yet */
    struct bytes received;
    struct bytes checkpoint;
    uint64_t credit;     /* last given */
    uint64_t alive_ms;   /* last sign of life */
    uint64_t started_ms; /* of this engine */
    uint64_t deaths_ms[LINK_DEATHS];
    uint64_t restarts;
};

/* Start the first engine. returns 0 or -errno */
int engine_link_start(struct engine_link *link, struct front *front);

/* Give credits; end an engine that has gone silent. Called every tick. */
void engine_link_tick(struct engine_link *link);

/* Send a command on; the answer comes to admin_answer(id). returns 0 or -ENOTCONN */
int engine_link_command(struct engine_link *link, uint64_t id, const char *line);

/* Send the configuration again. */
void engine_link_configure(struct engine_link *link);

/* End the engine and do not start it again. */
void engine_link_stop(struct engine_link *link);

#endif
