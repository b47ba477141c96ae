/* isolator.h - a DJ's three-band equaliser that is a pure function of the samples around
 * each sample, and passes them bit for bit where all bands are at 1.
 *
 * Bands: low below 200 Hz, high above 3.5 kHz, mid between. Linear phase: low is taken
 * at an eighth of the rate, which lies on positions divisible by 8, and what the two
 * filters leave is mid.
 */
#ifndef ISOLATOR_H
#define ISOLATOR_H

#include <stdbool.h>
#include <stdint.h>

#define ISOLATOR_STEP 8
#define ISOLATOR_LOW_TAPS 127 /* at an eighth of the rate */
#define ISOLATOR_DOWN_TAPS 31
#define ISOLATOR_DOWN_ROOM 32 /* with zeros behind, a multiple of 4 */
#define ISOLATOR_HIGH_TAPS 31
#define ISOLATOR_REACH 544   /* frames looked at on either side */
#define ISOLATOR_FRAMES 1152 /* most frames in a call */

struct isolator {
    float low[ISOLATOR_LOW_TAPS];
    float down[2 * ISOLATOR_DOWN_ROOM]; /* for two channels each */
    float high[ISOLATOR_HIGH_TAPS];
};

void isolator_init(struct isolator *isolator);

/* What of the sound lies in the low and in the high band.
 * around   stereo frames; ISOLATOR_REACH before and behind those asked for
 * pos      of the first frame asked for, which is around[ISOLATOR_REACH * 2]
 * low      borrowed; frames * 2 floats */
void isolator_low(const struct isolator *isolator, const float *around, int64_t pos,
                  int frames, float *low);
void isolator_high(const struct isolator *isolator, const float *around, int frames,
                   float *high);

#endif
