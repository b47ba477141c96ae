/* halver.c - a half-band filter: every second tap is zero, the others come in pairs. */
#include "halver.h"

#include <string.h>

/* sinc(k/2)/2 for odd k under a Kaiser window of beta 5.65, sum of all taps 1 */
static const float pair[6] = {0.311499f,  -0.087377f, 0.036493f,
                              -0.014347f, 0.004324f,  -0.000591f};

static float centre_of(const float *x)
{
    float sum = 0.5f * x[11];
    for (int k = 0; k < 6; k++)
        sum += pair[k] * (x[10 - 2 * k] + x[12 + 2 * k]);
    return sum;
}

int halver_feed(struct halver *halver, const float *in, int count, float *out)
{
    float line[HALVER_TAPS - 1 + 8192];
    const int past = HALVER_TAPS - 1;
    int written = 0;
    memcpy(line, halver->past, sizeof halver->past);
    memcpy(line + past, in, (size_t)count * sizeof *in);
    int at = halver->odd;
    for (; at < count; at += 2)
        out[written++] = centre_of(line + at);
    halver->odd = at - count;
    memcpy(halver->past, line + count, sizeof halver->past);
    return written;
}
