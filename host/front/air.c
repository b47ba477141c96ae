/* air.c - the numbers, as JSON for people and programs, and as Prometheus reads them. */
#include "air.h"

#include <string.h>
#include <unistd.h>

uint64_t air_edge(const struct air *air)
{
    return stream_edge(&air->stream, uv_hrtime());
}

void air_release(struct air *air)
{
    timeline_release(&air->timeline);
    stream_release(&air->stream);
    waves_release(&air->waves);
    config_release(&air->config);
    json_decref(air->queue);
    json_decref(air->plugins);
}

struct listener_view air_view(const struct air *air)
{
    return (struct listener_view){
        .stream = &air->stream,
        .timeline = &air->timeline,
        .edge = air_edge(air),
        .drops_slow =
            strcmp(config_text(&air->config, "http.slow_listener"), "drop") == 0,
    };
}

uint64_t air_made_edge(const struct air *air)
{
    uint64_t edge = air_edge(air);
    return stream_made_of(&air->stream, edge);
}

const char *air_fault(const struct air *air)
{
    if (!air->stream.pacer.is_running)
        return "starting: waiting for the first track";
    return air->is_dry ? "silence: the engine has no frames ready" : NULL;
}

json_t *air_segment(const struct air *air)
{
    const struct timeline_segment *segment =
        timeline_at(&air->timeline, air_made_edge(air));
    return segment ? timeline_segment_json(segment, &air->stream) : NULL;
}

json_t *air_title(const struct air *air)
{
    const char *title = timeline_title(&air->timeline, air_made_edge(air));
    return title ? json_pack("{s:s, s:I}", "title", title, "frame",
                             (json_int_t)air_edge(air))
                 : NULL;
}

json_t *air_listeners(const struct air *air)
{
    return json_pack("{s:I}", "listeners", (json_int_t)air->wheel.count);
}

json_t *air_now(const struct air *air)
{
    uint64_t edge = air_edge(air);
    const char *title = timeline_title(&air->timeline, air_made_edge(air));
    double burst_s = (double)air->stream.burst_frames * MP3_SAMPLES / MP3_RATE;
    return json_pack("{s:f, s:I, s:f, s:s?, s:o?}", "now",
                     (double)edge * MP3_SAMPLES / MP3_RATE, "frame", (json_int_t)edge,
                     "burst_s", burst_s, "title", title, "segment", air_segment(air));
}

json_t *air_timeline(const struct air *air)
{
    return timeline_json(&air->timeline, &air->stream, air->started);
}

json_t *air_queue(const struct air *air)
{
    json_t *queue = json_array(), *item;
    int64_t heard = (int64_t)air_made_edge(air) * MP3_SAMPLES;
    size_t i;
    json_array_foreach(json_object_get(air->queue, "queue"), i, item)
    {
        const json_t *at = json_object_get(item, "at");
        if (at && json_integer_value(at) <= heard)
            continue;
        json_t *shown = json_copy(item);
        json_object_del(shown, "at");
        if (at)
            json_object_set_new(
                shown, "start",
                json_real(timeline_seconds(&air->stream, json_integer_value(at))));
        json_array_append_new(queue, shown);
    }
    json_t *aside = json_object_get(air->queue, "set_aside");
    return json_pack("{s:o, s:o}", "queue", queue, "set_aside",
                     aside ? json_incref(aside) : json_array());
}

double air_buffered_s(const struct air *air)
{
    uint64_t edge = air_edge(air);
    uint64_t next = air->stream.mounts[0].log.next;
    return next > edge ? (double)(next - edge) * MP3_SAMPLES / MP3_RATE : 0;
}

/* What of the slots is for everybody. */
static json_t *plugins_shown(const struct air *air)
{
    json_t *shown = json_object(), *slot;
    const char *kind;
    json_object_foreach(air->plugins, kind, slot)
    {
        const json_t *build = json_object_get(slot, "current");
        json_object_set_new(shown, kind,
                            json_pack("{s:O?, s:O?, s:O?, s:O?, s:O?}", "name",
                                      json_object_get(build, "name"), "version",
                                      json_object_get(build, "version"), "generation",
                                      json_object_get(build, "generation"),
                                      "on_probation",
                                      json_object_get(slot, "on_probation"), "refused",
                                      json_object_get(slot, "refused")));
    }
    return shown;
}

json_t *air_status(const struct air *air)
{
    double up_s = (double)(uv_hrtime() - air->opened_ns) / 1e9;
    uint64_t edge = air_edge(air);
    const char *fault = air_fault(air);
    json_t *engine =
        json_pack("{s:i, s:b, s:I, s:I}", "pid", air->engine.pid, "ready",
                  air->engine.is_ready, "restarts", (json_int_t)air->engine.restarts,
                  "frames", (json_int_t)air->stream.made);
    return json_pack(
        "{s:s, s:s?, s:f, s:i, s:s, s:I, s:f, s:I, s:I, s:I, s:I, s:I, s:s?, s:o, s:o}",
        "state",
        air->is_draining ? "draining"
        : fault          ? "silent"
                         : "on air",
        "fault", fault, "uptime_s", up_s, "pid", (int)getpid(), "http", air->address,
        "frame", (json_int_t)edge, "buffered_s", air_buffered_s(air), "silent_frames",
        (json_int_t)air->stream.silent_total, "listeners", (json_int_t)air->wheel.count,
        "listeners_total", (json_int_t)air->wheel.total, "jumps",
        (json_int_t)wheel_jumps(&air->wheel), "rewinds", (json_int_t)air->stream.epoch,
        "title", timeline_title(&air->timeline, air_made_edge(air)), "engine", engine,
        "plugins", plugins_shown(air));
}

void air_metrics(const struct air *air, struct bytes *text)
{
    const struct {
        const char *name, *type, *help;
        double value;
    } metrics[] = {
        {"listeners", "gauge", "listeners connected", (double)air->wheel.count},
        {"listeners_total", "counter", "listeners that came", (double)air->wheel.total},
        {"jumps_total", "counter", "slow listeners moved forward",
         (double)wheel_jumps(&air->wheel)},
        {"frames_total", "counter", "MP3 frames sent", (double)air_edge(air)},
        {"silent_frames_total", "counter", "frames of silence sent for want of audio",
         (double)air->stream.silent_total},
        {"buffered_seconds", "gauge", "finished audio that is not sent yet",
         air_buffered_s(air)},
        {"engine_restarts_total", "counter", "engines that died",
         (double)air->engine.restarts},
        {"up", "gauge", "1 while audio flows", air_fault(air) ? 0 : 1},
    };
    for (size_t i = 0; i < sizeof metrics / sizeof metrics[0]; i++)
        bytes_printf(text,
                     "# HELP forever_%s %s\n# TYPE forever_%s %s\nforever_%s %.10g\n",
                     metrics[i].name, metrics[i].help, metrics[i].name, metrics[i].type,
                     metrics[i].name, metrics[i].value);
}
