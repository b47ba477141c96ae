/* decibel.h - levels in a byte: -110 dB is 0, +2.4 dB is 255, in steps of 0.44 dB. */
#ifndef DECIBEL_H
#define DECIBEL_H

#include <math.h>
#include <stdint.h>

#define DECIBEL_STEP 0.44f
#define DECIBEL_FLOOR -110.0f

static inline uint8_t decibel_code(float power)
{
    float db = 10.0f * log10f(power + 1e-12f);
    float code = (db - DECIBEL_FLOOR) / DECIBEL_STEP + 0.5f;
    return code < 0.0f ? 0 : code > 255.0f ? 255 : (uint8_t)code;
}

static inline float decibel_of(float code)
{
    return DECIBEL_FLOOR + DECIBEL_STEP * code;
}

#endif
