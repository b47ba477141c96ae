/* crate.h - the files of a crate: folders searched, playlists read. Only paths; nothing
 * is opened but playlists.
 */
#ifndef CRATE_H
#define CRATE_H

#include <forever/host.h>

#include <stddef.h>
#include <stdint.h>

struct crate {
    char **paths; /* absolute, sorted, none twice */
    size_t count, room;
};

/* Complaints that were made already: the crate is read again and again. */
struct crate_said {
    uint64_t hashes[256];
    size_t count;
};

void crate_release(struct crate *crate);

/* Add what `source` names: a folder (searched, links followed), a playlist (.m3u, .m3u8)
 * or an audio file. Parts that can't be read are logged, a line each, once.
 * returns  0; -ENOENT or another -errno with error filled; -ECANCELED; -ENOMEM */
int crate_add(struct crate *crate, const char *source, const struct fv_host *host,
              struct crate_said *said, struct fv_error *error);

/* Sort, drop doubles. */
void crate_settle(struct crate *crate);

#endif
