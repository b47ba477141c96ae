/* key.c - correlation with two plain profiles: the notes of the scale, the chord of the
 * tonic heaviest, the seventh of minor flat as in popular music.
 */
#include "key.h"

#include <math.h>

static const float profile[2][FV_CHROMA] = {
    {1.0f, 0.0f, 0.6f, 0.0f, 0.75f, 0.6f, 0.05f, 0.9f, 0.0f, 0.6f, 0.0f, 0.5f},
    {1.0f, 0.0f, 0.6f, 0.75f, 0.0f, 0.6f, 0.05f, 0.9f, 0.6f, 0.0f, 0.6f, 0.05f}};

static double correlation(const double *chroma, const float *shape, int tonic)
{
    double mean_c = 0, mean_s = 0, cs = 0, cc = 0, ss = 0;
    for (int i = 0; i < FV_CHROMA; i++) {
        mean_c += chroma[i] / FV_CHROMA;
        mean_s += (double)shape[i] / FV_CHROMA;
    }
    for (int i = 0; i < FV_CHROMA; i++) {
        double c = chroma[(i + tonic) % FV_CHROMA] - mean_c,
               s = (double)shape[i] - mean_s;
        cs += c * s;
        cc += c * c;
        ss += s * s;
    }
    return cc > 1e-12 ? cs / sqrt(cc * ss) : 0.0;
}

void key_find(struct key *out, const struct harmony *harmony)
{
    double chroma[FV_CHROMA] = {0}, best = 0.0, second = 0.0;
    out->tonic_mode = -1;
    for (size_t n = 0; n < harmony->frames; n++)
        for (int c = 0; c < FV_CHROMA; c++)
            chroma[c] += (double)harmony->chroma[n * FV_CHROMA + (size_t)c];
    for (int k = 0; k < 2 * FV_CHROMA; k++) {
        double here = correlation(chroma, profile[k / FV_CHROMA], k % FV_CHROMA);
        if (here > best) {
            second = best;
            best = here;
            out->tonic_mode = k;
        } else if (here > second) {
            second = here;
        }
    }
    /* by a logistic fit over composed songs */
    double lead = 12.0 * (best - second) + 3.0 * best - 2.7;
    out->confidence = out->tonic_mode < 0 ? 0.0f : (float)(1.0 / (1.0 + exp(-lead)));
}
