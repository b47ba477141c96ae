/* match.h - which beats of two tracks lie on each other, and what that costs: the search
 * behind every beatmatched transition.
 *
 * A step is a beat of the slower track; the other may play two in it (octave folding).
 */
#ifndef MATCH_H
#define MATCH_H

#include "side.h"

#define MATCH_STEPS 64       /* of the longest overlap */
#define MATCH_SWAP_STEPS 0.5 /* that the bass takes to change hands */

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
    double cost, reasons[REASONS];
};

struct match_wish {
    double from;     /* track frame of the outgoing before which nothing may begin */
    bool is_soon;    /* a skip: the next bar is good enough */
    int longest;     /* steps */
    bool is_by_bars; /* begin on any bar (capsule), not on phrases only */
};

/* Fold the tempos. returns whether they meet within the limit */
bool match_fold(const struct side *out, const struct side *in, struct match *match);

/* The cheapest and the runner-up (of another place or length; cost HUGE_VAL: none).
 * returns whether there is any */
bool match_search(const struct side *out, const struct side *in,
                  const struct match_wish *wish, struct match *best,
                  struct match *second);

/* Gains of both tracks in the three bands at a step, 0: outgoing, 1: incoming. */
void match_gains(const struct match *match, double step, double gains[2][3]);

const char *match_reason_name(enum reason reason);

#endif
