/* library.h - what is dear, in SQLite (WAL): files, tracks, findings, play history.
 *
 * A file is known by its path and its stat tuple, a track by the hash of its bytes, a
 * finding by hash and analysis version. Any thread may call; each call is one short
 * transaction. A library that can't be read is refused, never silently emptied.
 */
#ifndef LIBRARY_H
#define LIBRARY_H

#include "track.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct library;

/* path     of the database; NULL = in memory
 * returns  0 or -errno with error filled */
int library_open(struct library **library, const char *path, struct fv_error *error);
void library_close(struct library *library);

/* The track that lies at `path`, if the file has not changed since it was stored.
 * version  of the analysis that is wanted
 * track    given, with its finding when there is one of that version; NULL when the file
 *          is not known
 * fault    filled with the reason when the file is known to be bad, else ""
 * returns  0 or -errno (the file can't be looked at) */
int library_find(struct library *library, const char *uri, const char *path,
                 uint32_t version, struct track **track, struct fv_error *fault);

/* Likewise, but for want of that version with the finding of another: a track that is
 * planned plays on when a new brain listens in another way. */
int library_recall(struct library *library, const char *uri, const char *path,
                   uint32_t version, struct track **track, struct fv_error *fault);

/* Is the file known, good or bad, as it is now? `fault` as above.
 * returns  1 yes, with a finding when it is good; 0 no */
int library_knows(struct library *library, const char *path, uint32_t version,
                  struct fv_error *fault);

/* The path at which a track was last seen. returns 0 or -ENOENT */
int library_path_of(struct library *library, const char *hash, char *path, size_t cap);

/* What was found in a track, wherever it lay. given, NULL = nothing; free() it */
struct fv_analysis *library_finding(struct library *library, const char *hash,
                                    uint32_t version);

int library_store(struct library *library, const struct track *track, uint32_t version);

/* Remember why a file is of no use, until it changes. */
int library_refuse(struct library *library, const char *path, const char *reason);

int library_note_heard(struct library *library, const struct track *track, int64_t at_ms);

#endif
