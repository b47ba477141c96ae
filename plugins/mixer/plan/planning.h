/* planning.h - a plan while it is made: what was asked, both tracks, and the segments
 * that go out one behind the other.
 */
#ifndef PLANNING_H
#define PLANNING_H

#include "params.h"
#include "side.h"
#include "trim.h"
#include "warp.h"

struct planning {
    const struct fv_host *host;
    const struct fv_plan *ask;
    const struct fv_plan_sink *sink;
    struct side from, to;
    double at_track; /* frame of `from` that is heard at `at`, and its rate there */
    double rate;
    int64_t at;       /* output frame where the next segment begins */
    int64_t fade;     /* frames of the fade at the very end ... */
    int64_t fade_end; /* ... and where it is over: the show, or the last track's sound */
    struct params params; /* of the segment that is being made */
    struct trim trim;     /* around the place where both meet, once that is known */
};

struct piece {
    const struct side *side;
    const struct warp_line *line;
};

/* A setting in seconds, in frames. */
int64_t planning_frames(const struct planning *p, const char *name, double otherwise);

/* Forget the params of the segment that is being made. */
void planning_clear(struct planning *p);

/* Append a segment, or what of it lies before the end of the show. returns 0 or -errno */
int planning_put(struct planning *p, enum fv_kind kind, const struct piece *pieces,
                 uint32_t count, const char *style, const char *why);

/* Both tracks meet after `play` frames, on these lines: what is put from now on is
 * trimmed to each other. */
void planning_meet(struct planning *p, int64_t play, const struct warp_line *out_line,
                   const struct warp_line *in_line);

/* Play the second track on from a cursor until it is trimmed no more. returns 0 or -errno
 */
int planning_settle(struct planning *p, struct fv_cursor *cursor);

/* Play on at a steady rate for some frames; what passes the end of the show fades out.
 * returns 0 or -errno */
int planning_put_play(struct planning *p, const struct side *side, double track,
                      double rate, int64_t length, const char *why);

#endif
