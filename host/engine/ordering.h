/* ordering.h - `forever order`: the tour, and why. Nothing is fetched: of what is not a
 * file, what its source says is all that is known.
 */
#ifndef ORDERING_H
#define ORDERING_H

#include "offline.h"

#include <stdbool.h>

struct ordering_options {
    struct offline_options offline;
    bool as_json;
    const char *matrix;     /* file to write the distances to; NULL = none */
    const char *explain[2]; /* two tracks; NULL = the whole tour */
};

/* returns the exit status */
int ordering_run(const struct ordering_options *options);

#endif
