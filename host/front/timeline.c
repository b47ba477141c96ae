/* timeline.c - keeps the engine's JSON and only moves its times when it is shown. */
#include "timeline.h"

#include "bytes.h"
#include "utf8.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void segment_release(struct timeline_segment *segment)
{
    json_decref(segment->plan);
    segment->plan = NULL;
}

void timeline_release(struct timeline *timeline)
{
    for (size_t i = 0; i < timeline->count; i++)
        segment_release(&timeline->segments[i]);
    free(timeline->segments);
    *timeline = (struct timeline){0};
}

static void name_track(const json_t *track, char *out)
{
    const char *title = json_string_value(json_object_get(track, "title"));
    const char *artist = json_string_value(json_object_get(track, "artist"));
    char text[TIMELINE_TITLE];
    snprintf(text, sizeof text, "%s%s%s", artist ? artist : "",
             artist && *artist ? " - " : "", title ? title : "");
    utf8_clean(text, out, TIMELINE_TITLE);
}

int timeline_add(struct timeline *timeline, json_t *plan)
{
    const json_t *start = json_object_get(plan, "at");
    const json_t *length = json_object_get(plan, "length");
    const json_t *tracks = json_object_get(plan, "tracks");
    if (!json_is_integer(start) || json_integer_value(length) <= 0 ||
        json_array_size(tracks) < 1) {
        json_decref(plan);
        return -EPROTO;
    }
    struct timeline_segment segment = {
        .start = json_integer_value(start),
        .end = json_integer_value(start) + json_integer_value(length),
        .plan = plan,
        .title_count = json_array_size(tracks) > 1 ? 2 : 1,
    };
    for (int i = 0; i < segment.title_count; i++)
        name_track(json_array_get(tracks, (size_t)i), segment.titles[i]);
    timeline_revoke(timeline, segment.start);
    if (timeline->count == timeline->room) {
        timeline->room = timeline->room ? timeline->room * 2 : 32;
        timeline->segments = must_realloc(timeline->segments,
                                          timeline->room * sizeof *timeline->segments);
    }
    timeline->segments[timeline->count++] = segment;
    return 0;
}

void timeline_revoke(struct timeline *timeline, int64_t sample)
{
    while (timeline->count > 0) {
        struct timeline_segment *last = &timeline->segments[timeline->count - 1];
        if (last->start < sample) {
            last->end = last->end < sample ? last->end : sample;
            return;
        }
        segment_release(last);
        timeline->count--;
    }
}

void timeline_trim(struct timeline *timeline, int64_t sample)
{
    size_t gone = 0;
    while (gone < timeline->count && timeline->segments[gone].end < sample)
        segment_release(&timeline->segments[gone++]);
    if (gone == 0)
        return;
    timeline->count -= gone;
    memmove(timeline->segments, timeline->segments + gone,
            timeline->count * sizeof *timeline->segments);
}

const struct timeline_segment *timeline_at(const struct timeline *timeline, uint64_t made)
{
    int64_t sample = (int64_t)made * MP3_SAMPLES;
    size_t low = 0, high = timeline->count; /* first segment that ends behind `sample` */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (timeline->segments[middle].end > sample)
            high = middle;
        else
            low = middle + 1;
    }
    return low < timeline->count && timeline->segments[low].start < sample + MP3_SAMPLES
               ? &timeline->segments[low]
               : NULL;
}

const char *timeline_title(const struct timeline *timeline, uint64_t made)
{
    const struct timeline_segment *segment = timeline_at(timeline, made);
    if (!segment)
        return NULL;
    int64_t sample = (int64_t)made * MP3_SAMPLES;
    bool is_second = segment->title_count == 2 &&
                     sample >= segment->start + (segment->end - segment->start) / 2;
    return segment->titles[is_second];
}

/* Seconds as sent of a PCM frame as made. */
static double seconds_of(const struct stream *stream, double sample)
{
    uint64_t frame = (uint64_t)(sample / MP3_SAMPLES);
    uint64_t silent = stream_sent_of(stream, frame) - frame;
    double seconds = (sample + (double)silent * MP3_SAMPLES) / MP3_RATE;
    return round(seconds * 1e6) / 1e6;
}

static json_t *track_json(const json_t *from, const struct timeline_segment *segment,
                          const struct stream *stream)
{
    json_t *track = json_copy((json_t *)from);
    const json_t *warp = json_object_get(from, "warp");
    double first = (double)segment->start, last = (double)segment->end;
    json_t *shown = json_array();
    for (size_t i = 0; i < json_array_size(warp); i++) {
        const json_t *point = json_array_get(warp, i);
        double mix = first + json_number_value(json_array_get(point, 0));
        double at = json_number_value(json_array_get(point, 1));
        if (mix > last && i > 0) { /* the segment was cut short: end the line there */
            const json_t *before = json_array_get(warp, i - 1);
            double mix0 = first + json_number_value(json_array_get(before, 0));
            double at0 = json_number_value(json_array_get(before, 1));
            if (mix0 >= last)
                break;
            at = at0 + (at - at0) * (last - mix0) / (mix - mix0);
            mix = last;
        }
        json_array_append_new(shown, json_pack("[f,f]", seconds_of(stream, mix),
                                               round(at / MP3_RATE * 1e6) / 1e6));
    }
    json_object_set_new(track, "warp", shown);
    return track;
}

json_t *timeline_segment_json(const struct timeline_segment *segment,
                              const struct stream *stream)
{
    uint64_t first_made = (uint64_t)segment->start / MP3_SAMPLES;
    json_t *shown = json_pack(
        "{s:O, s:f, s:f, s:I, s:O*}", "kind", json_object_get(segment->plan, "kind"),
        "start", seconds_of(stream, (double)segment->start), "end",
        seconds_of(stream, (double)segment->end), "first_frame",
        (json_int_t)stream_sent_of(stream, first_made), "why",
        json_object_get(segment->plan, "why"));
    json_t *tracks = json_array();
    const json_t *from = json_object_get(segment->plan, "tracks");
    for (size_t i = 0; i < json_array_size(from); i++)
        json_array_append_new(tracks, track_json(json_array_get(from, i), segment, stream));
    json_object_set_new(shown, "tracks", tracks);
    return shown;
}

json_t *timeline_json(const struct timeline *timeline, const struct stream *stream,
                      double started)
{
    json_t *segments = json_array();
    for (size_t i = 0; i < timeline->count; i++)
        json_array_append_new(segments,
                              timeline_segment_json(&timeline->segments[i], stream));
    return json_pack("{s:i, s:f, s:o}", "sample_rate", MP3_RATE, "started", started,
                     "segments", segments);
}
