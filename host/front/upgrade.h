/* upgrade.h - another program in the place of this one: the same process, the same
 * sockets.
 */
#ifndef UPGRADE_H
#define UPGRADE_H

#include "config.h"

#define HEIR_OPTION "--try-heir"
#define HEIR_FD 3

/* Would it go on with what heir_save() has written? Asks it, in a process of its own, for
 * two seconds at most: listeners have more in their buffers.
 * returns  0; or -errno with error filled */
int upgrade_try(const char *program, int heir, struct config_error *error);

/* What the asked one does. returns the exit status */
int upgrade_child(int heir);

/* Become it. returns only when that fails: -errno */
int upgrade_exec(const char *program, char **arguments, int heir);

/* What the program before this one has left, once; -1 = this is an ordinary start. */
int upgrade_inherited(void);

#endif
