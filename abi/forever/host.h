/* forever/host.h - what the host does for a plugin.
 *
 * The table is kept until the instance it was given to is destroyed. All functions may
 * be called from any thread that the host itself has called the plugin on.
 */
#ifndef FOREVER_HOST_H
#define FOREVER_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <forever/track.h>

#ifdef __cplusplus
extern "C" {
#endif

enum fv_level { FV_DEBUG, FV_INFO, FV_WARNING, FV_ERROR };

/* Why a call failed, for people: lower case, no full stop, error first, then the mend.
 * The caller gives room; the callee fills it whenever it returns a negative number. */
struct fv_error {
    char text[256];
};

struct fv_host {
    uint32_t struct_size;
    void *ctx;

    /* One line, UTF-8, without a line end. Plugins never print. */
    void (*log)(void *ctx, enum fv_level level, const char *line);

    /* A number of the configuration by its dotted name ("mixer.target_lufs").
     * returns  the value, or `otherwise` when it is not set */
    double (*number)(void *ctx, const char *name, double otherwise);

    /* A text of the configuration; lists and objects come as JSON text.
     * out      borrowed; cut at `cap`, always ends in 0, empty when not set
     * returns  bytes that the whole value takes without its 0, so `< cap` means whole */
    size_t (*text)(void *ctx, const char *name, char *out, size_t cap);

    /* True when the work is no longer wanted: return -ECANCELED soon (within 100 ms). */
    bool (*cancelled)(void *ctx);

    /* How far long work has come, 0..1; a sign of life as well. */
    void (*progress)(void *ctx, double share);

    /* Milliseconds since 1970. For memory (who was heard when), never for sound. */
    int64_t (*now_ms)(void *ctx);

    /* What the library knows of a track by its uri. For a brain's instance: a mixer, a
     * codec and analyse() are told that it is unknown.
     * returns  kept until the plugin call in which it was asked returns; NULL = unknown
     */
    const struct fv_track *(*find)(void *ctx, const char *uri);

    /* A folder for files that may be deleted at any time; the plugins share it. */
    const char *cache_dir;
};

#ifdef __cplusplus
}
#endif
#endif
