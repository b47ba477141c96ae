/* level.h - how loud: EBU R 128 loudness and range, true peak, silence at the ends. */
#ifndef LEVEL_H
#define LEVEL_H

#include <stdint.h>

#include "loudness.h"
#include "truepeak.h"

struct level {
    struct loudness loudness;
    struct truepeak peak;
    int64_t frames;               /* seen so far */
    int64_t first_loud, end_loud; /* span above -60 dBFS; -1, 0 when there is none */
};

struct level_found {
    double lufs, range_lu, true_peak_dbtp, silence_head, silence_tail;
};

void level_init(struct level *level);
void level_release(struct level *level);

/* Take `frames` stereo frames at 44100 Hz, finite. returns 0 or -ENOMEM */
int level_feed(struct level *level, const float *stereo, int frames);

/* returns 0 or -ENOMEM */
int level_find(const struct level *level, struct level_found *out);

#endif
