/* file_hash.h - a file known by what is in it: a track that was moved is the same track,
 * a plugin that was copied the same build.
 */
#ifndef FILE_HASH_H
#define FILE_HASH_H

#include <stdbool.h>

#define FILE_HASH 33 /* XXH3-128 of its bytes in hex, with its 0 */

/* cancelled  asked now and then, may be NULL
 * returns    0, -ECANCELED or -errno */
int file_hash(const char *path, char hash[FILE_HASH], bool (*cancelled)(void *ctx),
              void *ctx);

#endif
