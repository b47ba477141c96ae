/* cut.h - where one track can take the other's place from one beat to the next.
 */
#ifndef CUT_H
#define CUT_H

#include "side.h"

struct cut {
    int out_beat, in_beat; /* downbeats that take each other's place */
    double cost;
    bool is_drop; /* what comes is quieter: let the old one echo */
};

/* The pair of downbeats between which a cut changes least and leaves out least. `from`:
 * track frame of `out` before which it cannot be. returns whether there is one */
bool cut_find(const struct side *out, const struct side *in, double from, bool is_soon,
              struct cut *cut);

#endif
