/* file_hash.c - read once, a quarter of a megabyte at a time. */
#include "file_hash.h"

#include "bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <xxhash.h>

int file_hash(const char *path, char hash[FILE_HASH], bool (*cancelled)(void *ctx),
              void *ctx)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return -errno;
    XXH3_state_t *state = XXH3_createState();
    char *block = must_alloc(1 << 18);
    ssize_t count = 1;
    XXH3_128bits_reset(state);
    while (count > 0 && !(cancelled && cancelled(ctx))) {
        count = read(file, block, 1 << 18);
        if (count > 0)
            XXH3_128bits_update(state, block, (size_t)count);
    }
    int rc = count < 0 ? -errno : count > 0 ? -ECANCELED : 0;
    XXH128_hash_t digest = XXH3_128bits_digest(state);
    snprintf(hash, FILE_HASH, "%016llx%016llx", (unsigned long long)digest.high64,
             (unsigned long long)digest.low64);
    XXH3_freeState(state);
    free(block);
    close(file);
    return rc;
}
