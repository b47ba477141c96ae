/* lesson.h - what the meter network is taught: the folds of a piece, and which are right.
 */
#ifndef LESSON_H
#define LESSON_H

#include "meter.h"
#include "song.h"

struct lesson {
    int folds;
    int is_whole; /* of the whole song; else of a part of it */
    struct fold fold[METER_READINGS];
    signed char beat[METER_READINGS]; /* right phase 0..3 of this fold, -1: none is */
    signed char one[METER_READINGS];  /* right phase 0..15, -1: none or not known */
};

/* Fold a song's pulses, or those `first` .. `first + count`, and mark what is right. */
void lesson_make(struct lesson *out, const struct song *song,
                 const struct meter_ears *ears, size_t first, size_t count);

#endif
