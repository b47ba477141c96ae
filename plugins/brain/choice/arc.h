/* arc.h - an order that follows a line of energy over the hours.
 */
#ifndef ARC_H
#define ARC_H

#include "path.h"

/* The energy that is wanted at a show time: between the hours' values on a straight line.
 */
double arc_at(const double *arc, size_t count, double show_s);

/* Share the tracks out to slots of half an hour so that the calmest go where the least
 * energy is wanted, and find the shortest way through each slot.
 * returns  as path_solve */
int arc_order(const double *arc, size_t count, const struct distance *distance,
              const struct traits *from, double begins_s, struct pool_track **tracks,
              size_t track_count, const struct path_options *options);

#endif
