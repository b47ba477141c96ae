/* segment_view.h - a segment as the engine sends it, shown in the seconds of INTERFACES.
 */
#ifndef SEGMENT_VIEW_H
#define SEGMENT_VIEW_H

#include <jansson.h>
#include <stdint.h>

#define SEGMENT_RATE 44100
#define SEGMENT_FRAME 1152 /* PCM frames in an MP3 frame */

struct segment_view {
    int64_t start,
        end; /* PCM frames of the engine's output; `end` may cut the plan short */
    /* MP3 frames of silence that were sent before MP3 frame `made`; NULL = none ever */
    uint64_t (*silent_before)(void *ctx, uint64_t made);
    void *ctx;
};

/* {"kind","start","end","first_frame","tracks":[{..., "warp":[[mix_s, track_s]]}]}.
 * New reference. */
json_t *segment_view_json(const json_t *segment, const struct segment_view *view);

#endif
