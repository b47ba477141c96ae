/* truepeak.c - the 48-tap, 4-phase interpolator of BS.1770-4 and a bound that skips it.
 */
#include "truepeak.h"

#include <math.h>
#include <string.h>

#define RUN 16 /* new samples looked at together */
#define CHUNK 1024

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

static float highest_in(const float *x, int count)
{
    float most = 0.0f;
    for (int i = 0; i < count; i++)
        most = larger(most, fabsf(x[i]));
    return most;
}

static float oversampled(const float *x)
{
    float most = 0.0f;
    for (int p = 0; p < 2; p++) {
        float there = 0.0f, back = 0.0f;
        for (int k = 0; k < TRUEPEAK_TAPS; k++) {
            there += phase[p][k] * x[k];
            back += phase[p][k] * x[TRUEPEAK_TAPS - 1 - k];
        }
        most = larger(most, larger(fabsf(there), fabsf(back)));
    }
    return most;
}

static void feed_channel(struct truepeak *peak, float *past, const float *in, int frames)
{
    const int kept = TRUEPEAK_TAPS - 1;
    float line[TRUEPEAK_TAPS - 1 + CHUNK];
    memcpy(line, past, (size_t)kept * sizeof *line);
    for (int i = 0; i < frames; i++)
        line[kept + i] = in[2 * i];
    for (int at = 0; at < frames; at += RUN) {
        int run = frames - at < RUN ? frames - at : RUN;
        float most = highest_in(line + at, kept + run);
        if (most * GAIN_BOUND <= peak->highest)
            continue;
        for (int i = 0; i < run; i++)
            peak->highest = larger(peak->highest, oversampled(line + at + i));
        peak->highest = larger(peak->highest, most);
    }
    memcpy(past, line + frames, (size_t)kept * sizeof *past);
}

void truepeak_feed(struct truepeak *peak, const float *stereo, int frames)
{
    for (int at = 0; at < frames; at += CHUNK) {
        int run = frames - at < CHUNK ? frames - at : CHUNK;
        feed_channel(peak, peak->past[0], stereo + 2 * at, run);
        feed_channel(peak, peak->past[1], stereo + 2 * at + 1, run);
    }
}
