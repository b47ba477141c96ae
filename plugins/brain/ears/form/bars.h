/* bars.h - where bars begin and how many beats they have. */
#ifndef BARS_H
#define BARS_H

#include "changes.h"
#include "meter.h"

struct bars {
    uint32_t beats_per_bar;  /* 4 or 3; 0 = no beats */
    struct strip_d downbeat; /* seconds */
    float bar_confidence;
};

/* beats    borrowed, ascending; `changes` are theirs
 * out      filled; bars_release frees it; of an error too
 * returns  0 or -ENOMEM
 */
int bars_init(struct bars *out, const struct strip_d *beats, double bpm,
              const struct meter_ears *ears, const struct changes *changes);
void bars_release(struct bars *bars);

#endif
