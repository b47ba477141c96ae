/* plan.c - checks what a mixer says before it becomes the truth. */
#include "plan.h"

#include "bytes.h"
#include "utf8.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PARTS_MAX 2
#define WARP_MAX 100000 /* points; a point a beat over hours is far below */
#define LENGTH_MAX ((int64_t)FV_RATE * 86400)

static const char *const kind_names[] = {"play", "beatmatch", "crossfade",
                                         "cut",  "fadein",    "fadeout"};
#define KIND_COUNT (sizeof kind_names / sizeof kind_names[0])

const char *segment_kind_name(enum fv_kind kind)
{
    return (size_t)kind < KIND_COUNT ? kind_names[kind] : "play";
}

/* ---- segments -------------------------------------------------------------------------
 */

static void segment_free(struct segment *segment)
{
    struct fv_part *parts = (struct fv_part *)segment->abi.parts;
    for (uint32_t i = 0; i < segment->abi.part_count; i++)
        free((void *)parts[i].warp);
    free(parts);
    free((void *)segment->abi.params);
    free((void *)segment->abi.why);
    for (int i = 0; i < PARTS_MAX; i++)
        track_drop(segment->tracks[i]);
    free(segment);
}

static struct track *track_with_id(const char *id, struct track *from, struct track *to)
{
    if (from && id && strcmp(from->id, id) == 0)
        return from;
    return to && id && strcmp(to->id, id) == 0 ? to : NULL;
}

static const char *fault_of_part(const struct fv_part *part)
{
    if (part->warp_count < 2 || part->warp_count > WARP_MAX || !part->warp)
        return "a part needs 2 or more warp points";
    if (!isfinite(part->gain_db) || part->gain_db > 60)
        return "a gain is not a number or above 60 dB";
    for (uint32_t i = 0; i < part->warp_count; i++) {
        if (!isfinite(part->warp[i].mix) || !isfinite(part->warp[i].track))
            return "a warp point is not a number";
        if (i > 0 && part->warp[i].mix <= part->warp[i - 1].mix)
            return "warp points must ascend";
    }
    return NULL;
}

static const char *fault_of(const struct fv_segment *segment)
{
    if (segment->length <= 0 || segment->length > LENGTH_MAX)
        return "its length must lie between 1 frame and a day";
    if (segment->part_count < 1 || segment->part_count > PARTS_MAX || !segment->parts)
        return "it needs one or two parts";
    if ((size_t)segment->kind >= KIND_COUNT)
        return "its kind is unknown";
    for (uint32_t i = 0; i < segment->part_count; i++) {
        const char *fault = fault_of_part(&segment->parts[i]);
        if (fault)
            return fault;
    }
    json_t *params = json_loads(segment->params ? segment->params : "{}", 0, NULL);
    bool is_object = json_is_object(params);
    json_decref(params);
    return is_object ? NULL : "its params are no JSON object";
}

/* Text of a plugin that goes into JSON has to be UTF-8. */
static char *clean_copy(const char *text)
{
    size_t cap = strlen(text) + 1;
    char *clean = must_alloc(cap);
    utf8_clean(text, clean, cap);
    return clean;
}

static struct segment *copy_segment(const struct fv_segment *from)
{
    struct segment *segment = must_alloc(sizeof *segment);
    struct fv_part *parts = must_alloc(from->part_count * sizeof *parts);
    segment->heard = from->length;
    segment->abi = *from;
    segment->abi.struct_size = sizeof segment->abi;
    segment->abi.parts = parts;
    segment->abi.params = must_strdup(from->params ? from->params : "{}");
    segment->abi.why = clean_copy(from->why ? from->why : "");
    for (uint32_t i = 0; i < from->part_count; i++) {
        size_t size = from->parts[i].warp_count * sizeof *from->parts[i].warp;
        struct fv_warp *warp = must_alloc(size);
        memcpy(warp, from->parts[i].warp, size);
        parts[i] = from->parts[i];
        parts[i].struct_size = sizeof parts[i];
        parts[i].warp = warp;
    }
    return segment;
}

static void push(struct plan *plan, struct segment *segment)
{
    if (plan->count == plan->room) {
        plan->room = plan->room ? plan->room * 2 : 16;
        plan->segments =
            must_realloc(plan->segments, plan->room * sizeof *plan->segments);
    }
    plan->segments[plan->count++] = segment;
    plan->end = segment->start + segment->heard;
}

int plan_append(struct plan *plan, const struct fv_segment *segment, struct track *from,
                struct track *to, struct fv_error *error)
{
    const char *fault = fault_of(segment);
    for (uint32_t i = 0; !fault && i < segment->part_count; i++)
        if (!track_with_id(segment->parts[i].id, from, to))
            fault = "a part names neither of the two tracks";
    if (fault) {
        snprintf(error->text, sizeof error->text, "a segment is refused: %s", fault);
        return -EINVAL;
    }
    struct segment *copy = copy_segment(segment);
    struct fv_part *parts = (struct fv_part *)copy->abi.parts;
    for (uint32_t i = 0; i < copy->abi.part_count; i++) {
        copy->tracks[i] = track_hold(track_with_id(parts[i].id, from, to));
        parts[i].id = copy->tracks[i]->id;
    }
    copy->start = plan->end;
    push(plan, copy);
    return 0;
}

const char *plan_fault_of_cursor(const struct fv_cursor *cursor)
{
    bool is_place = isfinite(cursor->track) && isfinite(cursor->rate);
    return is_place ? NULL : "where the track goes on is no number";
}

/* ---- the list -------------------------------------------------------------------------
 */

static void drop_last(struct plan *plan)
{
    segment_free(plan->segments[--plan->count]);
}

void plan_release(struct plan *plan)
{
    while (plan->count > 0)
        drop_last(plan);
    free(plan->segments);
    track_drop(plan->last);
    *plan = (struct plan){0};
}

void plan_go_on(struct plan *plan, struct track *track, struct fv_cursor cursor)
{
    track_hold(track);
    track_drop(plan->last);
    plan->last = track;
    plan->cursor = cursor;
}

const struct segment *plan_at(const struct plan *plan, int64_t at)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct segment *segment = plan->segments[i];
        if (at >= segment->start && at < segment->start + segment->heard)
            return segment;
    }
    return NULL;
}

struct fv_cursor part_cursor(const struct fv_part *part, double offset)
{
    uint32_t i = 1;
    while (i + 1 < part->warp_count && part->warp[i].mix < offset)
        i++;
    const struct fv_warp *a = &part->warp[i - 1], *b = &part->warp[i];
    double rate = (b->track - a->track) / (b->mix - a->mix);
    return (struct fv_cursor){.track = a->track + (offset - a->mix) * rate, .rate = rate};
}

/* Let what the last segment brings in play on behind it. */
static void go_on_from_last(struct plan *plan)
{
    if (plan->count == 0) {
        plan_go_on(plan, NULL, (struct fv_cursor){0});
        return;
    }
    const struct segment *segment = plan->segments[plan->count - 1];
    uint32_t last = segment->abi.part_count - 1;
    plan_go_on(plan, segment->tracks[last],
               part_cursor(&segment->abi.parts[last], (double)segment->heard));
}

void plan_cut(struct plan *plan, int64_t at)
{
    if (at >= plan->end)
        return;
    while (plan->count > 0 && plan->segments[plan->count - 1]->start >= at)
        drop_last(plan);
    if (plan->count > 0)
        plan->segments[plan->count - 1]->heard =
            at - plan->segments[plan->count - 1]->start;
    plan->end = at;
    go_on_from_last(plan);
}

void plan_trim(struct plan *plan, int64_t at)
{
    size_t gone = 0;
    while (gone < plan->count &&
           plan->segments[gone]->start + plan->segments[gone]->heard <= at)
        segment_free(plan->segments[gone++]);
    if (gone == 0)
        return;
    plan->count -= gone;
    memmove(plan->segments, plan->segments + gone, plan->count * sizeof *plan->segments);
}

bool segment_brings_track(const struct segment *segment)
{
    return segment->abi.kind == FV_FADEIN || segment->abi.part_count == 2;
}

/* ---- JSON -----------------------------------------------------------------------------
 */

json_t *segment_json(const struct segment *segment)
{
    json_t *tracks = json_array();
    for (uint32_t i = 0; i < segment->abi.part_count; i++) {
        const struct fv_part *part = &segment->abi.parts[i];
        json_t *track = track_json(segment->tracks[i]);
        json_t *warp = json_array();
        for (uint32_t w = 0; w < part->warp_count; w++)
            json_array_append_new(
                warp, json_pack("[f,f]", part->warp[w].mix, part->warp[w].track));
        json_object_set_new(track, "gain_db", json_real(part->gain_db));
        json_object_set_new(track, "warp", warp);
        json_array_append_new(tracks, track);
    }
    return json_pack("{s:s, s:I, s:I, s:I, s:s, s:o, s:o}", "kind",
                     segment_kind_name(segment->abi.kind), "at",
                     (json_int_t)segment->start, "length", (json_int_t)segment->heard,
                     "whole", (json_int_t)segment->abi.length, "why", segment->abi.why,
                     "params", json_loads(segment->abi.params, 0, NULL), "tracks",
                     tracks);
}

json_t *plan_json(const struct plan *plan)
{
    json_t *segments = json_array();
    for (size_t i = 0; i < plan->count; i++)
        json_array_append_new(segments, segment_json(plan->segments[i]));
    json_t *json =
        json_pack("{s:o, s:I}", "segments", segments, "end", (json_int_t)plan->end);
    if (plan->last)
        json_object_set_new(json, "last",
                            json_pack("{s:o, s:f, s:f}", "track", track_json(plan->last),
                                      "at", plan->cursor.track, "rate",
                                      plan->cursor.rate));
    return json;
}

static enum fv_kind kind_named(const char *name)
{
    for (size_t i = 0; name && i < KIND_COUNT; i++)
        if (strcmp(name, kind_names[i]) == 0)
            return (enum fv_kind)i;
    return FV_PLAY;
}

static void load_part(struct fv_part *part, const json_t *from, const struct track *track)
{
    const json_t *warp = json_object_get(from, "warp");
    uint32_t count = (uint32_t)json_array_size(warp);
    struct fv_warp *points = must_alloc(count * sizeof *points);
    for (uint32_t i = 0; i < count; i++) {
        const json_t *point = json_array_get(warp, i);
        points[i] = (struct fv_warp){json_number_value(json_array_get(point, 0)),
                                     json_number_value(json_array_get(point, 1))};
    }
    *part =
        (struct fv_part){.struct_size = sizeof *part,
                         .id = track->id,
                         .gain_db = json_number_value(json_object_get(from, "gain_db")),
                         .warp = points,
                         .warp_count = count};
}

/* returns the segment, or NULL when it can't be had */
static struct segment *load_segment(const json_t *from,
                                    struct track *(*find)(void *ctx, const json_t *track),
                                    void *ctx)
{
    const json_t *tracks = json_object_get(from, "tracks");
    const char *why = json_string_value(json_object_get(from, "why"));
    size_t count = json_array_size(tracks);
    struct segment *segment = must_alloc(sizeof *segment);
    struct fv_part *parts = must_alloc(PARTS_MAX * sizeof *parts);
    segment->start = json_integer_value(json_object_get(from, "at"));
    segment->heard = json_integer_value(json_object_get(from, "length"));
    segment->abi = (struct fv_segment){
        .struct_size = sizeof segment->abi,
        .kind = kind_named(json_string_value(json_object_get(from, "kind"))),
        .length = json_integer_value(json_object_get(from, "whole")),
        .parts = parts,
        .params = json_dumps(json_object_get(from, "params"),
                             JSON_COMPACT | JSON_REAL_PRECISION(17)),
        .why = must_strdup(why ? why : ""),
    };
    if (!segment->abi.params)
        segment->abi.params = must_strdup("{}");
    bool is_whole = count >= 1 && count <= PARTS_MAX;
    for (uint32_t i = 0; is_whole && i < count; i++) {
        const json_t *track = json_array_get(tracks, i);
        segment->tracks[i] = find(ctx, track);
        is_whole = segment->tracks[i] != NULL;
        if (is_whole) {
            load_part(&parts[i], track, segment->tracks[i]);
            segment->abi.part_count++;
        }
    }
    if (is_whole && !fault_of(&segment->abi) && segment->heard > 0)
        return segment;
    segment_free(segment);
    return NULL;
}

void plan_load(struct plan *plan, const json_t *json,
               struct track *(*find)(void *ctx, const json_t *track), void *ctx)
{
    const json_t *segments = json_object_get(json, "segments");
    const json_t *last = json_object_get(json, "last");
    size_t count = json_array_size(segments);
    plan->end = json_integer_value(json_object_get(json, "end"));
    for (size_t i = 0; i < count; i++) {
        struct segment *segment = load_segment(json_array_get(segments, i), find, ctx);
        if (!segment) { /* as if it had been planned no further */
            if (plan->count == 0)
                plan->end = json_integer_value(
                    json_object_get(json_array_get(segments, i), "at"));
            go_on_from_last(plan);
            return;
        }
        push(plan, segment);
    }
    struct track *track = last ? find(ctx, json_object_get(last, "track")) : NULL;
    struct fv_cursor cursor = {json_number_value(json_object_get(last, "at")),
                               json_number_value(json_object_get(last, "rate"))};
    if (track)
        plan_go_on(plan, track, cursor);
    track_drop(track);
}
