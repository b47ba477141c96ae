/* upgrade.h - another program in the place of this one: the same process, the same
 * sockets.
 */
#ifndef UPGRADE_H
#define UPGRADE_H

#include "config.h"

#include <stdbool.h>

/* Would it go on with what heir_save() has written? Starts it with the same arguments, in
 * a process of its own, for two seconds at most: listeners have more in their buffers.
 * returns  0; or -errno with error filled */
int upgrade_try(const char *program, char **arguments, int heir,
                struct config_error *error);

/* Become it. returns only when that fails: -errno */
int upgrade_exec(const char *program, char **arguments, int heir);

/* What the program before this one has left, once; -1 = this is an ordinary start.
 * is_trial  filled: it only asks; upgrade_answer() does, by its status */
int upgrade_inherited(bool *is_trial);
int upgrade_answer(int heir);

#endif
