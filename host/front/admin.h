/* admin.h - the operators' socket: a line in, one JSON object on one line out.
 *
 * Commands about listeners are answered here; those about plugins and the crate go to the
 * engine and are answered when it answers. docs/protocol-admin.md lists them.
 */
#ifndef ADMIN_H
#define ADMIN_H

#include "air.h"
#include "engine_link.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct admin_client;

/* What commands are about; all of it is borrowed. */
struct admin_rooms {
    struct air *air;
    struct engine_link *link;
    int (*reload)(void *ctx, struct config_error *error);  /* the configuration */
    void (*stop)(void *ctx);                               /* when this answer is out */
    int (*upgrade)(void *ctx, struct config_error *error); /* likewise, once tried */
    void *ctx;
};

struct admin {
    uv_pipe_t pipe;
    struct admin_rooms rooms;
    struct admin_client *clients;
    uint64_t next_id;
    bool is_open;
};

/* Listen on a socket file (mode 0600); a stale one is replaced.
 * returns  0; -EADDRINUSE: another forever answers there; or -errno */
int admin_open(struct admin *admin, uv_loop_t *loop, const char *path,
               const struct admin_rooms *rooms);
void admin_close(struct admin *admin);

/* The engine's answer to a command; `given` may be NULL. */
void admin_answer(struct admin *admin, uint64_t id, json_t *given);

/* Answer everyone who waits for the engine with an error. */
void admin_answer_all(struct admin *admin, const char *error);

#endif
