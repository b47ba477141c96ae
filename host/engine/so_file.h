/* so_file.h - the file of a plugin: whether it has changed, and a copy of one's own.
 */
#ifndef SO_FILE_H
#define SO_FILE_H

#include <stddef.h>

/* A text that changes with the file, "absent" when there is none. */
void so_stat(const char *path, char *out, size_t cap);

/* Only what is a file, and to where nothing is yet. returns 0 or -errno */
int so_copy(const char *from, const char *to);

#endif
