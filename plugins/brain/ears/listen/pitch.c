/* pitch.c - peaks of a long spectrum, folded into one octave. */
#include "pitch.h"

#include <math.h>
#include <string.h>

#define BINS SPECTRUM_BINS(PITCH_WINDOW)
#define FIRST_BIN 24     /* 65 Hz */
#define LAST_BIN 743     /* 2 kHz */
#define TUNING_BIN 60    /* below 160 Hz a bin is too wide to tell the tuning */
#define PEAK_FLOOR 0.03f /* 30 dB below the loudest peak */

int pitch_init(struct pitch *pitch)
{
    memset(pitch, 0, sizeof *pitch);
    pitch->before[0] = calloc(PITCH_HELD * BINS, sizeof(float));
    if (!pitch->before[0])
        return -ENOMEM;
    pitch->spectra = pitch->before[0];
    for (int h = 1; h < PITCH_HELD; h++)
        pitch->before[h] = pitch->before[0] + h * BINS;
    return spectrum_init(&pitch->spectrum, PITCH_WINDOW);
}

void pitch_release(struct pitch *pitch)
{
    spectrum_release(&pitch->spectrum);
    free(pitch->spectra);
    free(pitch->map.at);
}

/* Semitones above C0 of a peak around `bin`, by a parabola through its neighbours. */
static double peak_semitone(const float *mag, int bin)
{
    double a = mag[bin - 1], b = mag[bin], c = mag[bin + 1];
    double bend = a - 2.0 * b + c;
    double at = bin + (bend < 0.0 ? 0.5 * (a - c) / bend : 0.0);
    return 12.0 * log2(at * PITCH_RATE / PITCH_WINDOW / 440.0) + 57.0;
}

/* Of a peak, for the tuning: what has lasted. Drums are over sooner. */
static double held_weight(const struct pitch *pitch, int bin)
{
    float least = pitch->before[0][bin];
    for (int h = 1; h < PITCH_HELD; h++)
        least = fminf(least, pitch->before[h][bin]);
    return sqrt((double)least);
}

/* Add the peaks of one spectrum to `sum` and to the tuning histogram. */
static void add_peaks(struct pitch *pitch, const float *mag, float *sum)
{
    float loudest = 0.0f;
    for (int k = FIRST_BIN; k <= LAST_BIN; k++)
        loudest = fmaxf(loudest, mag[k]);
    for (int k = FIRST_BIN; k <= LAST_BIN; k++) {
        if (mag[k] < PEAK_FLOOR * loudest || mag[k] < mag[k - 1] || mag[k] <= mag[k + 1])
            continue;
        double semitone = peak_semitone(mag, k);
        sum[((int)lrint(semitone * 3.0) + 1) % PITCH_CLASSES] += sqrtf(mag[k]);
        if (k >= TUNING_BIN)
            pitch->cents[(int)(100.0 * semitone) % PITCH_CENTS] += held_weight(pitch, k);
    }
}

static int add_frame(void *ctx, const float *samples)
{
    struct pitch *pitch = ctx;
    float power[BINS], sum[PITCH_CLASSES] = {0};
    float *mag = pitch->before[PITCH_HELD - 1];
    if (STRIP_RESERVE(&pitch->map, PITCH_CLASSES))
        return -ENOMEM;
    spectrum_find(&pitch->spectrum, samples, power);
    memmove(pitch->before + 1, pitch->before, (PITCH_HELD - 1) * sizeof mag);
    pitch->before[0] = mag;
    for (int k = FIRST_BIN - 1; k <= LAST_BIN + 1; k++)
        mag[k] = sqrtf(power[k]) + 1e-9f;
    add_peaks(pitch, mag, sum);
    float most = 1e-3f; /* frames below about -60 dB stay dark */
    for (int c = 0; c < PITCH_CLASSES; c++)
        most = fmaxf(most, sum[c]);
    for (int c = 0; c < PITCH_CLASSES; c++)
        pitch->map.at[pitch->map.count++] = (uint8_t)(sum[c] / most * 255.0f + 0.5f);
    return 0;
}

int pitch_feed(struct pitch *pitch, const float *in, int count)
{
    return slide_feed(&pitch->slide, PITCH_WINDOW, PITCH_HOP, in, count, add_frame,
                      pitch);
}

double pitch_tuning(const struct pitch *pitch)
{
    double re = 0.0, im = 0.0;
    for (int c = 0; c < PITCH_CENTS; c++) {
        double turn = 2.0 * M_PI * (c + 0.5) / PITCH_CENTS;
        re += pitch->cents[c] * cos(turn);
        im += pitch->cents[c] * sin(turn);
    }
    return re == 0.0 && im == 0.0 ? 0.0 : atan2(im, re) / (2.0 * M_PI) * PITCH_CENTS;
}
