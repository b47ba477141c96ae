/* admin.h - the operators' socket: a line in, one JSON object on one line out.
 *
 * Commands about listeners are answered here; those about plugins and the crate go to the
 * engine and are answered when it answers. docs/protocol-admin.md lists them.
 */
#ifndef ADMIN_H
#define ADMIN_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct front;
struct admin_client;

struct admin {
    uv_pipe_t pipe;
    struct front *front;
    struct admin_client *clients;
    uint64_t next_id;
    bool is_open;
};

/* Listen on a socket file (mode 0600); a stale one is replaced.
 * returns  0; -EADDRINUSE: another forever answers there; or -errno */
int admin_open(struct admin *admin, struct front *front, const char *path);
void admin_close(struct admin *admin);

/* The engine's answer to a command; `given` may be NULL. */
void admin_answer(struct admin *admin, uint64_t id, json_t *given);

/* Answer everyone who waits for the engine with an error. */
void admin_answer_all(struct admin *admin, const char *error);

#endif
