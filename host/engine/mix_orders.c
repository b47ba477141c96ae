/* mix_orders.c - what may change between two blocks: plugins, position, what plays. After
 * a change the thread goes back a few blocks to prime fresh encoders, which is all that a
 * swap, a rewind and a restart have to do. */
#include "mix_rooms.h"

#include "log.h"
#include "refusal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int mix_send_frame(void *ctx, size_t mount, uint64_t number, const uint8_t *frame,
                   size_t length)
{
    struct mix *mix = ctx;
    mix->next_frame = number + 1;
    return mix->on_frame(mix->ctx, mix->epoch, number, mount, frame, length);
}

int mix_seek_frame(struct mix *mix, uint64_t frame, struct fv_error *error)
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
    struct frame_sink sink = {.ctx = mix, .frame = mix_send_frame};
    float block[FV_BLOCK * FV_CHANNELS];
    while (mix->show.at < (int64_t)mix->next_frame * FV_BLOCK) {
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

void mix_use(struct mix *mix, struct generation *mixer, struct generation *codec)
{
    encoders_close(&mix->encoders);
    show_use(&mix->show, mixer, codec);
}

static void answer_swap(struct mix *mix, enum kind kind, const struct swap *swap)
{
    if (swap->is_done && swap->now) {
        if (mix->has_late[kind]) /* the one before is on air no more */
            mix->on_swap(mix->ctx, kind, &mix->late[kind], mix->next_frame);
        mix->late[kind] = *swap;
        mix->has_late[kind] = true;
        mix->on_ask_rewind(mix->ctx);
        return;
    }
    mix->on_swap(mix->ctx, kind, swap, mix->next_frame);
}

void mix_swap_slot(struct mix *mix, struct slot *slot)
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
        mix_use(mix, is_mixer ? fresh : mixer, is_mixer ? codec : fresh);
        int rc = mix_seek_frame(mix, frame, &error);
        if (rc == 0)
            rc = prime(mix, &error);
        if (rc)
            mix_use(mix, mixer, codec);
        slot_settle(slot, fresh, rc ? error.text : NULL, &swap);
        generation_drop(mixer);
        generation_drop(codec);
        if (rc && mix_seek_frame(mix, frame, &error))
            log_error("mix", "%s", error.text);
    }
    mix_note_memory(mix);
    answer_swap(mix, slot->kind, &swap);
}

/* ---- commands -------------------------------------------------------------------------
 */

static json_t *skip_answer(int64_t at, const struct track *to)
{
    return json_pack("{s:b, s:I, s:s, s:s}", "ok", 1, "frame_made",
                     (json_int_t)(at / FV_BLOCK), "next", to->id, "title", to->title);
}

/* The next transition from output frame `at` on, or NULL. */
static const struct segment *transition_from(const struct plan *plan, int64_t at)
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->segments[i]->start >= at && plan->segments[i]->abi.part_count == 2)
            return plan->segments[i];
    return NULL;
}

/* Behind a transition the knob of what came in is still turned: a block of that is
 * played, so that the rest of it can fade into what follows. */
static int64_t behind_transition(const struct plan *plan,
                                 const struct segment *transition)
{
    int64_t end = transition->start + transition->heard;
    const struct segment *next = plan_at(plan, end);
    bool is_played = next && next->abi.part_count == 1 && next->heard >= FV_BLOCK;
    return is_played ? end + FV_BLOCK : end;
}

/* Leave what plays at output frame `at`. A transition that runs there is let finish, and
 * one that a skip has planned is let come: planned anew it would be put off each time. */
static void skip_at(struct mix *mix, int64_t at, uint64_t id)
{
    const struct segment *segment = plan_at(&mix->plan, at);
    if (segment && segment->abi.part_count == 2)
        at = behind_transition(&mix->plan, segment);
    const struct segment *next = transition_from(&mix->plan, at);
    if (next && next->start == mix->skipped_to && at >= mix->skipped_at) {
        mix->on_reply(mix->ctx, id, skip_answer(at, next->tracks[1]));
        return;
    }
    struct track *to = next ? track_hold(next->tracks[1]) : scout_take(mix->scout);
    if (!to) {
        mix->on_reply(mix->ctx, id,
                      refusal_json("no other track is ready yet: try again in a moment"));
        return;
    }
    scout_keep(mix->scout, to);
    mix_cut_plan(mix, at, to);
    if (mix_extend_with(mix, to, FV_SOON)) {
        next = transition_from(&mix->plan, at);
        mix->skipped_at = at;
        mix->skipped_to = next ? next->start : -1;
        mix->on_reply(mix->ctx, id, skip_answer(at, to));
    } else {
        mix->on_reply(mix->ctx, id, refusal_json("the mixer cannot plan it"));
    }
    track_drop(to);
}

/* The next skip may come: who is answered may ask for it at once. */
static void end_skip(struct mix *mix)
{
    pthread_mutex_lock(&mix->lock);
    mix->has_skip = mix->is_skipping = false;
    pthread_mutex_unlock(&mix->lock);
}

void mix_do_skip(struct mix *mix, struct slot_reply skip)
{
    struct fv_error error;
    uint64_t frame = mix->next_frame;
    if (skip.now) {
        mix->on_ask_rewind(mix->ctx);
        return;
    }
    end_skip(mix);
    skip_at(mix, mix->show.at, skip.id);
    if (mix_seek_frame(mix, frame, &error))
        log_error("mix", "%s", error.text);
}

void mix_do_rewind(struct mix *mix, uint64_t epoch, uint64_t frame)
{
    struct fv_error error;
    mix->epoch = epoch;
    if (mix->is_skipping && mix->skip.now) {
        uint64_t id = mix->skip.id;
        show_seek(&mix->show, (int64_t)frame * FV_BLOCK);
        end_skip(mix);
        skip_at(mix, (int64_t)frame * FV_BLOCK, id);
    }
    if (mix_seek_frame(mix, frame, &error))
        log_error("mix", "%s", error.text);
    for (int kind = 0; kind < KINDS; kind++) {
        if (mix->has_late[kind])
            mix->on_swap(mix->ctx, (enum kind)kind, &mix->late[kind], frame);
        mix->has_late[kind] = false;
    }
}
