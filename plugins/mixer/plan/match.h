/* match.h - which beats of two tracks lie on each other: the search behind every
 * beatmatched transition.
 */
#ifndef MATCH_H
#define MATCH_H

#include "overlap.h"

struct match_wish {
    double from;  /* track frame of the outgoing before which nothing may begin */
    bool is_soon; /* a skip: the next bar is good enough */
    int longest;  /* steps */
};

/* Fold the tempos. returns whether they meet within the limit */
bool match_fold(const struct side *out, const struct side *in, struct match *match);

/* The cheapest and the runner-up (of another place or length; cost HUGE_VAL: none).
 * returns whether there is any */
bool match_search(const struct side *out, const struct side *in,
                  const struct match_wish *wish, struct match *best,
                  struct match *second);

#endif
