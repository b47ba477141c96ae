/* mix.h - the mix thread: extends the plan, renders it, encodes it, sends frames as far
 * as the front's credit goes. It has no clock.
 */
#ifndef MIX_H
#define MIX_H

#include "encoders.h"
#include "plan.h"
#include "scout.h"
#include "show.h"
#include "slot.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct mix {
    struct slot *mixer, *codec;
    struct scout *scout;
    struct settings *settings;
    uint32_t kbps[ENCODERS_MAX];
    size_t mount_count;
    _Atomic int64_t life_ms;
    atomic_bool is_busy;

    /* Called from the mix thread. */
    void *ctx;
    int (*on_frame)(void *ctx, uint64_t epoch, uint64_t frame, size_t mount,
                    const uint8_t *bytes, size_t length);
    void (*on_segment)(void *ctx, json_t *given);
    void (*on_track)(void *ctx, const struct track *track); /* comes in with a segment */
    void (*on_revoke)(void *ctx, int64_t sample);
    void (*on_plan)(void *ctx); /* the plan has changed: before its frames are sent */
    void (*on_ask_rewind)(void *ctx);
    void (*on_reply)(void *ctx, uint64_t id, json_t *given);
    void (*on_swap)(void *ctx, enum kind kind, const struct swap *swap, uint64_t frame);

    pthread_t thread;
    bool has_thread;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t woken;
    uint64_t limit;
    bool has_rewind;
    uint64_t rewind_epoch, rewind_frame;
    struct slot_reply skip;
    bool has_skip, is_skipping; /* until it is answered; the mix thread has seen it */
    bool is_quitting;
    json_t *plan_state; /* for checkpoints */
    json_t *planned;    /* tracks of the plan, for people */
    json_t *memory;     /* of the mixer, for people */

    /* The mix thread's own. */
    struct plan plan;
    struct show show;
    struct encoders encoders;
    uint64_t epoch, next_frame;
    int64_t announced;       /* start of the segment whose track was reported as heard */
    int64_t skipped_at;      /* from where the last skip was planned ... */
    int64_t skipped_to;      /* ... and where its transition begins */
    struct swap late[KINDS]; /* swaps answered when the rewind has come */
    bool has_late[KINDS];
};

void mix_init(struct mix *mix);
void mix_release(struct mix *mix);

/* Go on at a frame, with the plan of an engine before this one (may be NULL). */
void mix_restore(struct mix *mix, uint64_t epoch, uint64_t frame, const json_t *plan,
                 struct track *(*find)(void *ctx, const json_t *track), void *ctx);

int mix_start(struct mix *mix);
void mix_stop(struct mix *mix);

/* From the engine thread. */
void mix_credit(struct mix *mix, uint64_t limit);
void mix_rewind(struct mix *mix, uint64_t epoch, uint64_t frame);
void mix_wake(struct mix *mix);

/* Answered through on_reply. returns 0, or -EBUSY: another skip is under way */
int mix_skip(struct mix *mix, struct slot_reply reply);

/* For checkpoints and for people. New references. Any thread. */
json_t *mix_plan_json(struct mix *mix);
json_t *mix_planned_json(struct mix *mix);
json_t *mix_memory_json(struct mix *mix);

/* The first frame that there is no credit for yet. Any thread. */
uint64_t mix_limit(struct mix *mix);

/* Plan from where the plan ends: one more track. Also for offline renders.
 * to       borrowed; NULL: the show ends
 * until    last output frame of the show
 * returns  0; or -errno with error filled; `culprit` set if a track is to blame */
int plan_extend(struct plan *plan, struct show *show, struct track *to, int64_t until,
                uint32_t flags, struct fv_error *error);

#endif
