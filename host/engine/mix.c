/* mix.c - the loop: take orders, extend the plan, render a block, encode it. Between two
 * blocks everything may change: the plan, the plugins, the position. */
#include "mix_rooms.h"

#include "log.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define RETRY_MS 1000 /* after a fault, or where the plan does not reach */

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
    mix->announced = mix->skipped_to = -1;
    atomic_store(&mix->life_ms, monotonic_ms());
}

void mix_release(struct mix *mix)
{
    encoders_close(&mix->encoders);
    show_release(&mix->show);
    plan_release(&mix->plan);
    json_decref(mix->plan_state);
    json_decref(mix->planned);
    json_decref(mix->memory);
    pthread_cond_destroy(&mix->woken);
    pthread_mutex_destroy(&mix->lock);
}

/* ---- rendering ------------------------------------------------------------------------
 */

static void note_heard(struct mix *mix, const struct segment *segment)
{
    if (!segment || segment->start <= mix->announced)
        return;
    mix->announced = segment->start;
    if (segment_brings_track(segment))
        scout_note_heard(mix->scout, segment->tracks[segment->abi.part_count - 1]);
}

/* Render one block. returns 0; -ENODATA: the plan does not reach; -EAGAIN after a fault
 * that is mended as far as it can be; -EPROTO after one that is the mixer's: the loop
 * goes round, where another build may come */
static int render_block(struct mix *mix, float *block)
{
    int done = 0;
    int64_t begins = mix->show.at;
    if (mix->plan.end < begins + FV_BLOCK)
        return -ENODATA;
    while (done < FV_BLOCK) {
        struct fv_error error;
        note_heard(mix, plan_at(&mix->plan, mix->show.at));
        int got =
            show_render(&mix->show, block + done * FV_CHANNELS, FV_BLOCK - done, &error);
        if (got > 0) {
            done += got;
            continue;
        }
        if (got != -ENODATA) {
            bool is_mixers = !mix->show.culprit;
            mix_handle_fault(mix, &error);
            if (is_mixers) {
                show_seek(&mix->show, begins);
                return -EPROTO;
            }
        }
        if (mix->plan.end < begins + FV_BLOCK) {
            show_seek(&mix->show, begins);
            return got == -ENODATA ? -ENODATA : -EAGAIN;
        }
    }
    return 0;
}

/* ---- the loop -------------------------------------------------------------------------
 */

/* Take what the engine thread has left. returns false when it is time to end */
static bool take_orders(struct mix *mix)
{
    pthread_mutex_lock(&mix->lock);
    bool has_rewind = mix->has_rewind, has_skip = mix->has_skip && !mix->is_skipping;
    uint64_t epoch = mix->rewind_epoch, frame = mix->rewind_frame;
    struct slot_reply skip = mix->skip;
    bool goes_on = !mix->is_quitting;
    mix->has_rewind = false;
    mix->is_skipping |= has_skip;
    pthread_mutex_unlock(&mix->lock);
    if (has_skip)
        mix_do_skip(mix, skip);
    if (has_rewind)
        mix_do_rewind(mix, epoch, frame);
    return goes_on;
}

static bool has_orders(const struct mix *mix)
{
    return mix->has_rewind || (mix->has_skip && !mix->is_skipping) || mix->is_quitting;
}

static struct timespec in_ms(int ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (long)ms * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    return until;
}

/* Until there may be more to do. */
static void wait_ms(struct mix *mix, int ms, bool for_credit)
{
    struct timespec until = in_ms(ms);
    pthread_mutex_lock(&mix->lock);
    if (!has_orders(mix) && !(for_credit && mix->next_frame < mix->limit))
        pthread_cond_timedwait(&mix->woken, &mix->lock, &until);
    pthread_mutex_unlock(&mix->lock);
}

/* After a fault of a plugin: another build may mend it, and little else, so what wakes
 * the mix besides is no reason to try again. */
static void wait_for_build(struct mix *mix, int ms)
{
    struct timespec until = in_ms(ms);
    int rc = 0;
    pthread_mutex_lock(&mix->lock);
    while (rc == 0 && !has_orders(mix) && !slot_has_staged(mix->mixer) &&
           !slot_has_staged(mix->codec))
        rc = pthread_cond_timedwait(&mix->woken, &mix->lock, &until);
    pthread_mutex_unlock(&mix->lock);
}

static bool has_credit(struct mix *mix)
{
    pthread_mutex_lock(&mix->lock);
    bool has = mix->next_frame < mix->limit;
    pthread_mutex_unlock(&mix->lock);
    return has;
}

/* The codec does not encode: go back to the first frame that is not out at every mount,
 * with fresh encoders. returns -EPROTO */
static int handle_encode_fault(struct mix *mix, uint64_t frame, int rc)
{
    struct fv_error error;
    log_error("mix", "the codec cannot encode: %s", strerror(-rc));
    if (slot_is_on_probation(mix->codec))
        mix_give_up();
    if (mix_seek_frame(mix, frame, &error))
        log_error("mix", "%s", error.text);
    return -EPROTO;
}

static int make_block(struct mix *mix)
{
    struct frame_sink sink = {.ctx = mix, .frame = mix_send_frame};
    float block[FV_BLOCK * FV_CHANNELS];
    uint64_t frame = mix->next_frame;
    int rc = render_block(mix, block);
    if (rc)
        return rc;
    rc = encoders_feed(&mix->encoders, block, &sink);
    return rc == 0 || rc == -EPIPE ? rc : handle_encode_fault(mix, frame, rc);
}

static void *mix_thread(void *given)
{
    struct mix *mix = given;
    while (take_orders(mix)) {
        atomic_store(&mix->life_ms, monotonic_ms());
        atomic_store(&mix->is_busy, true);
        mix_swap_slot(mix, mix->mixer);
        mix_swap_slot(mix, mix->codec);
        mix_extend_when_due(mix);
        int rc = has_credit(mix) ? make_block(mix) : 0;
        atomic_store(&mix->is_busy, false);
        if (rc == -EPIPE)
            break;
        if (rc == -EPROTO)
            wait_for_build(mix, RETRY_MS);
        else if (rc)
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
    mix_use(mix, mixer, codec);
    generation_drop(mixer);
    generation_drop(codec);
    mix->epoch = epoch;
    if (plan)
        plan_load(&mix->plan, plan, find, ctx);
    int64_t at = (int64_t)frame * FV_BLOCK;
    if (mix->plan.end < at && !mix->plan.last)
        mix->plan.end = at; /* nothing is left of the old plan: begin afresh here */
    mix->announced = at;
    if (mix_seek_frame(mix, frame, &error))
        log_error("mix", "%s", error.text);
    if (plan)
        mix->on_revoke(mix->ctx, mix->plan.end);
    mix_publish_plan(mix);
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

int mix_skip(struct mix *mix, struct slot_reply reply)
{
    pthread_mutex_lock(&mix->lock);
    int rc = mix->has_skip ? -EBUSY : 0;
    if (rc == 0) {
        mix->has_skip = true;
        mix->skip = reply;
        pthread_cond_signal(&mix->woken);
    }
    pthread_mutex_unlock(&mix->lock);
    return rc;
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

json_t *mix_memory_json(struct mix *mix)
{
    pthread_mutex_lock(&mix->lock);
    json_t *json = json_deep_copy(mix->memory);
    pthread_mutex_unlock(&mix->lock);
    return json;
}

uint64_t mix_limit(struct mix *mix)
{
    pthread_mutex_lock(&mix->lock);
    uint64_t limit = mix->limit;
    pthread_mutex_unlock(&mix->lock);
    return limit;
}

json_t *mix_planned_json(struct mix *mix)
{
    pthread_mutex_lock(&mix->lock);
    json_t *json = mix->planned ? json_deep_copy(mix->planned) : json_array();
    pthread_mutex_unlock(&mix->lock);
    return json;
}
