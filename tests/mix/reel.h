/* reel.h - a mix of any length in slices: some segments at a time, with their audio and
 * that of their tracks, and nothing else in memory.
 *
 * A slice ends where a track has played alone, so that each transition, and what is heard
 * before and behind it, is whole in one slice; each segment is in one.
 */
#ifndef REEL_H
#define REEL_H

#include "mix.h"

struct tape;

struct reel {
    struct mix whole; /* the timeline and the truth */
    struct tape *tape;
    char *path;
    int next;       /* segment that the next slice begins with */
    float *samples; /* of the timeline's frames from .. to */
    int64_t from, to;
    int64_t room;     /* frames that fit */
    struct mix slice; /* the last one */
};

/* Audio is moved so that it lies on the timeline (encoders and decoders delay it).
 * wav      the same mix before encoding, or NULL
 * returns  0 or -EINVAL with a message on stderr */
int reel_open(struct reel *reel, const char *audio, const char *timeline,
              const char *wav);
void reel_close(struct reel *reel);

/* The next slice.
 * slice    borrowed until the next call
 * fresh    its first frame that was in no slice before
 * returns  1; 0: that was all; -EINVAL with a message on stderr */
int reel_next(struct reel *reel, const struct mix **slice, int64_t *fresh);

#endif
