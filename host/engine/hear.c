/* hear.c - analyses share nothing but the library, so they run on all processors. */
#include "hear.h"

#include "bytes.h"
#include "file_hash.h"
#include "finding.h"
#include "media.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SILENT_LUFS (-60.0)

static int take_finding(void *ctx, const struct fv_analysis *found)
{
    struct fv_analysis **finding = ctx;
    if (*finding)
        return -EINVAL;
    *finding = finding_copy(found);
    return 0;
}

static int analyse(const struct hearing *hearing, const struct fv_pcm *pcm,
                   struct fv_analysis **finding, struct fv_error *error)
{
    struct services services = {.part = "brain",
                                .settings = hearing->settings,
                                .is_cancelled = hearing->is_cancelled,
                                .life_ms = hearing->life_ms,
                                .on_progress = hearing->on_progress,
                                .progress_ctx = hearing->progress_ctx};
    services_wire(&services);
    struct fv_analysis_sink sink = {
        .struct_size = sizeof sink, .ctx = finding, .found = take_finding};
    int rc = hearing->brain->brain.analyse(&services.host, pcm, &sink);
    if (rc == 0 && !*finding)
        rc = -EPROTO;
    if (rc == -EPROTO)
        snprintf(error->text, sizeof error->text,
                 "the brain found numbers that can't be");
    else if (rc)
        snprintf(error->text, sizeof error->text, "it can't be decoded to its end: %s",
                 strerror(-rc));
    return rc;
}

static bool is_cancelled(void *ctx)
{
    const struct hearing *hearing = ctx;
    return hearing->is_cancelled && atomic_load(hearing->is_cancelled);
}

/* Asked between two blocks of a file that may be long, on a disk that may be slow. */
static bool is_over(void *ctx)
{
    const struct hearing *hearing = ctx;
    if (hearing->life_ms)
        atomic_store(hearing->life_ms, monotonic_ms());
    return is_cancelled(ctx);
}

/* returns whether a track of so many frames is not played; then `reason` says why */
static bool length_fault(int64_t frames, struct settings *settings,
                         struct fv_error *reason)
{
    double length_s = (double)frames / FV_RATE;
    double shortest = settings_number(settings, "brain.min_length_s", 30);
    double longest = settings_number(settings, "brain.max_length_s", 1200);
    if (length_s < shortest)
        snprintf(reason->text, sizeof reason->text,
                 "it is too short: %.1f s (brain.min_length_s is %g)", length_s,
                 shortest);
    else if (length_s > longest)
        snprintf(reason->text, sizeof reason->text,
                 "it is too long: %.0f s (brain.max_length_s is %g)", length_s, longest);
    return length_s < shortest || length_s > longest;
}

/* What is known of these bytes from another place, else listen. */
static int find_out(const struct hearing *hearing, const char *hash, struct media *media,
                    struct fv_analysis **finding, struct fv_error *error)
{
    *finding =
        library_finding(hearing->library, hash, hearing->brain->brain.analysis_version);
    return *finding ? 0 : analyse(hearing, media_pcm(media), finding, error);
}

static int cannot_read(int rc, struct fv_error *error)
{
    snprintf(error->text, sizeof error->text, "it can't be read: %s", strerror(-rc));
    return rc;
}

/* A file that is not known, or has changed. */
static int hear_afresh(const struct hearing *hearing, const char *uri, const char *path,
                       struct track **track, struct fv_error *error)
{
    struct stat about;
    struct media *media;
    struct fv_media facts;
    char hash[FILE_HASH];
    struct fv_analysis *finding = NULL;
    if (stat(path, &about) == 0 && S_ISREG(about.st_mode) && about.st_size == 0) {
        snprintf(error->text, sizeof error->text, "it is empty");
        return -EINVAL;
    }
    int rc = media_open(hearing->codec, path, &media, &facts, error);
    if (rc)
        return rc;
    media_watch(media, hearing->life_ms);
    bool is_wanted =
        !hearing->is_for_show || !length_fault(facts.length, hearing->settings, error);
    rc = file_hash(path, hash, is_over, (void *)hearing);
    if (rc == 0 && is_wanted)
        rc = find_out(hearing, hash, media, &finding, error);
    media_close(media);
    if (rc) {
        free(finding);
        return rc;
    }
    *track = track_new(uri, path, hash, &facts, finding);
    return 0;
}

/* What was heard of a file that somebody is still copying says nothing of what it will
 * be. */
static int check_same(const char *path, const struct stat *before, struct fv_error *error)
{
    struct stat now;
    if (stat(path, &now) != 0 ||
        (now.st_dev == before->st_dev && now.st_ino == before->st_ino &&
         now.st_size == before->st_size && now.st_mtim.tv_sec == before->st_mtim.tv_sec &&
         now.st_mtim.tv_nsec == before->st_mtim.tv_nsec))
        return 0;
    snprintf(error->text, sizeof error->text, "it changed while it was listened to");
    return -EAGAIN;
}

/* Whether a file is refused for what is in it, and not for who may read it or for what
 * the machine or the network lacks just now. */
static bool is_of_its_bytes(int rc)
{
    static const int passing[] = {-ECANCELED, -EMFILE, -ENFILE, -ENOMEM,
                                  -EACCES,    -EPERM,  -ESTALE, -ETIMEDOUT};
    for (size_t i = 0; i < sizeof passing / sizeof passing[0]; i++)
        if (rc == passing[i])
            return false;
    return true;
}

/* Hear a file of which the library knows nothing, and tell it. */
static int hear_and_store(const struct hearing *hearing, const char *uri,
                          const char *path, struct track **track, struct fv_error *error)
{
    struct stat before;
    if (stat(path, &before) != 0)
        return cannot_read(-errno, error);
    int rc = hear_afresh(hearing, uri, path, track, error);
    int changed = rc == -ECANCELED ? 0 : check_same(path, &before, error);
    if (changed) {
        track_drop(*track);
        *track = NULL;
        return changed;
    }
    if (rc == 0)
        library_store(hearing->library, *track, hearing->brain->brain.analysis_version);
    else if (!hearing->is_on_trial && is_of_its_bytes(rc))
        library_refuse(hearing->library, path, error->text);
    return rc;
}

static int refuse(const struct hearing *hearing, struct track **track,
                  struct fv_error *error)
{
    if (!hearing->is_for_show || !hear_fault(*track, hearing->settings, error))
        return 0;
    track_drop(*track);
    *track = NULL;
    return -ERANGE;
}

int hear_file(const struct hearing *hearing, const char *uri, const char *path,
              struct track **track, struct fv_error *error)
{
    uint32_t version = hearing->brain->brain.analysis_version;
    int rc = library_find(hearing->library, uri, path, version, track, error);
    if (rc < 0)
        return cannot_read(rc, error);
    if (error->text[0])
        return -EINVAL;
    if (*track && (rc = refuse(hearing, track, error)) != 0)
        return rc;
    if (*track && (*track)->finding)
        return 0;
    track_drop(*track);
    *track = NULL;
    rc = hear_and_store(hearing, uri, path, track, error);
    return rc ? rc : refuse(hearing, track, error);
}

const char *hear_fault(const struct track *track, struct settings *settings,
                       struct fv_error *reason)
{
    if (length_fault(track->length, settings, reason))
        return reason->text;
    if (!track->finding || track->finding->loudness_lufs > SILENT_LUFS)
        return NULL;
    snprintf(reason->text, sizeof reason->text, "it is silent");
    return reason->text;
}

/* ---- many -----------------------------------------------------------------------------
 */

struct crew {
    const struct hearing *hearing;
    const char *const *paths;
    size_t count;
    atomic_size_t next;
    pthread_mutex_t lock;
    void (*done)(void *ctx, size_t index, struct track *track, int rc,
                 const struct fv_error *error);
    void *ctx;
};

static void *work(void *given)
{
    struct crew *crew = given;
    size_t index;
    while ((index = atomic_fetch_add(&crew->next, 1)) < crew->count) {
        struct track *track = NULL;
        struct fv_error error = {{0}};
        int rc = is_cancelled((void *)crew->hearing)
                     ? -ECANCELED
                     : hear_file(crew->hearing, crew->paths[index], crew->paths[index],
                                 &track, &error);
        pthread_mutex_lock(&crew->lock);
        crew->done(crew->ctx, index, track, rc, &error);
        pthread_mutex_unlock(&crew->lock);
        track_drop(track);
    }
    return NULL;
}

void hear_files(const struct hearing *hearing, const char *const *paths, size_t count,
                int threads,
                void (*done)(void *ctx, size_t index, struct track *track, int rc,
                             const struct fv_error *error),
                void *ctx)
{
    struct crew crew = {
        .hearing = hearing, .paths = paths, .count = count, .done = done, .ctx = ctx};
    pthread_t helpers[256];
    int helper_count = 0;
    if (threads <= 0)
        threads = processor_count();
    if ((size_t)threads > count)
        threads = (int)count;
    pthread_mutex_init(&crew.lock, NULL);
    for (int i = 1; i < threads && i < 256; i++)
        if (pthread_create(&helpers[helper_count], NULL, work, &crew) == 0)
            helper_count++;
    work(&crew);
    while (helper_count > 0)
        pthread_join(helpers[--helper_count], NULL);
    pthread_mutex_destroy(&crew.lock);
}
