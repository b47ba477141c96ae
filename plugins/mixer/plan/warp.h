/* warp.h - the time lines of a beatmatched transition: beats on beats, then home.
 */
#ifndef WARP_H
#define WARP_H

#include "match.h"

#define WARP_POINTS 512 /* of the longest line */
#define WARP_HOME 1e-6  /* a rate so near to 1 is the recorded speed */

struct warp_line {
    struct fv_warp points[WARP_POINTS];
    uint32_t count;
    int64_t length; /* segment frames */
};

/* Both lines of an overlap that begins where the outgoing track is at `begin`, which is
 * a whole frame at the recorded speed. `shift` frames are added to the incoming one.
 * returns whether both tempos are even enough for it */
bool warp_overlap(const struct side *out, const struct side *in,
                  const struct match *match, double shift, struct warp_line *out_line,
                  struct warp_line *in_line);

/* From a track frame and a rate back to the recorded speed, a little at each beat; ends
 * on whole frames of both. count 0 when the speed is the recorded one already, or when
 * the track would be over before. */
void warp_home(const struct side *side, double track, double rate,
               struct warp_line *line);

/* The straight line from a track frame at a rate. */
void warp_straight(double track, double rate, int64_t length, struct warp_line *line);

#endif
