/* spacing.h - moves tracks of an order until none comes too soon after itself or its
 * artist, each to where it makes the way longest by least.
 */
#ifndef SPACING_H
#define SPACING_H

#include "path.h"
#include "rules.h"

/* tracks   the order, changed in place
 * past     what was begun before it
 * from     traits of what was played last; NULL = nothing
 * options  the work that there is for it, and whether it is still wanted
 * returns  how many still come too soon: the pool does not give more, or the work was
 *          done; or -ENOMEM */
int spacing_mend(const struct rules *rules, const struct past *past,
                 const struct distance *distance, const struct traits *from,
                 struct pool_track **tracks, size_t count,
                 const struct path_options *options);

/* Where a track fits best among the first `within` of an order, without coming too soon
 * if that can be. returns the place it would have */
size_t spacing_place(const struct rules *rules, const struct past *past,
                     const struct distance *distance, const struct traits *from,
                     struct pool_track *const *tracks, size_t count, size_t within,
                     const struct pool_track *track);

#endif
