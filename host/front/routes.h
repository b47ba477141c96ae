/* routes.h - what each HTTP path answers.
 *
 * A listener's connection stays: it is put on the air's wheel, and taken off when it
 * goes.
 */
#ifndef ROUTES_H
#define ROUTES_H

#include "air.h"
#include "server.h"

/* Of a server whose ctx is a struct air. */
extern const struct server_methods routes_methods;

/* For wheel_turn(): the listener is lost, and so is its connection. */
void routes_drop(struct listener *listener, int error);

#endif
