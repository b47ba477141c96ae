/* heir.h - what a front leaves to the program that takes its place in the same process:
 * the frames, what is on air, who hears it, and the open sockets.
 *
 * It is one file in memory: a length, JSON with fields that have names and defaults (so
 * that versions need not be the same), then the frames of each mount. The engine is not
 * handed over: the next one goes on from the checkpoint, as after a death.
 */
#ifndef HEIR_H
#define HEIR_H

#include "air.h"
#include "server.h"

#include <jansson.h>

struct heir {
    json_t *given;  /* the JSON */
    json_t *config; /* that was in force; borrowed from it */
    const char *run_dir;
    int server_fd, run_fd;
    int engine_pid; /* to be waited for */
};

/* Write it all down.
 * checkpoint  the engine's last, borrowed, may be NULL
 * mine        only run_dir, run_fd and engine_pid are looked at
 * returns     a descriptor that stays open over an exec; or -errno */
int heir_save(const struct air *air, const struct server *server, json_t *checkpoint,
              const struct heir *mine);

/* Let the descriptors in it stay open over an exec, or not. */
void heir_keep_open(const struct server *server, int run_fd, bool are_kept);

/* Read it. heir_release() frees it.
 * returns  0; -EPROTO: it is none, or of a version that can't be read; or -errno */
int heir_open(struct heir *heir, int fd);
void heir_release(struct heir *heir);

/* The frames and what is on air, into an air whose stream is new.
 * fd       as given to heir_open
 * returns  0; or -EPROTO */
int heir_load(const struct heir *heir, int fd, struct air *air);

/* Let the listeners go on. returns how many */
size_t heir_adopt(const struct heir *heir, struct air *air, struct server *server,
                  uv_loop_t *loop);

#endif
