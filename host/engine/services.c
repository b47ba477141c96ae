/* services.c - each service copies or lends; a plugin can keep nothing of the host's. */
#include "services.h"

#include "bytes.h"
#include "log.h"

#include <sched.h>
#include <stdlib.h>
#include <time.h>

static int64_t clock_ms(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t monotonic_ms(void)
{
    return clock_ms(CLOCK_MONOTONIC);
}

int processor_count(void)
{
    cpu_set_t allowed;
    int rc = sched_getaffinity(0, sizeof allowed, &allowed);
    return rc == 0 ? CPU_COUNT(&allowed) : 1;
}

static struct services *awake(void *ctx)
{
    struct services *services = ctx;
    if (services->life_ms)
        atomic_store(services->life_ms, monotonic_ms());
    return services;
}

static void do_log(void *ctx, enum fv_level level, const char *line)
{
    static const enum log_level levels[] = {LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR};
    log_line(levels[level <= FV_ERROR ? level : FV_ERROR], awake(ctx)->part, "%s", line);
}

static double do_number(void *ctx, const char *name, double otherwise)
{
    return settings_number(awake(ctx)->settings, name, otherwise);
}

static size_t do_text(void *ctx, const char *name, char *out, size_t cap)
{
    return settings_text(awake(ctx)->settings, name, out, cap);
}

static bool do_cancelled(void *ctx)
{
    const struct services *services = awake(ctx);
    return services->is_cancelled && atomic_load(services->is_cancelled);
}

static void do_progress(void *ctx, double share)
{
    struct services *services = awake(ctx);
    if (services->on_progress)
        services->on_progress(services->progress_ctx, share);
}

static int64_t do_now_ms(void *ctx)
{
    awake(ctx);
    return clock_ms(CLOCK_REALTIME);
}

static const struct fv_track *do_find(void *ctx, const char *uri)
{
    struct services *services = awake(ctx);
    struct track *track = NULL;
    struct fv_error fault;
    if (!services->library || library_find(services->library, uri, uri,
                                           services->analysis_version, &track, &fault))
        return NULL;
    if (!track || !track->finding) {
        track_drop(track);
        return NULL;
    }
    if (services->found_count == services->found_room) {
        services->found_room = services->found_room ? services->found_room * 2 : 16;
        services->found =
            must_realloc(services->found, services->found_room * sizeof(struct track *));
    }
    services->found[services->found_count++] = track;
    return &track->abi;
}

void services_wire(struct services *services)
{
    services->host = (struct fv_host){
        .struct_size = sizeof services->host,
        .ctx = services,
        .log = do_log,
        .number = do_number,
        .text = do_text,
        .cancelled = do_cancelled,
        .progress = do_progress,
        .now_ms = do_now_ms,
        .find = do_find,
        .cache_dir = services->cache_dir,
    };
}

void services_settle(struct services *services)
{
    while (services->found_count > 0)
        track_drop(services->found[--services->found_count]);
}

void services_release(struct services *services)
{
    services_settle(services);
    free(services->found);
    services->found = NULL;
}
