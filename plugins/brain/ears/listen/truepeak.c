/* truepeak.c - the 48-tap, 4-phase interpolator of BS.1770-4 and a bound that skips it.
 */
#include "truepeak.h"

#include <math.h>
#include <string.h>

#define RUN TRUEPEAK_RUN
#define TAIL (TRUEPEAK_TAPS - 1)

/* Phases 0 and 1; 3 and 2 are these backwards. */
static const float phase[2][TRUEPEAK_TAPS] = {
    {0.0017089843750f, 0.0109863281250f, -0.0196533203125f, 0.0332031250000f,
     -0.0594482421875f, 0.1373291015625f, 0.9721679687500f, -0.1022949218750f,
     0.0476074218750f, -0.0266113281250f, 0.0148925781250f, -0.0083007812500f},
    {-0.0291748046875f, 0.0292968750000f, -0.0517578125000f, 0.0891113281250f,
     -0.1665039062500f, 0.4650878906250f, 0.7797851562500f, -0.2003173828125f,
     0.1015625000000f, -0.0582275390625f, 0.0330810546875f, -0.0189208984375f}};

/* No phase can raise its loudest input by more than the sum of its taps' sizes. */
#define GAIN_BOUND 2.03f

static float larger(float a, float b)
{
    return a > b ? a : b;
}

/* Of RUN samples; in lanes, so that compilers see how to compare four at once. */
static inline float highest_in_run(const float *x)
{
    float lane[4] = {0}, most = 0.0f;
    for (int i = 0; i < RUN; i += 4)
        for (int k = 0; k < 4; k++)
            lane[k] = larger(fabsf(x[i + k]), lane[k]);
    for (int k = 0; k < 4; k++)
        most = larger(most, lane[k]);
    return most;
}

/* The highest point in RUN windows of TRUEPEAK_TAPS samples each. */
static float oversampled_run(const float *x)
{
    float most = 0.0f;
    for (int p = 0; p < 2; p++) {
        float there[RUN] = {0}, back[RUN] = {0};
        for (int k = 0; k < TRUEPEAK_TAPS; k++)
            for (int i = 0; i < RUN; i++) {
                there[i] += phase[p][k] * x[i + k];
                back[i] += phase[p][TRUEPEAK_TAPS - 1 - k] * x[i + k];
            }
        most = larger(most, larger(highest_in_run(there), highest_in_run(back)));
    }
    return most;
}

/* Samples wait until there is a whole run of them. */
static void feed_channel(struct truepeak *peak, float *line, int filled, const float *in,
                         int frames)
{
    for (int i = 0; i < frames; i++)
        line[TAIL + filled + i] = in[2 * i];
    int at = 0;
    float before = highest_in_run(line); /* holds the tail of the first run */
    for (; at + RUN <= filled + frames; at += RUN) {
        float here = highest_in_run(line + at + TAIL), most = larger(before, here);
        if (most * GAIN_BOUND > peak->highest)
            peak->highest =
                larger(peak->highest, larger(most, oversampled_run(line + at)));
        before = here;
    }
    memmove(line, line + at, (size_t)(TAIL + filled + frames - at) * sizeof *line);
}

void truepeak_feed(struct truepeak *peak, const float *stereo, int frames)
{
    for (int at = 0; at < frames; at += TRUEPEAK_CHUNK) {
        int run = frames - at < TRUEPEAK_CHUNK ? frames - at : TRUEPEAK_CHUNK;
        feed_channel(peak, peak->line[0], peak->filled, stereo + 2 * at, run);
        feed_channel(peak, peak->line[1], peak->filled, stereo + 2 * at + 1, run);
        peak->filled = (peak->filled + run) % RUN;
    }
}

double truepeak_of(const struct truepeak *peak)
{
    float most = peak->highest;
    for (int side = 0; side < 2; side++) {
        float last[TAIL + RUN] = {0};
        memcpy(last, peak->line[side], (size_t)(TAIL + peak->filled) * sizeof *last);
        most = larger(most, larger(highest_in_run(last + TAIL), oversampled_run(last)));
    }
    return (double)most;
}
