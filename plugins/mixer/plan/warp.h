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

/* Beats in which a track comes from the recorded speed to another, a little at each. */
int warp_lean_beats(double speed);

/* From a whole frame near the beat so many before `beat` to about that, where the track
 * has nearly that speed; ends on a whole mix frame. count 0 when it has it already. */
void warp_lean(const struct side *side, int beat, double speed, struct warp_line *line);

/* Both lines of an overlap that begins where the outgoing track is at `begin`, within a
 * frame of the match's first beat. `shift` frames are added to the incoming one.
 * returns whether both tempos are even enough for it */
bool warp_overlap(const struct side *out, const struct side *in,
                  const struct match *match, double begin, double shift,
                  struct warp_line *out_line, struct warp_line *in_line);

/* From a track frame and a rate back to the recorded speed, a little at each beat; ends
 * on whole frames of both. count 0 when the speed is the recorded one already, or when
 * the track would be over before. */
void warp_home(const struct side *side, double track, double rate,
               struct warp_line *line);

/* The straight line from a track frame at a rate. */
void warp_straight(double track, double rate, int64_t length, struct warp_line *line);

#endif
