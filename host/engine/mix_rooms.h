/* mix_rooms.h - what the mix thread's own files share: mix.c (the loop and rendering),
 * mix_plan.c (what comes next), mix_orders.c (swaps, skips, rewinds). Mix thread only.
 */
#ifndef MIX_ROOMS_H
#define MIX_ROOMS_H

#include "mix.h"

/* mix_plan.c */

/* Let people see what the mixer remembers now. */
void mix_note_memory(struct mix *mix);

/* Let people and checkpoints see the plan as it is now. */
void mix_publish_plan(struct mix *mix);

/* Plan the next track in. returns true when the plan grew */
bool mix_extend_with(struct mix *mix, struct track *to, uint32_t flags);

void mix_extend_when_due(struct mix *mix);

/* The plan holds no more from output frame `at` on. Tracks that were to come in there are
 * the scout's next again, but for one (may be NULL). */
void mix_cut_plan(struct mix *mix, int64_t at, const struct track *but);

/* Set the culprit aside and plan anew from here. */
void mix_handle_fault(struct mix *mix, const struct fv_error *error);

/* End as a crash does: the front starts an engine again, which takes back a build on
 * probation and goes on with the plan as it was told last. */
_Noreturn void mix_give_up(void);

/* mix_orders.c */

void mix_use(struct mix *mix, struct generation *mixer, struct generation *codec);

/* A frame_sink's: ctx is the mix. */
int mix_send_frame(void *ctx, size_t mount, uint64_t number, const uint8_t *frame,
                   size_t length);

/* Make fresh encoders, and go back as far as they need it to give frame `frame`. */
int mix_seek_frame(struct mix *mix, uint64_t frame, struct fv_error *error);

/* Commit what is staged for a slot: the new code opens the running segment and makes the
 * sound before the border once more; only if it can is it let on air. */
void mix_swap_slot(struct mix *mix, struct slot *slot);

/* Leave what plays; with `now` after a rewind, which is asked for. */
void mix_do_skip(struct mix *mix, struct slot_reply skip);

/* Go on at a frame in a new epoch; what has waited for that is done and answered. */
void mix_do_rewind(struct mix *mix, uint64_t epoch, uint64_t frame);

#endif
