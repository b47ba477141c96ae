/* hear.h - from a path to an analysed track, by the shortest way: what the library knows,
 * else decode once and let the brain listen.
 */
#ifndef HEAR_H
#define HEAR_H

#include "generation.h"

#include <stdatomic.h>
#include <stdbool.h>

struct hearing {
    struct generation *brain, *codec; /* borrowed */
    struct library *library;
    struct settings *settings;
    bool is_for_show;          /* what hear_fault() refuses is not analysed: -ERANGE */
    bool is_on_trial;          /* brain or codec is new: no fault is remembered */
    atomic_bool *is_cancelled; /* may be NULL */
    _Atomic int64_t *life_ms;  /* may be NULL */
    void (*on_progress)(void *ctx, double share);
    void *progress_ctx;
};

/* One file.
 * track    given
 * returns  0; -ECANCELED; -EAGAIN: it changed meanwhile; or -errno with error filled:
 *          what is wrong, which the library remembers if it lies in the bytes and not
 *          perhaps in a new build */
int hear_file(const struct hearing *hearing, const char *uri, const char *path,
              struct track **track, struct fv_error *error);

/* Many files at once on `threads` threads (0 = one a processor). `done` is called from
 * any of them, one at a time: track is borrowed, NULL with an error. */
void hear_files(const struct hearing *hearing, const char *const *paths, size_t count,
                int threads,
                void (*done)(void *ctx, size_t index, struct track *track, int rc,
                             const struct fv_error *error),
                void *ctx);

/* Why a track of the crate is not played although it can be read; NULL = it is. */
const char *hear_fault(const struct track *track, struct settings *settings,
                       struct fv_error *reason);

#endif
