/* halver.c - a half-band filter: every second tap is zero, the others come in pairs. */
#include "halver.h"

#include <string.h>

/* sinc(k/2)/2 for odd k under a Kaiser window of beta 5.65, sum of all taps 1 */
static const float pair[6] = {0.311499f,  -0.087377f, 0.036493f,
                              -0.014347f, 0.004324f,  -0.000591f};

/* Outputs made together: a constant, so that compilers see how to do four at once. */
#define RUN 16

static void make_run(const float *even, const float *odd, float *out)
{
    float sum[RUN];
    for (int i = 0; i < RUN; i++)
        sum[i] = 0.5f * odd[i + 5];
    for (int k = 0; k < 6; k++)
        for (int i = 0; i < RUN; i++)
            sum[i] += pair[k] * (even[i + 5 - k] + even[i + 6 + k]);
    memcpy(out, sum, sizeof sum);
}

int halver_feed(struct halver *halver, const float *in, int count, float *out)
{
    float line[HALVER_TAPS - 1 + 8192];
    float even[RUN + HALVER_TAPS / 2 + 1], odd[RUN + HALVER_TAPS / 2], run[RUN];
    const int past = HALVER_TAPS - 1;
    int written = 0, outputs = (count - halver->odd + 1) / 2;
    memcpy(line, halver->past, sizeof halver->past);
    memcpy(line + past, in, (size_t)count * sizeof *in);
    while (written < outputs) {
        const float *x = line + halver->odd + 2 * written;
        int left = outputs - written, wanted = left < RUN ? left : RUN;
        int held = wanted + HALVER_TAPS / 2;
        for (int i = 0; i < held; i++) {
            even[i] = x[2 * i];
            odd[i] = x[2 * i + 1];
        }
        even[held] = x[2 * held];
        make_run(even, odd, run);
        memcpy(out + written, run, (size_t)wanted * sizeof *run);
        written += wanted;
    }
    halver->odd += 2 * outputs - count;
    memcpy(halver->past, line + count, sizeof halver->past);
    return written;
}
