/* series.h - the songs that teach: seeds far from those of the bench.
 *
 * Each series has every style in turn; in the last, styles are blended.
 */
#ifndef SERIES_H
#define SERIES_H

#include <stdint.h>

#define SERIES 3
#define SERIES_SONGS 660 /* of each */
#define SERIES_LENGTH_S 60.0

/* Call `hear` once for each place from 0 to `count` - 1, on all cores, in no certain
 * order. */
void series_each(int count, void (*hear)(void *ctx, int place), void *ctx);

/* Hear all songs, on all cores, in no certain order.
 *
 * songs    of each series
 * hear     called by several threads at once, once for each `place` from 0 on, of
 *          SERIES * songs; `style` and `seed` are song_make()'s
 */
void series_hear(int songs, void (*hear)(void *ctx, int place, int style, uint64_t seed),
                 void *ctx);

#endif
