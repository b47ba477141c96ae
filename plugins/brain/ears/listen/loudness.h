/* loudness.h - integrated loudness and loudness range (ITU-R BS.1770-4, EBU Tech 3342).
 *
 * The K-weighted energy of each tenth of a second is kept (4 bytes, 144 kB an hour); the
 * gates are laid when all is heard. docs/decisions/008 says why this is not libebur128.
 */
#ifndef LOUDNESS_H
#define LOUDNESS_H

#include "strip.h"

#define LOUDNESS_SILENT (-70.0) /* LUFS: the absolute gate, when nothing is above */

/* Of a left and a right sample at once. */
typedef double loudness_pair __attribute__((vector_size(16)));

struct loudness_stage { /* a biquad, direct form II transposed */
    double b0, b1, b2, a1, a2;
    loudness_pair past[2];
};

struct loudness {
    struct loudness_stage shelf, pass;
    double sum; /* of squares in the tenth of a second that runs */
    int filled; /* frames in it */
    struct strip_f tenth;
};

void loudness_init(struct loudness *loudness);
void loudness_release(struct loudness *loudness);

/* Take `frames` stereo frames at 44100 Hz, finite. returns 0 or -ENOMEM */
int loudness_feed(struct loudness *loudness, const float *stereo, int frames);

/* LUFS, LOUDNESS_SILENT for silence and for less than 400 ms. */
double loudness_integrated(const struct loudness *loudness);

/* LU, 0 for less than 3 s.
 * out      filled
 * returns  0 or -ENOMEM */
int loudness_range(const struct loudness *loudness, double *out);

#endif
