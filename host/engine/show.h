/* show.h - the plan made sound: PCM from any output frame on, a pure function of the
 * plan, the mixer and the tracks' audio. One thread.
 */
#ifndef SHOW_H
#define SHOW_H

#include "generation.h"
#include "media.h"
#include "plan.h"

#define SHOW_MEDIA 6            /* tracks held open: two heard, two left, two planned */
#define SHOW_FADE (FV_RATE / 4) /* frames in which what was cut off fades out */

struct show_media {
    struct track *track;
    struct media *media;
    uint64_t used; /* counts up with each use */
};

/* A segment that is open. */
struct show_voice {
    const struct segment *segment;
    struct fv_render *render; /* NULL: none is */
    const struct fv_pcm *pcm[2];
};

struct show {
    struct generation *mixer, *codec; /* held */
    const struct plan *plan; /* borrowed; not trimmed within SHOW_FADE behind `at` */
    int64_t at;              /* the next output frame */
    struct show_voice now;
    struct show_voice left; /* one that a skip has cut off: it fades out */
    struct show_media media[SHOW_MEDIA];
    uint64_t uses;
    _Atomic int64_t *life_ms;
    struct track *culprit; /* borrowed: the track to blame for the last error, or NULL */
};

void show_init(struct show *show, const struct plan *plan);
void show_release(struct show *show);

/* From the next frame on these make the sound. Held; what is open is closed. */
void show_use(struct show *show, struct generation *mixer, struct generation *codec);

/* Go on at an output frame. Nothing is opened yet. */
void show_seek(struct show *show, int64_t at);

/* Let go of what is being rendered: the plan has changed. */
void show_close(struct show *show);

/* Render up to `frames` frames. What lies before the plan's first segment is silence.
 * returns  frames rendered, at least 1; -ENODATA: the plan ends here; or -errno with
 * error filled: the fault is at `at`, and in `culprit` if a track is to blame */
int show_render(struct show *show, float *out, int frames, struct fv_error *error);

/* A track's audio, opened now or before; kept until the next call. NULL with error */
const struct fv_pcm *show_pcm(struct show *show, struct track *track,
                              struct fv_error *error);

#endif
