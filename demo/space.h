/* space.h - echo and reverb, over a whole bus in place. */
#ifndef DEMO_SPACE_H
#define DEMO_SPACE_H

#include <stdint.h>

/* Replace what was sent by its echoes, from side to side, each darker than the last; a
 * part of them goes to `reverb` as well. returns 0 or -ENOMEM */
int space_echo(float *bus, float *reverb, int64_t frames, int64_t delay);

/* Replace what was sent by its reverberation of `seconds` (to -60 dB).
 * returns 0 or -ENOMEM */
int space_reverb(float *bus, int64_t frames, float seconds);

#endif
