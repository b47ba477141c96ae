/* decibel.h - levels in a byte: -110 dB is 0, +2.4 dB is 255, in steps of 0.44 dB; or in
 * quarters of such a step, where it matters that two levels are nearly the same. */
#ifndef DECIBEL_H
#define DECIBEL_H

#include <math.h>
#include <stdint.h>

#define DECIBEL_STEP 0.44f
#define DECIBEL_FLOOR -110.0f
#define DECIBEL_FINE 4 /* fine codes to a step */
#define DECIBEL_FINE_CODES (256 * DECIBEL_FINE)

/* Steps above the floor. */
static inline float decibel_steps(float power)
{
    float db = 10.0f * log10f(power + 1e-12f);
    return (db - DECIBEL_FLOOR) / DECIBEL_STEP;
}

static inline uint8_t decibel_code(float power)
{
    float code = decibel_steps(power) + 0.5f;
    return code < 0.0f ? 0 : code > 255.0f ? 255 : (uint8_t)code;
}

static inline uint16_t decibel_fine_code(float power)
{
    const float most = DECIBEL_FINE_CODES - 1;
    float code = DECIBEL_FINE * decibel_steps(power) + 0.5f;
    return code < 0.0f ? 0 : code > most ? (uint16_t)most : (uint16_t)code;
}

static inline float decibel_of(float code)
{
    return DECIBEL_FLOOR + DECIBEL_STEP * code;
}

static inline float decibel_of_fine(float code)
{
    return decibel_of(code / DECIBEL_FINE);
}

#endif
