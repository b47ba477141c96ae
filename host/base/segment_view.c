/* segment_view.c - adds where the segment begins, and the silences before it, to every
 * time in it. */
#include "segment_view.h"

#include <math.h>

/* To a nanosecond: a stretch of a single sample still shows its rate. */
static json_t *rounded(double seconds)
{
    return json_real(round(seconds * 1e9) / 1e9);
}

static uint64_t silent_before(const struct segment_view *view, double sample)
{
    uint64_t frame = (uint64_t)(sample / SEGMENT_FRAME);
    return view->silent_before ? view->silent_before(view->ctx, frame) : 0;
}

static json_t *shown_time(const struct segment_view *view, double sample)
{
    double silent = (double)silent_before(view, sample) * SEGMENT_FRAME;
    return rounded((sample + silent) / SEGMENT_RATE);
}

static double number_at(const json_t *point, size_t index)
{
    return json_number_value(json_array_get(point, index));
}

static json_t *shown_warp(const json_t *warp, const struct segment_view *view)
{
    json_t *shown = json_array();
    double last = (double)(view->end - view->start);
    for (size_t i = 0; i < json_array_size(warp); i++) {
        const json_t *point = json_array_get(warp, i);
        double mix = number_at(point, 0), track = number_at(point, 1);
        if (mix > last && i > 0) { /* the segment was cut short: end the line there */
            const json_t *before = json_array_get(warp, i - 1);
            double mix0 = number_at(before, 0), track0 = number_at(before, 1);
            if (mix0 >= last)
                break;
            track = track0 + (track - track0) * (last - mix0) / (mix - mix0);
            mix = last;
        }
        json_array_append_new(
            shown, json_pack("[o,o]", shown_time(view, (double)view->start + mix),
                             rounded(track / SEGMENT_RATE)));
    }
    return shown;
}

json_t *segment_view_json(const json_t *segment, const struct segment_view *view)
{
    uint64_t first = (uint64_t)view->start / SEGMENT_FRAME;
    uint64_t silent = silent_before(view, (double)view->start);
    json_t *tracks = json_array();
    size_t i;
    json_t *track;
    json_array_foreach(json_object_get(segment, "tracks"), i, track)
    {
        json_t *shown = json_copy(track);
        json_object_set_new(shown, "warp",
                            shown_warp(json_object_get(track, "warp"), view));
        json_array_append_new(tracks, shown);
    }
    return json_pack(
        "{s:O, s:o, s:o, s:I, s:O*, s:O*, s:o}", "kind", json_object_get(segment, "kind"),
        "start", shown_time(view, (double)view->start), "end",
        shown_time(view, (double)view->end), "first_frame", (json_int_t)(first + silent),
        "why", json_object_get(segment, "why"), "style",
        json_object_get(json_object_get(segment, "params"), "style"), "tracks", tracks);
}
