/* deep.h - how loud each note of a bass is: A0 to A2, three classes to the semitone, as
 * often as pitch.h's frames and with the same middles.
 *
 * Notes lie so near to each other there that a window has to be twice as long. */
#ifndef DEEP_H
#define DEEP_H

#include "pitch.h"
#include "slide.h"

#define DEEP_WINDOW (2 * PITCH_WINDOW)
#define DEEP_SEMITONES 24
#define DEEP_CLASSES (3 * DEEP_SEMITONES) /* [1] is A0, [4] A#0 */
#define DEEP_ROOT 9                       /* the pitch class of A */

struct deep {
    struct spectrum spectrum;
    struct slide slide;
    struct strip_b map; /* DEEP_CLASSES decibel codes a frame */
};

int deep_init(struct deep *deep);
void deep_release(struct deep *deep);

/* Take `count` samples at PITCH_RATE. returns 0 or -ENOMEM */
int deep_feed(struct deep *deep, const float *in, int count);

#endif
