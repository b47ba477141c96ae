/* bands.c - one-pole splits: short responses matter more here than steep slopes. Two
 * poles for the air, which has to be free of distorted guitars. */
#include "bands.h"

#include <math.h>
#include <string.h>

#include "decibel.h"

/* 1 - exp(-2 pi f / 22050) for 200 Hz and 2500 Hz */
#define LOW_SHARE 0.05540f
#define MID_SHARE 0.50950f
/* Butterworth's high pass of 7 kHz: its gain, and its poles */
#define AIR_GAIN 0.17899f
#define AIR_1 0.50019f
#define AIR_2 0.21615f

void bands_release(struct bands *bands)
{
    free(bands->envelope.at);
    free(bands->wave.at);
}

static void end_hop(struct bands *bands)
{
    for (int b = 0; b < BANDS; b++) {
        bands->envelope.at[bands->envelope.count++] =
            decibel_fine_code(bands->power[b] * (2.0f / BANDS_HOP));
        bands->power[b] = 0.0f;
    }
    bands->in_hop = 0;
}

static void end_wave(struct bands *bands)
{
    for (int b = 0; b < BANDS_DRAWN; b++) {
        float level = bands->peak[b] * 255.0f + 0.5f;
        bands->wave.at[bands->wave.count++] = level > 255.0f ? 255 : (uint8_t)level;
        bands->peak[b] = 0.0f;
    }
    bands->in_wave = 0;
}

static void add_run(struct bands *bands, const float *in, int count)
{
    float low0 = bands->low[0], low1 = bands->low[1], mid = bands->mid;
    float air0 = bands->air[0], air1 = bands->air[1];
    float power[BANDS], peak[BANDS_DRAWN];
    memcpy(power, bands->power, sizeof power);
    memcpy(peak, bands->peak, sizeof peak);
    for (int i = 0; i < count; i++) {
        low0 += LOW_SHARE * (in[i] - low0);
        low1 += LOW_SHARE * (low0 - low1);
        mid += MID_SHARE * (in[i] - mid);
        float air = AIR_GAIN * in[i] + air0;
        air0 = air1 - 2.0f * AIR_GAIN * in[i] - AIR_1 * air;
        air1 = AIR_GAIN * in[i] - AIR_2 * air;
        const float split[BANDS] = {low1, mid - low0, in[i] - mid, air};
        for (int b = 0; b < BANDS; b++)
            power[b] += split[b] * split[b];
        for (int b = 0; b < BANDS_DRAWN; b++) {
            float size = fabsf(split[b]);
            peak[b] = size > peak[b] ? size : peak[b];
        }
    }
    bands->low[0] = low0;
    bands->low[1] = low1;
    bands->mid = mid;
    bands->air[0] = air0;
    bands->air[1] = air1;
    memcpy(bands->power, power, sizeof power);
    memcpy(bands->peak, peak, sizeof peak);
}

int bands_feed(struct bands *bands, const float *in, int count)
{
    size_t hops = (size_t)count / BANDS_HOP + 1;
    int err = STRIP_RESERVE(&bands->envelope, hops * BANDS);
    if (!err)
        err = STRIP_RESERVE(&bands->wave, hops * BANDS_DRAWN);
    if (err)
        return err;
    while (count > 0) {
        int run = BANDS_HOP - bands->in_hop;
        if (run > count)
            run = count;
        add_run(bands, in, run);
        in += run;
        count -= run;
        bands->in_hop += run;
        bands->in_wave += run;
        if (bands->in_hop == BANDS_HOP)
            end_hop(bands);
        if (bands->in_wave == BANDS_WAVE_HOP)
            end_wave(bands);
    }
    return 0;
}
