/* forever/brain.h - a brain: where tracks come from, what is in them, which is next.
 *
 * Everything that takes `self` is called on the scout thread, one call at a time, and may
 * block as long as it asks host->cancelled() now and then. analyse() takes no instance:
 * several may run at once.
 */
#ifndef FOREVER_BRAIN_H
#define FOREVER_BRAIN_H

#include <forever/audio.h>
#include <forever/host.h>
#include <forever/state.h>
#include <forever/track.h>

#ifdef __cplusplus
extern "C" {
#endif

struct fv_brain; /* the plugin's own */

struct fv_analysis_sink {
    uint32_t struct_size;
    void *ctx;
    /* Hand over the finding; it is copied. Called once. returns 0 or -ENOMEM */
    int (*found)(void *ctx, const struct fv_analysis *analysis);
};

/* A track that could be played. */
struct fv_candidate {
    uint32_t struct_size;
    const char *uri; /* names it for ever: an absolute path, or scheme:something */
    const char *title, *artist; /* what the source says; may be NULL */
    const char *why;            /* for people; may be NULL */
};

struct fv_candidate_sink {
    uint32_t struct_size;
    void *ctx;
    /* Copied. returns 0; -ECANCELED when no more are wanted */
    int (*candidate)(void *ctx, const struct fv_candidate *candidate);
};

#define FV_HURRY 1u /* the music is about to run out: choose from what is known now */

struct fv_choice {
    uint32_t struct_size;
    char uri[4096];
    char why[256];                /* for people: why this one */
    char title[256], artist[256]; /* what the source calls it; "": the file's tags */
    char license[128];            /* name or address; "" = none is stated */
};

enum fv_outcome {
    FV_SETTLED, /* it will be heard: it is in the queue for good */
    FV_HEARD,   /* it has begun to play */
    FV_FAILED,  /* it can't be read; do not offer it again before it changes */
    FV_ANALYSED /* host->find() knows it now */
};

struct fv_brain_methods {
    uint32_t struct_size;

    /* Counts up whenever analyse() would find something else in the same audio: older
     * findings in the library are then made anew. */
    uint32_t analysis_version;

    int (*create)(const struct fv_host *host, struct fv_brain **self);
    void (*destroy)(struct fv_brain *self);
    int (*save)(const struct fv_brain *self, const struct fv_writer *to);
    int (*load)(struct fv_brain *self, const struct fv_reader *from);

    /* Hear one track: reads the audio once, front to back.
     *
     * host     borrowed; cancelled() and progress() are about this analysis
     * pcm      borrowed; any length, 0 too
     * sink     borrowed; found() is called once unless an error is returned
     * returns  0; -ECANCELED; or -errno (pcm's own included)
     * thread   [any], several at once; the same audio gives the same bits
     */
    int (*analyse)(const struct fv_host *host, const struct fv_pcm *pcm,
                   const struct fv_analysis_sink *sink);

    /* Look at the sources again (configuration: "crate").
     *
     * error    borrowed, filled on failure
     * returns  number of tracks in the pool, 0 when it is empty; or -errno
     */
    int (*refresh)(struct fv_brain *self, struct fv_error *error);

    /* All tracks of the pool, in the order in which their analyses are wanted.
     * returns  0, or what the sink returned */
    int (*pool)(struct fv_brain *self, const struct fv_candidate_sink *sink);

    /* The track after those settled so far; report(FV_SETTLED or FV_FAILED) follows.
     *
     * out      borrowed, filled
     * returns  0; -EAGAIN: would rather wait until more of the pool is analysed (never
     *          with FV_HURRY); -ENOENT: nothing to play; or -errno
     */
    int (*next)(struct fv_brain *self, uint32_t flags, struct fv_choice *out);

    /* What next() would say from here on, at most `most`, as things stand.
     * NULL: nobody knows. */
    int (*upcoming)(struct fv_brain *self, int most,
                    const struct fv_candidate_sink *sink);

    /* A readable file for a track of the pool, fetched if need be. NULL: uris are paths.
     *
     * path     borrowed, filled
     * returns  0 or -errno with error filled
     */
    int (*fetch)(struct fv_brain *self, const char *uri, char *path, size_t cap,
                 struct fv_error *error);

    /* What became of a track. `reason` is for FV_FAILED, else NULL. */
    void (*report)(struct fv_brain *self, const char *uri, enum fv_outcome outcome,
                   const char *reason);

    /* An operator's wish: "add", "remove", "move", "ban", "unban", "order", "explain".
     * NULL: none is granted.
     *
     * argument borrowed; the rest of the line, may be empty
     * reply    borrowed, filled: a JSON object without "ok" on success
     * returns  0; -ENOSYS: no such wish; or -errno with error filled
     */
    int (*wish)(struct fv_brain *self, const char *verb, const char *argument,
                char *reply, size_t cap, struct fv_error *error);
};

#ifdef __cplusplus
}
#endif
#endif
