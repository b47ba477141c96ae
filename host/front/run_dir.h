/* run_dir.h - the folder of one run, for private copies of plugins: made, locked for as
 * long as the front lives, removed at its end or by the next one.
 */
#ifndef RUN_DIR_H
#define RUN_DIR_H

#include <stddef.h>

/* fd       filled: holds the lock; -1: there is none
 * returns  0 or -errno */
int run_dir_make(const char *state_dir, char *path, size_t cap, int *fd);

void run_dir_remove(const char *path, int fd);

/* Remove what fronts that were killed have left: theirs is locked by none. */
void run_dir_sweep(const char *state_dir);

#endif
