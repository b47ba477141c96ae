/* splice.h - where two stretches of one recording fit together: the heart of a time
 * stretch by waveform similarity (Verhelst, Roelands: WSOLA, ICASSP 1993).
 *
 * Both channels are compared, not their sum, in which what is wide cancels. Nothing is
 * remembered from call to call.
 */
#ifndef SPLICE_H
#define SPLICE_H

#define SPLICE_FADE 384                     /* frames of a join */
#define SPLICE_LIKE (SPLICE_FADE + 2 * 128) /* frames that are compared around it */
#define SPLICE_LAG 560                      /* furthest that a join may lie off */
#define SPLICE_SPAN (SPLICE_LIKE + 2 * SPLICE_LAG)

struct splice_fit {
    double lag;  /* frames that the new stretch begins later than asked for */
    float alike; /* correlation there, 0..1 */
};

/* The lag within +-`most` at which `fresh` continues `old` best.
 * old      SPLICE_LIKE stereo frames
 * fresh    SPLICE_SPAN of them; lag 0 begins at fresh[SPLICE_LAG]
 * soft     frames of lag that cost as much as a correlation of 0 */
struct splice_fit splice_find(const float *old, const float *fresh, int most,
                              double soft);

/* Weights of both sides of a join at share 0..1 of it: the power stays as it is for
 * stretches that are as alike as said. */
void splice_weights(float alike, float share, float *old, float *fresh);

#endif
