/* timeline.c - keeps the engine's JSON and only moves its times when it is shown. */
#include "timeline.h"

#include "bytes.h"
#include "segment_view.h"
#include "utf8.h"

#include <errno.h>
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
        timeline->segments =
            must_realloc(timeline->segments, timeline->room * sizeof *timeline->segments);
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

static uint64_t silent_before(void *ctx, uint64_t made)
{
    return stream_sent_of(ctx, made) - made;
}

double timeline_seconds(const struct stream *stream, int64_t sample)
{
    uint64_t made = (uint64_t)sample / MP3_SAMPLES;
    uint64_t silent = stream_sent_of(stream, made) - made;
    return ((double)sample + (double)silent * MP3_SAMPLES) / MP3_RATE;
}

json_t *timeline_segment_json(const struct timeline_segment *segment,
                              const struct stream *stream)
{
    struct segment_view view = {.start = segment->start,
                                .end = segment->end,
                                .silent_before = silent_before,
                                .ctx = (void *)stream};
    return segment_view_json(segment->plan, &view);
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
