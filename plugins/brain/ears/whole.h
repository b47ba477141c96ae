/* whole.h - one analysis of a track that was heard in parts. */
#ifndef WHOLE_H
#define WHOLE_H

#include <forever/track.h>

#include "strip.h"
#include "unsure.h"

#define WHOLE_KEYS 24

struct whole {
    double duration; /* of the parts so far */
    struct strip_d beat, downbeat, phrase;
    struct strip_beat {
        struct fv_beat *at;
        size_t count, room;
    } feature;
    struct strip_section {
        struct fv_section *at;
        size_t count, room;
    } section;
    struct strip_span unsure;
    struct strip_b wave;
    struct strip_cue {
        struct fv_cue *at;
        size_t count, room;
    } mix_in, mix_out;   /* of the first part, of the last part */
    struct whole_means { /* sums over the parts, each times its seconds */
        double tempo, beat, bar, phrase, energy, danceability;
        double key[WHOLE_KEYS]; /* confidences */
    } sum;
    struct fv_analysis last, leader; /* of the last part, of the one whose tempo is
                                        surest; their pointers are not followed */
    double strongest;                /* the leader's seconds times that confidence */
};

/* Put a part behind those before. A whole that is all zero is an empty one.
 *
 * part     borrowed; times from its beginning; loudness, peak and silence are those of
 *          the track so far
 * returns  0 or -ENOMEM
 */
int whole_add(struct whole *whole, const struct fv_analysis *part);

/* What was found in the track; borrowed from `whole`. */
struct fv_analysis whole_analysis(const struct whole *whole);

void whole_release(struct whole *whole);

#endif
