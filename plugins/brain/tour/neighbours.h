/* neighbours.h - of each place the few others that are nearest, nearest first.
 */
#ifndef NEIGHBOURS_H
#define NEIGHBOURS_H

#include "terrain.h"

#define NEIGHBOURS_WIDTH 300     /* places looked at in each line, to either side */
#define NEIGHBOURS_LOOKS 2000000 /* shared out to all places of a line, about */

struct neighbours {
    uint32_t count, each; /* places; neighbours of each */
    uint32_t *out;        /* count * each: cheapest to go to */
    uint32_t *in;         /* cheapest to come from; = out when there and back are alike */
};

/* Look at all pairs.
 * returns  0 or -ENOMEM; neighbours_release frees it, of an error too */
int neighbours_of_all(struct neighbours *out, const struct terrain *terrain,
                      uint32_t each);

/* For many places: look only at those that stand near in one of some lines, each a
 * permutation of the places in which alike stands by alike. */
int neighbours_in_lines(struct neighbours *out, const struct terrain *terrain,
                        uint32_t each, const uint32_t *const *lines, uint32_t line_count);
void neighbours_release(struct neighbours *neighbours);

#endif
