/* attack.h - where an attack begins to rise.
 *
 * The convention for the whole program: the time at which the envelope has risen by a
 * tenth (in amplitude) from the level before to the height of the attack. It is the same
 * on every track and close to the instant at which a sequencer starts the sound.
 */
#ifndef ATTACK_H
#define ATTACK_H

#include "bands.h"
#include "decibel.h"

struct attacks {
    const struct strip_w *envelope;
    double origin; /* seconds of envelope point 0 */
    /* fine code to amplitude; a band's loud parts are about 1 */
    float loud[BANDS][DECIBEL_FINE_CODES];
};

struct attack {
    double time;
    float height; /* of the rise, loud attacks are about 1; 0 = none found */
};

/* bands    kept while attacks is in use
 * origin   seconds of its first envelope point */
void attacks_init(struct attacks *attacks, const struct bands *bands, double origin);

/* The same, listening to one band alone. */
struct attacks attacks_of_band(const struct attacks *attacks, int band);

/* Points of the envelope; the number of the point at a time, between two maybe; and the
 * middle of the step that leads to one. */
size_t attacks_points(const struct attacks *attacks);
double attacks_point(const struct attacks *attacks, double time);
double attacks_time(const struct attacks *attacks, double point);

/* By how much each point is above all of the 29 ms before it, or 0: summed over the
 * bands, for one may rise while another dies away. A band that is loud already rises by
 * little more. */
void attacks_rises(const struct attacks *attacks, float *out);

/* The strongest attack within `reach` seconds of `near`. */
struct attack attack_find(const struct attacks *attacks, double near, double reach);

/* The strongest there and the next, 12 ms and more apart, up to `most`. returns how many
 */
int attack_find_some(const struct attacks *attacks, double near, double reach,
                     struct attack *out, int most);

#endif
