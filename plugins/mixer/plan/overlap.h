/* overlap.h - two tracks beat on beat: what it would sound like, and what that costs.
 *
 * A step is a beat of the slower track; the other may play two in it (octave folding).
 */
#ifndef OVERLAP_H
#define OVERLAP_H

#include "side.h"

#define OVERLAP_STEPS 64       /* of the longest overlap */
#define OVERLAP_SWAP_STEPS 0.5 /* that the bass takes to change hands */

enum reason {
    REASON_HEARD,     /* how much of both songs is not heard */
    REASON_STRUCTURE, /* sections that do not ask for a transition; lines missed */
    REASON_LEVEL,     /* jumps and dips of loudness */
    REASON_TIMBRE,
    REASON_VOICE, /* two leads at once */
    REASON_BASS,  /* none at all, or one that comes and goes */
    REASON_CHROMA,
    REASON_TEMPO,
    REASON_LENGTH,
    REASONS
};

struct match {
    int out_beat, in_beat; /* where the overlap begins */
    int steps;             /* its length */
    int swap;              /* the step at which the bass changes hands */
    int out_per_step, in_per_step;
    double rate; /* frames of the incoming track per frame of the outgoing */
    double lean; /* speed of the outgoing track in it; 1 = as recorded */
    double cost, reasons[REASONS];
};

/* Both tracks, and how loud the bands of their beats are: linear, K-weighted, with the
 * track's gain. */
struct pair {
    const struct side *sides[2];
    int first[2], count[2]; /* beats */
    double (*powers[2])[3];
    double from; /* frame of the first before which nothing can be turned any more */
};

/* Measure the beats that overlaps at some places can reach. returns whether there was
 * memory; overlap_release frees it, in any case */
bool overlap_measure(struct pair *pair, int which, const int *places, int count);
void overlap_release(struct pair *pair);

/* Fill the match's cost and reasons; all else of it is given. */
void overlap_cost(const struct pair *pair, struct match *match);

/* Gains of both tracks in the three bands at a step, 0: outgoing, 1: incoming. */
void overlap_gains(const struct match *match, double step, double gains[2][3]);

const char *overlap_reason_name(enum reason reason);

#endif
