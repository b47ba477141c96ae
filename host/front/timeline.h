/* timeline.h - the plan as listeners will hear it: from ten minutes ago to its end.
 *
 * Positions inside are PCM frames of the engine's output ("made"); what goes out is in
 * seconds of the stream as sent, silences included.
 */
#ifndef TIMELINE_H
#define TIMELINE_H

#include "stream.h"

#include <jansson.h>
#include <stdint.h>

#define TIMELINE_TITLE 512

struct timeline_segment {
    int64_t start, end; /* PCM frames as made */
    json_t *plan;       /* as the engine sent it */
    char titles[2][TIMELINE_TITLE];
    int title_count;
};

struct timeline {
    struct timeline_segment *segments; /* by start, without a gap */
    size_t count, room;
};

void timeline_release(struct timeline *timeline);

/* Add a segment of the engine's; one that is known by its start takes the place of the
 * old. `plan` is given. returns 0 or -EPROTO */
int timeline_add(struct timeline *timeline, json_t *plan);

/* Segments from `sample` on are no longer the plan; one that runs there ends there. */
void timeline_revoke(struct timeline *timeline, int64_t sample);

/* Forget what ended before `sample`. */
void timeline_trim(struct timeline *timeline, int64_t sample);

/* The segment heard in frame `made`; NULL = none. Kept until the next change. */
const struct timeline_segment *timeline_at(const struct timeline *timeline,
                                           uint64_t made);

/* "Artist - Title" heard in frame `made`: changes in the middle of a transition.
 * returns NULL when nothing is known. Kept until the next change. */
const char *timeline_title(const struct timeline *timeline, uint64_t made);

/* Seconds as sent of a PCM frame as made. */
double timeline_seconds(const struct stream *stream, int64_t sample);

/* A segment as in INTERFACES: seconds as sent, its first frame. New reference. */
json_t *timeline_segment_json(const struct timeline_segment *segment,
                              const struct stream *stream);

/* {"sample_rate", "started", "segments"}. New reference. */
json_t *timeline_json(const struct timeline *timeline, const struct stream *stream,
                      double started);

#endif
