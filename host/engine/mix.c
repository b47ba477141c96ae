/* mix.c - between two blocks everything may change: the plan, the plugins, the position.
 * After a change the thread goes back a few blocks to prime fresh encoders, which is all
 * that a swap, a rewind and a restart have to do. */
#include "mix.h"

#include "log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define HORIZON_S 30  /* the plan is extended when less than this of it is left */
#define HURRY_S 20    /* the scout hurries when less than this is left */
#define KEEP_S 120    /* of the plan behind the last frame, for rewinds */
#define RETRY_MS 1000 /* after a fault that has no culprit */

void mix_init(struct mix *mix)
{
    pthread_mutex_init(&mix->lock, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&mix->woken, &attributes);
    pthread_condattr_destroy(&attributes);
    show_init(&mix->show, &mix->plan);
    mix->show.life_ms = &mix->life_ms;
    mix->announced = -1;
    atomic_store(&mix->life_ms, monotonic_ms());
}

void mix_release(struct mix *mix)
{
    encoders_close(&mix->encoders);
    show_release(&mix->show);
    plan_release(&mix->plan);
    json_decref(mix->plan_state);
    json_decref(mix->planned);
    pthread_cond_destroy(&mix->woken);
    pthread_mutex_destroy(&mix->lock);
}

/* ---- the plan -------------------------------------------------------------------------
 */

/* Tracks in the order in which they come in, and where each does. */
static json_t *list_tracks(const struct plan *plan)
{
    json_t *list = json_array();
    const struct track *known = NULL;
    for (size_t i = 0; i < plan->count; i++) {
        const struct segment *segment = plan->segments[i];
        const struct track *track = segment->tracks[segment->abi.part_count - 1];
        if (track == known)
            continue;
        known = track;
        json_t *json = track_json(track);
        json_object_set_new(json, "at", json_integer(segment->start));
        json_array_append_new(list, json);
    }
    return list;
}

static void publish_plan(struct mix *mix)
{
    json_t *state = plan_json(&mix->plan), *planned = list_tracks(&mix->plan);
    pthread_mutex_lock(&mix->lock);
    json_decref(mix->plan_state);
    json_decref(mix->planned);
    mix->plan_state = state;
    mix->planned = planned;
    pthread_mutex_unlock(&mix->lock);
    mix->on_plan(mix->ctx);
}

static void send_segments(struct mix *mix, int64_t from)
{
    for (size_t i = 0; i < mix->plan.count; i++)
        if (mix->plan.segments[i]->start >= from)
            mix->on_segment(mix->ctx, segment_json(mix->plan.segments[i]));
}

static int64_t position(const struct mix *mix)
{
    return mix->show.at;
}

/* Plan the next track in. returns true when the plan grew */
static bool extend_with(struct mix *mix, struct track *to, uint32_t flags)
{
    struct fv_error error;
    int64_t begins = mix->plan.end;
    int rc = plan_extend(&mix->plan, &mix->show, to, INT64_MAX, flags, &error);
    if (rc == 0) {
        plan_trim(&mix->plan, position(mix) - (int64_t)KEEP_S * FV_RATE);
        publish_plan(mix);
        send_segments(mix, begins);
        return true;
    }
    log_error("mix", "cannot plan %s: %s", to->title, error.text);
    if (mix->show.culprit)
        scout_note_failed(mix->scout, mix->show.culprit, error.text);
    if (!mix->show.culprit || mix->show.culprit == mix->plan.last)
        plan_go_on(&mix->plan, NULL, (struct fv_cursor){0}); /* begin afresh next time */
    return false;
}

static void extend_when_due(struct mix *mix)
{
    while (mix->plan.end - position(mix) < (int64_t)HORIZON_S * FV_RATE) {
        struct track *to = scout_take(mix->scout);
        bool is_due = mix->plan.end - position(mix) < (int64_t)HURRY_S * FV_RATE;
        scout_starve(mix->scout, !to && is_due);
        if (!to)
            return;
        extend_with(mix, to, 0);
        track_drop(to);
    }
    scout_starve(mix->scout, false);
}

/* The plan holds no more from output frame `at` on. */
static void cut_plan(struct mix *mix, int64_t at)
{
    show_close(&mix->show);
    plan_cut(&mix->plan, at);
    mix->on_revoke(mix->ctx, at);
    publish_plan(mix);
}

/* ---- rendering ------------------------------------------------------------------------
 */

static void note_heard(struct mix *mix, const struct segment *segment)
{
    if (!segment || segment->start <= mix->announced)
        return;
    mix->announced = segment->start;
    uint32_t last = segment->abi.part_count - 1;
    bool is_new = segment->abi.kind == FV_FADEIN || segment->abi.part_count == 2;
    if (is_new)
        scout_note_heard(mix->scout, segment->tracks[last]);
}

static void handle_fault(struct mix *mix, const struct fv_error *error)
{
    int64_t at = position(mix);
    struct track *culprit = track_hold(mix->show.culprit);
    log_error("mix", "%s", error->text);
    if (culprit)
        scout_note_failed(mix->scout, culprit, error->text);
    cut_plan(mix, at);
    plan_go_on(&mix->plan, NULL, (struct fv_cursor){0});
    track_drop(culprit);
    extend_when_due(mix);
}

/* Render one block. returns 0; -ENODATA: the plan does not reach; -EAGAIN after a fault
 * that is mended as far as it can be */
static int render_block(struct mix *mix, float *block)
{
    int done = 0;
    int64_t begins = position(mix);
    if (mix->plan.end < begins + FV_BLOCK)
        return -ENODATA;
    while (done < FV_BLOCK) {
        struct fv_error error;
        note_heard(mix, plan_at(&mix->plan, position(mix)));
        int got =
            show_render(&mix->show, block + done * FV_CHANNELS, FV_BLOCK - done, &error);
        if (got > 0) {
            done += got;
            continue;
        }
        if (got != -ENODATA)
            handle_fault(mix, &error);
        if (mix->plan.end < begins + FV_BLOCK) {
            show_seek(&mix->show, begins);
            return got == -ENODATA ? -ENODATA : -EAGAIN;
        }
    }
    return 0;
}

static int send_frame(void *ctx, size_t mount, uint64_t number, const uint8_t *frame,
                      size_t length)
{
    struct mix *mix = ctx;
    mix->next_frame = number + 1;
    return mix->on_frame(mix->ctx, mix->epoch, number, mount, frame, length);
}

/* Make fresh encoders, and go back as far as they need it to give frame `frame`. */
static int seek_frame(struct mix *mix, uint64_t frame, struct fv_error *error)
{
    struct generation *codec = mix->show.codec;
    uint64_t block = encoders_first_block(codec, frame);
    mix->next_frame = frame;
    show_seek(&mix->show, (int64_t)block * FV_BLOCK);
    return encoders_open(&mix->encoders, codec, mix->kbps, mix->mount_count, frame,
                         error);
}

/* Feed what lies before the next frame: the first real step of new code. */
static int prime(struct mix *mix, struct fv_error *error)
{
    struct frame_sink sink = {.ctx = mix, .frame = send_frame};
    float block[FV_BLOCK * FV_CHANNELS];
    while (position(mix) < (int64_t)mix->next_frame * FV_BLOCK) {
        int got = show_render(&mix->show, block, FV_BLOCK, error);
        if (got == -ENODATA)
            break;
        if (got != FV_BLOCK)
            return got < 0 ? got : -EPROTO;
        int rc = encoders_feed(&mix->encoders, block, &sink);
        if (rc) {
            snprintf(error->text, sizeof error->text, "the codec cannot encode: %s",
                     strerror(-rc));
            return rc;
        }
    }
    return 0;
}

/* ---- swaps ----------------------------------------------------------------------------
 */

static void use(struct mix *mix, struct generation *mixer, struct generation *codec)
{
    encoders_close(&mix->encoders);
    show_use(&mix->show, mixer, codec);
}

static void answer_swap(struct mix *mix, enum kind kind, const struct swap *swap)
{
    if (swap->is_done && swap->now) {
        mix->late[kind] = *swap;
        mix->has_late[kind] = true;
        mix->on_ask_rewind(mix->ctx);
        return;
    }
    mix->on_swap(mix->ctx, kind, swap, mix->next_frame);
}

/* Commit what is staged for a slot: the new code opens the running segment and makes the
 * sound before the border once more; only if it can is it let on air. */
static void swap_slot(struct mix *mix, struct slot *slot)
{
    struct swap swap;
    struct fv_error error = {{0}};
    uint64_t frame = mix->next_frame;
    if (!slot_has_staged(slot))
        return;
    struct generation *fresh = slot_prepare(slot, &swap);
    if (fresh) {
        bool is_mixer = slot->kind == KIND_MIXER;
        struct generation *mixer = generation_hold(mix->show.mixer);
        struct generation *codec = generation_hold(mix->show.codec);
        fresh->services.life_ms = &mix->life_ms;
        use(mix, is_mixer ? fresh : mixer, is_mixer ? codec : fresh);
        int rc = seek_frame(mix, frame, &error);
        if (rc == 0)
            rc = prime(mix, &error);
        if (rc)
            use(mix, mixer, codec);
        slot_settle(slot, fresh, rc ? error.text : NULL, &swap);
        generation_drop(mixer);
        generation_drop(codec);
        if (rc && seek_frame(mix, frame, &error))
            log_error("mix", "%s", error.text);
    }
    answer_swap(mix, slot->kind, &swap);
}

/* ---- commands -------------------------------------------------------------------------
 */

static json_t *skip_answer(int64_t at, const struct track *to)
{
    return json_pack("{s:b, s:I, s:s, s:s}", "ok", 1, "frame_made",
                     (json_int_t)(at / FV_BLOCK), "next", to->id, "title", to->title);
}

/* Leave what plays at output frame `at`. A transition that runs there is let finish. */
static void skip_at(struct mix *mix, int64_t at, uint64_t id)
{
    const struct segment *segment = plan_at(&mix->plan, at);
    if (segment && segment->abi.part_count == 2)
        at = segment->start + segment->heard;
    struct track *to = NULL;
    for (size_t i = 0; i < mix->plan.count && !to; i++) {
        const struct segment *later = mix->plan.segments[i];
        if (later->start >= at && later->abi.part_count == 2)
            to = track_hold(later->tracks[1]);
    }
    if (!to)
        to = scout_take(mix->scout);
    if (!to) {
        mix->on_reply(mix->ctx, id,
                      json_pack("{s:b, s:s}", "ok", 0, "error",
                                "no other track is ready yet: try again in a moment"));
        return;
    }
    cut_plan(mix, at);
    if (extend_with(mix, to, FV_SOON))
        mix->on_reply(mix->ctx, id, skip_answer(at, to));
    else
        mix->on_reply(
            mix->ctx, id,
            json_pack("{s:b, s:s}", "ok", 0, "error", "the mixer cannot plan it"));
    track_drop(to);
}

static void do_skip(struct mix *mix, struct slot_reply skip)
{
    if (skip.now) {
        mix->is_skipping = true;
        mix->on_ask_rewind(mix->ctx);
        return;
    }
    uint64_t frame = mix->next_frame;
    struct fv_error error;
    skip_at(mix, position(mix), skip.id);
    if (seek_frame(mix, frame, &error))
        log_error("mix", "%s", error.text);
}

static void do_rewind(struct mix *mix, uint64_t epoch, uint64_t frame,
                      struct slot_reply skip)
{
    struct fv_error error;
    mix->epoch = epoch;
    if (mix->is_skipping) {
        mix->is_skipping = false;
        show_seek(&mix->show, (int64_t)frame * FV_BLOCK);
        skip_at(mix, (int64_t)frame * FV_BLOCK, skip.id);
    }
    if (seek_frame(mix, frame, &error))
        log_error("mix", "%s", error.text);
    for (int kind = 0; kind < KINDS; kind++) {
        if (mix->has_late[kind])
            mix->on_swap(mix->ctx, (enum kind)kind, &mix->late[kind], frame);
        mix->has_late[kind] = false;
    }
}

/* ---- the loop -------------------------------------------------------------------------
 */

/* Take what the engine thread has left. returns false when it is time to end */
static bool take_orders(struct mix *mix)
{
    pthread_mutex_lock(&mix->lock);
    bool has_rewind = mix->has_rewind, has_skip = mix->has_skip;
    uint64_t epoch = mix->rewind_epoch, frame = mix->rewind_frame;
    struct slot_reply skip = mix->skip;
    bool goes_on = !mix->is_quitting;
    mix->has_rewind = mix->has_skip = false;
    pthread_mutex_unlock(&mix->lock);
    if (has_skip)
        do_skip(mix, skip);
    if (has_rewind)
        do_rewind(mix, epoch, frame, skip);
    return goes_on;
}

static bool has_orders(const struct mix *mix)
{
    return mix->has_rewind || mix->has_skip || mix->is_quitting;
}

static void wait_ms(struct mix *mix, int ms, bool for_credit)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (long)ms * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&mix->lock);
    if (!has_orders(mix) && !(for_credit && mix->next_frame < mix->limit))
        pthread_cond_timedwait(&mix->woken, &mix->lock, &until);
    pthread_mutex_unlock(&mix->lock);
}

static bool has_credit(struct mix *mix)
{
    pthread_mutex_lock(&mix->lock);
    bool has = mix->next_frame < mix->limit;
    pthread_mutex_unlock(&mix->lock);
    return has;
}

static int make_block(struct mix *mix)
{
    struct frame_sink sink = {.ctx = mix, .frame = send_frame};
    float block[FV_BLOCK * FV_CHANNELS];
    int rc = render_block(mix, block);
    return rc ? rc : encoders_feed(&mix->encoders, block, &sink);
}

static void *mix_thread(void *given)
{
    struct mix *mix = given;
    while (take_orders(mix)) {
        atomic_store(&mix->life_ms, monotonic_ms());
        atomic_store(&mix->is_busy, true);
        swap_slot(mix, mix->mixer);
        swap_slot(mix, mix->codec);
        extend_when_due(mix);
        int rc = has_credit(mix) ? make_block(mix) : 0;
        atomic_store(&mix->is_busy, false);
        if (rc == -EPIPE)
            break;
        if (rc)
            wait_ms(mix, RETRY_MS, false);
        else if (!has_credit(mix))
            wait_ms(mix, RETRY_MS, true);
    }
    return NULL;
}

void mix_restore(struct mix *mix, uint64_t epoch, uint64_t frame, const json_t *plan,
                 struct track *(*find)(void *ctx, const json_t *track), void *ctx)
{
    struct fv_error error;
    struct generation *mixer = slot_borrow(mix->mixer), *codec = slot_borrow(mix->codec);
    use(mix, mixer, codec);
    generation_drop(mixer);
    generation_drop(codec);
    mix->epoch = epoch;
    if (plan)
        plan_load(&mix->plan, plan, find, ctx);
    int64_t at = (int64_t)frame * FV_BLOCK;
    if (mix->plan.end < at && !mix->plan.last)
        mix->plan.end = at; /* nothing is left of the old plan: begin afresh here */
    mix->announced = at;
    if (seek_frame(mix, frame, &error))
        log_error("mix", "%s", error.text);
    if (plan)
        mix->on_revoke(mix->ctx, mix->plan.end);
    publish_plan(mix);
}

int mix_start(struct mix *mix)
{
    int rc = -pthread_create(&mix->thread, NULL, mix_thread, mix);
    mix->has_thread = rc == 0;
    return rc;
}

void mix_stop(struct mix *mix)
{
    pthread_mutex_lock(&mix->lock);
    mix->is_quitting = true;
    pthread_cond_signal(&mix->woken);
    pthread_mutex_unlock(&mix->lock);
    if (mix->has_thread)
        pthread_join(mix->thread, NULL);
    mix->has_thread = false;
}

/* ---- from the engine thread -----------------------------------------------------------
 */

void mix_credit(struct mix *mix, uint64_t limit)
{
    pthread_mutex_lock(&mix->lock);
    mix->limit = limit;
    pthread_cond_signal(&mix->woken);
    pthread_mutex_unlock(&mix->lock);
}

void mix_rewind(struct mix *mix, uint64_t epoch, uint64_t frame)
{
    pthread_mutex_lock(&mix->lock);
    mix->has_rewind = true;
    mix->rewind_epoch = epoch;
    mix->rewind_frame = frame;
    mix->limit = frame;
    pthread_cond_signal(&mix->woken);
    pthread_mutex_unlock(&mix->lock);
}

void mix_skip(struct mix *mix, struct slot_reply reply)
{
    pthread_mutex_lock(&mix->lock);
    mix->has_skip = true;
    mix->skip = reply;
    pthread_cond_signal(&mix->woken);
    pthread_mutex_unlock(&mix->lock);
}

void mix_wake(struct mix *mix)
{
    pthread_mutex_lock(&mix->lock);
    pthread_cond_signal(&mix->woken);
    pthread_mutex_unlock(&mix->lock);
}

json_t *mix_plan_json(struct mix *mix)
{
    pthread_mutex_lock(&mix->lock);
    json_t *json = json_deep_copy(mix->plan_state);
    pthread_mutex_unlock(&mix->lock);
    return json;
}

json_t *mix_planned_json(struct mix *mix)
{
    pthread_mutex_lock(&mix->lock);
    json_t *json = mix->planned ? json_deep_copy(mix->planned) : json_array();
    pthread_mutex_unlock(&mix->lock);
    return json;
}
