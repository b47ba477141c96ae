/* plan.h - the plan: segments of the show in order, decided once, plain data.
 *
 * Output frames are counted from 0 for ever. Owned by the thread that mixes.
 */
#ifndef PLAN_H
#define PLAN_H

#include "track.h"

#include <forever/mixer.h>
#include <jansson.h>
#include <stdbool.h>

struct segment {
    int64_t start; /* output frame */
    int64_t heard; /* of the segment's length so much is played; less after a skip */
    struct fv_segment abi; /* parts, warps and texts are owned by the segment */
    struct track *tracks[2];
};

struct plan {
    struct segment **segments;
    size_t count, room;
    int64_t end;             /* output frame behind the last segment */
    struct track *last;      /* plays on at `end`; NULL: nothing does */
    struct fv_cursor cursor; /* where it is then */
};

void plan_release(struct plan *plan);

/* Copy a mixer's segment to the end of the plan. Its parts are named by the ids of `from`
 * and `to` (either may be NULL). returns 0; -EINVAL with error filled */
int plan_append(struct plan *plan, const struct fv_segment *segment, struct track *from,
                struct track *to, struct fv_error *error);

/* What is wrong with where a mixer says that a track goes on; NULL = nothing. */
const char *plan_fault_of_cursor(const struct fv_cursor *cursor);

/* What plays on at the end; held. */
void plan_go_on(struct plan *plan, struct track *track, struct fv_cursor cursor);

/* The segment that is heard at output frame `at`; NULL = none. */
const struct segment *plan_at(const struct plan *plan, int64_t at);

/* End the plan at `at`. What was heard there plays on, or nothing if there is none. */
void plan_cut(struct plan *plan, int64_t at);

/* Forget segments that end at or before `at`. */
void plan_trim(struct plan *plan, int64_t at);

/* Where a part is at `offset` output frames into its segment. */
struct fv_cursor part_cursor(const struct fv_part *part, double offset);

/* Is the last of its tracks heard for the first time? */
bool segment_brings_track(const struct segment *segment);

/* A segment as it goes over the wire and into checkpoints. New reference. */
json_t *segment_json(const struct segment *segment);
json_t *plan_json(const struct plan *plan);

/* Rebuild a plan; tracks come from `find` (given back with a reference; NULL = lost: the
 * plan ends before the first segment that needs it). */
void plan_load(struct plan *plan, const json_t *json,
               struct track *(*find)(void *ctx, const json_t *track), void *ctx);

const char *segment_kind_name(enum fv_kind kind);

#endif
