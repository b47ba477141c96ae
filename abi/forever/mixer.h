/* forever/mixer.h - a mixer: two tracks to a plan, a plan to sound.
 *
 * The plan is data and is decided once. Rendering is a pure function of a segment, the
 * mixer's code and the tracks' audio: no clock, no randomness, nothing remembered from
 * one segment to the next. The host may render any segment again, from any offset, on
 * another day, in another process, and must get the same bits.
 */
#ifndef FOREVER_MIXER_H
#define FOREVER_MIXER_H

#include <forever/audio.h>
#include <forever/host.h>
#include <forever/state.h>
#include <forever/track.h>

#ifdef __cplusplus
extern "C" {
#endif

struct fv_mixer;  /* the plugin's own */
struct fv_render; /* the plugin's own */

enum fv_kind { FV_PLAY, FV_BEATMATCH, FV_CROSSFADE, FV_CUT, FV_FADEIN, FV_FADEOUT };

/* At `mix` frames after the segment's start the track is heard at frame `track`; between
 * two points the relation is linear, outside them it goes on with the nearest slope. */
struct fv_warp {
    double mix, track;
};

struct fv_part {
    uint32_t struct_size;
    const char *id; /* fv_track.id */
    double gain_db;
    const struct fv_warp *warp; /* at least two points, mix ascending from 0 to length */
    uint32_t warp_count;
};

struct fv_segment {
    uint32_t struct_size;
    enum fv_kind kind;
    int64_t length;              /* PCM frames, > 0 */
    const struct fv_part *parts; /* [0] goes out, [1] comes in */
    uint32_t part_count;         /* 1 or 2 */
    const char *params;          /* the mixer's own, a JSON object */
    const char *why;             /* for people: what won and what it beat; may be empty */
};

/* Where in a track the plan has arrived. */
struct fv_cursor {
    double track; /* track frame that is heard at the end of what is planned */
    double rate;  /* track frames per output frame there; 1 = as recorded */
};

#define FV_SOON 1u /* leave `from` as soon as that can be done well: a skip */

struct fv_plan {
    uint32_t struct_size;
    int64_t at;                  /* output frame at which the first new segment begins */
    int64_t until;               /* last output frame of the show; INT64_MAX = for ever */
    const struct fv_track *from; /* what is playing; NULL at the very start */
    const struct fv_pcm *from_pcm;
    struct fv_cursor cursor;   /* where `from` is */
    const struct fv_track *to; /* what comes; NULL when nothing does: fade out and end */
    const struct fv_pcm *to_pcm;
    uint32_t flags;
};

struct fv_plan_sink {
    uint32_t struct_size;
    void *ctx;
    /* Append a segment. It is copied. returns 0; -EINVAL with a log line when it breaks a
     * rule of fv_segment; -ENOMEM */
    int (*segment)(void *ctx, const struct fv_segment *segment);
};

struct fv_mixer_methods {
    uint32_t struct_size;

    int (*create)(const struct fv_host *host, struct fv_mixer **self);
    void (*destroy)(struct fv_mixer *self);
    int (*save)(const struct fv_mixer *self, const struct fv_writer *to);
    int (*load)(struct fv_mixer *self, const struct fv_reader *from);

    /* Say how `from` plays on and hands over to `to`: the segments from `ask->at` to the
     * end of the transition, in order, without a gap.
     *
     * ask      borrowed; tracks have an analysis, ids and lengths
     * sink     borrowed; at least one segment unless `to` is NULL and nothing is left
     * cursor   filled: where `to` stands when the last segment ends
     * returns  0 or -errno
     * thread   [mix]
     * state    segments that would pass ask->until end there in a fade to silence
     */
    int (*plan)(struct fv_mixer *self, const struct fv_plan *ask,
                const struct fv_plan_sink *sink, struct fv_cursor *cursor);

    /* Get ready to render a segment from `offset` on.
     *
     * segment  kept until close
     * pcm      kept until close; one for each part, in order
     * offset   0 <= offset < segment->length
     * render   given; close frees it
     * returns  0 or -errno
     * thread   [mix]
     * state    others may be open: what a skip cuts off is rendered on for a moment, and
     *          fades into what follows
     */
    int (*open)(struct fv_mixer *self, const struct fv_segment *segment,
                const struct fv_pcm *const *pcm, int64_t offset,
                struct fv_render **render);

    /* The next `frames` frames of the segment.
     *
     * out      borrowed; frames * FV_CHANNELS floats, true peak at most -1 dBTP
     * returns  frames written; fewer only at the segment's end; or -errno
     * thread   [mix]; must not block but for fv_pcm.read
     * state    after open; how the frames are divided into calls changes nothing
     */
    int (*render)(struct fv_render *render, float *out, int frames);

    void (*close)(struct fv_render *render);
};

#ifdef __cplusplus
}
#endif
#endif
