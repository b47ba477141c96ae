/* mix_plan.c - the plan as the mix goes on: extended in time, cut after a fault or a
 * skip, told to people. */
#include "mix_rooms.h"

#include "log.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HORIZON_S 30 /* the plan is extended when less than this of it is left */
#define HURRY_S 20   /* the scout hurries when less than this is left */
#define KEEP_S 60    /* of the plan behind what is sent */

/* Tracks in the order in which they come in, and where each does. */
static json_t *list_tracks(const struct plan *plan)
{
    json_t *list = json_array();
    const char *known = "";
    for (size_t i = 0; i < plan->count; i++) {
        const struct segment *segment = plan->segments[i];
        const struct track *track = segment->tracks[segment->abi.part_count - 1];
        if (strcmp(track->id, known) == 0)
            continue;
        known = track->id;
        json_t *json = track_json(track);
        json_object_set_new(json, "at", json_integer(segment->start));
        json_array_append_new(list, json);
    }
    return list;
}

void mix_note_memory(struct mix *mix)
{
    json_t *memory = generation_save(mix->show.mixer);
    pthread_mutex_lock(&mix->lock);
    json_decref(mix->memory);
    mix->memory = memory;
    pthread_mutex_unlock(&mix->lock);
}

void mix_publish_plan(struct mix *mix)
{
    json_t *state = plan_json(&mix->plan), *planned = list_tracks(&mix->plan);
    pthread_mutex_lock(&mix->lock);
    json_decref(mix->plan_state);
    json_decref(mix->planned);
    mix->plan_state = state;
    mix->planned = planned;
    pthread_mutex_unlock(&mix->lock);
    scout_let_go(mix->scout, mix->plan.last);
    mix_note_memory(mix);
    mix->on_plan(mix->ctx);
}

static void send_segments(struct mix *mix, int64_t from)
{
    for (size_t i = 0; i < mix->plan.count; i++) {
        const struct segment *segment = mix->plan.segments[i];
        if (segment->start < from)
            continue;
        mix->on_segment(mix->ctx, segment_json(segment));
        if (segment_brings_track(segment))
            mix->on_track(mix->ctx, segment->tracks[segment->abi.part_count - 1]);
    }
}

/* Where the plan may begin: a rewind goes back to what is about to be sent. */
static int64_t oldest_of_use(const struct mix *mix)
{
    double ahead_s = settings_number(mix->settings, "stream.buffer_s", 60);
    return mix->show.at - (int64_t)((ahead_s + KEEP_S) * FV_RATE);
}

void mix_give_up(void)
{
    log_error("mix", "a new plugin cannot go on: the engine ends");
    _exit(EXIT_FAILURE);
}

/* If a build is new it has to go, and neither track nor plan is to blame: what is no
 * track's fault is the mixer's, and all that is read comes through the codec. */
static void give_up_new(const struct mix *mix)
{
    bool is_mixers = !mix->show.culprit && slot_is_on_probation(mix->mixer);
    if (is_mixers || slot_is_on_probation(mix->codec))
        mix_give_up();
}

bool mix_extend_with(struct mix *mix, struct track *to, uint32_t flags)
{
    struct fv_error error;
    int64_t begins = mix->plan.end;
    int rc = plan_extend(&mix->plan, &mix->show, to, INT64_MAX, flags, &error);
    if (rc == 0) {
        slot_prove(mix->mixer);
        plan_trim(&mix->plan, oldest_of_use(mix));
        send_segments(mix, begins); /* before the next engine may go on with them */
        mix_publish_plan(mix);
        return true;
    }
    log_error("mix", "cannot plan %s: %s", to->title, error.text);
    give_up_new(mix);
    scout_let_go(mix->scout, to);
    if (mix->show.culprit)
        scout_note_failed(mix->scout, mix->show.culprit, error.text);
    if (!mix->show.culprit || mix->show.culprit == mix->plan.last)
        plan_go_on(&mix->plan, NULL, (struct fv_cursor){0}); /* begin afresh next time */
    return false;
}

void mix_extend_when_due(struct mix *mix)
{
    while (mix->plan.end - mix->show.at < (int64_t)HORIZON_S * FV_RATE) {
        struct track *to = scout_take(mix->scout);
        bool is_due = mix->plan.end - mix->show.at < (int64_t)HURRY_S * FV_RATE;
        scout_starve(mix->scout, !to && is_due);
        if (!to)
            return;
        if (!mix_extend_with(mix, to, 0) && mix->show.culprit && mix->show.culprit != to)
            scout_put_back(mix->scout, to);
        track_drop(to);
    }
    scout_starve(mix->scout, false);
}

/* What was to come in from `at` on is ready again, but for one. */
static void give_back(struct mix *mix, int64_t at, const struct track *but)
{
    const char *known = but ? but->id : "";
    for (size_t i = mix->plan.count; i > 0; i--) {
        const struct segment *segment = mix->plan.segments[i - 1];
        struct track *track = segment->tracks[segment->abi.part_count - 1];
        bool comes_in = segment->abi.kind == FV_FADEIN || segment->abi.part_count == 2;
        if (segment->start >= at && comes_in && strcmp(track->id, known) != 0)
            scout_put_back(mix->scout, track);
    }
}

void mix_cut_plan(struct mix *mix, int64_t at, const struct track *but)
{
    show_close(&mix->show);
    give_back(mix, at, but);
    plan_cut(&mix->plan, at);
    mix_publish_plan(mix);
    mix->on_revoke(mix->ctx, at); /* the next engine goes on with them no more */
}

void mix_handle_fault(struct mix *mix, const struct fv_error *error)
{
    int64_t at = mix->show.at;
    struct track *culprit = track_hold(mix->show.culprit);
    log_error("mix", "%s", error->text);
    give_up_new(mix);
    if (culprit)
        scout_note_failed(mix->scout, culprit, error->text);
    mix_cut_plan(mix, at, culprit);
    plan_go_on(&mix->plan, NULL, (struct fv_cursor){0});
    track_drop(culprit);
    mix_extend_when_due(mix);
}
