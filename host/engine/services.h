/* services.h - the table of services that a plugin is given, for one plugin or one call.
 */
#ifndef SERVICES_H
#define SERVICES_H

#include "library.h"
#include "settings.h"

#include <forever/host.h>
#include <stdatomic.h>
#include <stdbool.h>

struct services {
    struct fv_host host; /* what the plugin sees; ctx points back here */
    const char *part;    /* name in the log */
    struct settings *settings;
    struct library *library; /* NULL: find() knows nothing */
    uint32_t analysis_version;
    atomic_bool *is_cancelled; /* NULL: never */
    _Atomic int64_t
        *life_ms; /* touched at each call, a sign of life; NULL: no one looks */
    void (*on_progress)(void *ctx, double share);
    void *progress_ctx;
    char cache_dir[600];
    struct track **found; /* lent by find() until services_settle */
    size_t found_count, found_room;
};

/* Fill in `host` once the other members are set; *services must not move after it. */
void services_wire(struct services *services);

/* Take back what find() has lent. Called after each call of the plugin. */
void services_settle(struct services *services);
void services_release(struct services *services);

int64_t monotonic_ms(void);

/* Processors that this process may use, at least 1. */
int processor_count(void);

#endif
