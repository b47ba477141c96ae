/* bend.h - beats whose tempo moves: a smooth curve through all that rises near them.
 *
 * No attack is picked: each rise pulls at its beat, the nearer the more, and a beat goes
 * to where they balance (D. Comaniciu, P. Meer, "Mean shift", IEEE Trans. PAMI 24, 2002).
 * Two attacks of one strength, of which an encoding makes one or the other the stronger,
 * so move it by little.
 */
#ifndef BEND_H
#define BEND_H

#include "attack.h"

/* Even out what coarse beats are moved by because they lie on frames.
 *
 * time     of `count` beats, 4 or more, seconds; replaced
 * returns  0 or -ENOMEM */
int bend_even(double *time, size_t count);

/* Lay beats on the curve. It goes through a break from what is played before and behind
 * it; at both ends, where next to nothing rises, they keep to where they are.
 *
 * time     of `count` beats, 4 or more, seconds; replaced
 * returns  0 or -ENOMEM */
int bend_beats(double *time, size_t count, const struct attacks *attacks);

/* How much rises near the beats around each, as a share of what does near all: about 1,
 * and near 0 where nothing tells where they are.
 *
 * share    of each beat, filled
 * returns  0 or -ENOMEM */
int bend_shares(double *share, double *time, size_t count, const struct attacks *attacks);

#endif
