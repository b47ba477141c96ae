/* herald.c - every change that somebody outside may care about becomes a message here. */
#include "rooms.h"

#include "log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void herald_slots(struct engine *engine)
{
    json_t *slots = json_object();
    for (int i = 0; i < KINDS; i++)
        json_object_set_new(slots, kind_name((enum kind)i), slot_json(&engine->slots[i]));
    outbox_send_json(&engine->outbox, WIRE_PLUGINS, slots);
}

/* A track that has just been planned may be told of twice. */
static void drop_planned(json_t *ready, const json_t *plan)
{
    const json_t *last = json_object_get(json_object_get(plan, "last"), "track");
    const json_t *id = json_object_get(json_array_get(ready, 0), "id");
    if (id && json_equal(id, json_object_get(last, "id")))
        json_array_remove(ready, 0);
}

/* What the mix takes from the scout goes into the plan: asked for in this order it is in
 * one of them at least. */
void herald_checkpoint(struct engine *engine)
{
    pthread_mutex_lock(&engine->lock);
    json_t *scout = scout_json(&engine->scout), *plan = mix_plan_json(&engine->mix);
    drop_planned(json_object_get(scout, "ready"), plan);
    json_t *slots = json_object();
    for (int i = 0; i < KINDS; i++)
        json_object_set_new(slots, kind_name((enum kind)i), slot_json(&engine->slots[i]));
    json_t *json =
        json_pack("{s:o?, s:o, s:o}", "plan", plan, "scout", scout, "slots", slots);
    outbox_send_json(&engine->outbox, WIRE_CHECKPOINT, json);
    pthread_mutex_unlock(&engine->lock);
}

static void mark_settled(json_t *to, const json_t *list, bool is_settled)
{
    size_t i;
    json_t *track;
    json_array_foreach(list, i, track)
    {
        json_t *shown = json_copy(track);
        json_object_set_new(shown, "settled", json_boolean(is_settled));
        json_array_append_new(to, shown);
    }
}

static void send_queue(struct engine *engine)
{
    json_t *planned = mix_planned_json(&engine->mix), *queue = json_array();
    json_t *scout = scout_json(&engine->scout), *aside = json_array();
    const char *uri;
    json_t *why;
    mark_settled(queue, planned, true);
    mark_settled(queue, json_object_get(scout, "ready"), true);
    mark_settled(queue, json_object_get(scout, "upcoming"), false);
    json_object_foreach(json_object_get(scout, "set_aside"), uri, why)
    {
        json_array_append_new(aside, json_pack("{s:s, s:O}", "uri", uri, "reason", why));
    }
    json_decref(planned);
    json_decref(scout);
    outbox_send_json(&engine->outbox, WIRE_QUEUE,
                     json_pack("{s:o, s:o}", "queue", queue, "set_aside", aside));
}

/* What is settled and begins behind a frame. New reference. */
static json_t *list_settled(struct engine *engine, const json_t *scout, uint64_t frame)
{
    json_t *planned = mix_planned_json(&engine->mix), *list = json_array(), *track;
    size_t i;
    json_array_foreach(planned, i, track)
    {
        if (json_integer_value(json_object_get(track, "at")) > (int64_t)frame * FV_BLOCK)
            json_array_append(list, track);
    }
    json_array_extend(list, json_object_get(scout, "ready"));
    json_decref(planned);
    return list;
}

void herald_save(struct engine *engine, uint64_t frame)
{
    char path[600], fresh[600];
    json_t *scout = scout_json(&engine->scout);
    json_t *show =
        json_pack("{s:O?, s:O, s:O, s:o}", "brain", json_object_get(scout, "brain"),
                  "plays", json_object_get(scout, "plays"), "crate",
                  config_get(&engine->settings.config, "crate"), "ready",
                  list_settled(engine, scout, frame));
    snprintf(path, sizeof path, "%s/show.json", engine->state_dir);
    snprintf(fresh, sizeof fresh, "%s/show.json.new", engine->state_dir);
    bool is_lost =
        json_dump_file(show, fresh, JSON_INDENT(1) | JSON_REAL_PRECISION(17)) != 0 ||
        rename(fresh, path) != 0;
    if (is_lost && !engine->is_show_lost) /* else each change would say it */
        log_warning("engine", "cannot write %s: %s: a restart would begin anew", path,
                    strerror(errno));
    engine->is_show_lost = is_lost;
    json_decref(show);
    json_decref(scout);
}

static void on_ready(void *ctx)
{
    struct engine *engine = ctx;
    mix_wake(&engine->mix);
}

static void on_change(void *ctx)
{
    struct engine *engine = ctx;
    herald_checkpoint(engine);
    send_queue(engine);
    herald_save(engine, mix_limit(&engine->mix));
}

static void on_plan(void *ctx)
{
    struct engine *engine = ctx;
    herald_checkpoint(engine);
    send_queue(engine);
    scout_note_planned(&engine->scout);
}

static void on_hopeless(void *ctx, const char *why)
{
    struct engine *engine = ctx;
    outbox_send(&engine->outbox, WIRE_FATAL, NULL, 0, why, strlen(why));
    atomic_store(&engine->scout.is_cancelled, true);
}

void herald_reply(struct engine *engine, uint64_t id, json_t *given)
{
    if (id)
        outbox_reply(&engine->outbox, id, given);
    else
        json_decref(given);
}

static void on_reply(void *ctx, uint64_t id, json_t *given)
{
    herald_reply(ctx, id, given);
}

static int on_frame(void *ctx, uint64_t epoch, uint64_t frame, size_t mount,
                    const uint8_t *bytes, size_t length)
{
    struct engine *engine = ctx;
    uint64_t numbers[3] = {epoch, frame, mount};
    return outbox_send(&engine->outbox, WIRE_FRAMES, numbers, 3, bytes, length);
}

static void on_segment(void *ctx, json_t *given)
{
    struct engine *engine = ctx;
    outbox_send_json(&engine->outbox, WIRE_SEGMENT, given);
}

static void on_track(void *ctx, const struct track *track)
{
    struct engine *engine = ctx;
    struct bytes text = {0};
    json_t *wave = track_wave_json(track);
    char *json = json_dumps(wave, JSON_COMPACT | JSON_REAL_PRECISION(6));
    bytes_printf(&text, "%s %s", track->id, json);
    outbox_send(&engine->outbox, WIRE_WAVE, NULL, 0, text.at, text.length);
    bytes_release(&text);
    free(json);
    json_decref(wave);
}

static void on_revoke(void *ctx, int64_t sample)
{
    struct engine *engine = ctx;
    uint64_t number = (uint64_t)sample;
    outbox_send(&engine->outbox, WIRE_REVOKE, &number, 1, NULL, 0);
}

static void on_ask_rewind(void *ctx)
{
    struct engine *engine = ctx;
    outbox_send(&engine->outbox, WIRE_ASK_REWIND, NULL, 0, NULL, 0);
}

/* A swap is over, well or not: tell whoever asked, the page, the next engine. */
void herald_swap(struct engine *engine, enum kind kind, const struct swap *swap,
                 int64_t frame)
{
    json_t *json = swap_json(swap, kind);
    if (swap->is_done && frame >= 0)
        json_object_set_new(json, "frame_made", json_integer(frame));
    json_t *event = json_copy(json);
    json_object_set_new(event, "event", json_string("swap"));
    herald_checkpoint(engine);
    herald_slots(engine);
    outbox_send_json(&engine->outbox, WIRE_EVENT, event);
    herald_reply(engine, swap->id, json);
}

static void on_swap(void *ctx, enum kind kind, const struct swap *swap, uint64_t frame)
{
    herald_swap(ctx, kind, swap, (int64_t)frame);
}

/* A new brain is heard from the first choice it makes, behind what is settled. */
static void on_brain_swap(void *ctx, const struct swap *swap)
{
    struct engine *engine = ctx;
    json_t *plan = mix_plan_json(&engine->mix);
    int64_t end = json_integer_value(json_object_get(plan, "end"));
    json_decref(plan);
    herald_swap(engine, KIND_BRAIN, swap, end / FV_BLOCK);
}

static void on_trying(void *ctx)
{
    herald_checkpoint(ctx);
}

void herald_listen(struct engine *engine)
{
    engine->scout = (struct scout){.brain = &engine->slots[KIND_BRAIN],
                                   .codec = &engine->slots[KIND_CODEC],
                                   .library = engine->library,
                                   .settings = &engine->settings,
                                   .ctx = engine,
                                   .on_ready = on_ready,
                                   .on_change = on_change,
                                   .on_hopeless = on_hopeless,
                                   .on_reply = on_reply,
                                   .on_swap = on_brain_swap};
    scout_init(&engine->scout);
    engine->mix = (struct mix){.mixer = &engine->slots[KIND_MIXER],
                               .codec = &engine->slots[KIND_CODEC],
                               .scout = &engine->scout,
                               .settings = &engine->settings,
                               .ctx = engine,
                               .on_frame = on_frame,
                               .on_segment = on_segment,
                               .on_track = on_track,
                               .on_revoke = on_revoke,
                               .on_plan = on_plan,
                               .on_ask_rewind = on_ask_rewind,
                               .on_reply = on_reply,
                               .on_swap = on_swap};
    const json_t *mounts = config_get(&engine->settings.config, "mounts");
    for (size_t i = 0; i < json_array_size(mounts) && i < ENCODERS_MAX; i++)
        engine->mix.kbps[engine->mix.mount_count++] = (uint32_t)json_number_value(
            json_object_get(json_array_get(mounts, i), "kbps"));
    mix_init(&engine->mix);
    for (int i = 0; i < KINDS; i++) {
        engine->slots[i].ctx = engine;
        engine->slots[i].on_trying = on_trying;
    }
}
