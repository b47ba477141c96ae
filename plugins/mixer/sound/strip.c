/* strip.c - gains are exact on positions divisible by 32 and run straight between them.
 */
#include "strip.h"

#include <math.h>
#include <string.h>

#define STEP 32

static bool is_constant(const struct curve *curve, int64_t from, int64_t to, float *value)
{
    *value = curve_at(curve, (double)from);
    for (uint32_t i = 0; i < curve->count; i++)
        if (curve->points[i].at > (double)from && curve->points[i].at < (double)to)
            return false;
    return curve_at(curve, (double)to) == *value;
}

/* out[n] = gain of frame pos + n */
static void write_gains(const struct curve *curve, float scale, int64_t pos, int frames,
                        float *out)
{
    float value;
    if (is_constant(curve, pos - STEP, pos + frames + STEP, &value)) {
        for (int n = 0; n < frames; n++)
            out[n] = value * scale;
        return;
    }
    int64_t step = pos & ~(int64_t)(STEP - 1);
    float from = curve_at(curve, (double)step);
    for (int n = 0; n < frames; step += STEP) {
        float to = curve_at(curve, (double)(step + STEP));
        float slope = (to - from) / STEP;
        for (; n < frames && pos + n < step + STEP; n++)
            out[n] = (from + slope * (float)(pos + n - step)) * scale;
        from = to;
    }
}

static bool is_one(const struct curve *curve, int64_t from, int64_t to)
{
    float value;
    return is_constant(curve, from - STEP, to + STEP, &value) && value == 1;
}

/* ---- bands ----------------------------------------------------------------------------
 */

/* The window reaches ISOLATOR_REACH beyond both ends of what is asked for. */
static int fill_window(struct strip *strip, int frames)
{
    int want = frames + 2 * ISOLATOR_REACH;
    while (strip->held < want) {
        int run = want - strip->held;
        run = run < VOICE_FRAMES ? run : VOICE_FRAMES;
        int rc = voice_read(&strip->voice, strip->window + 2 * strip->held, run);
        if (rc)
            return rc;
        strip->held += run;
    }
    return 0;
}

static void move_window(struct strip *strip, int frames)
{
    strip->held -= frames;
    memmove(strip->window, strip->window + 2 * frames,
            (size_t)strip->held * 2 * sizeof *strip->window);
}

/* dry += (band gain - mid gain) * band */
static void add_band(float *dry, const float *band, const float *gains, const float *mids,
                     int frames)
{
    for (int n = 0; n < frames; n++) {
        dry[2 * n] += (gains[n] - mids[n]) * band[2 * n];
        dry[2 * n + 1] += (gains[n] - mids[n]) * band[2 * n + 1];
    }
}

static void equalise(const struct strip *strip, int frames, float *out)
{
    float mids[STRIP_FRAMES], gains[STRIP_FRAMES], band[STRIP_FRAMES * 2];
    const struct curve *curves = strip->curves;
    int64_t pos = strip->pos, end = pos + frames;
    const float *dry = strip->window + 2 * ISOLATOR_REACH;
    bool is_mid_one = is_one(&curves[BAND_MID], pos, end);
    memcpy(out, dry, (size_t)frames * 2 * sizeof *out);
    write_gains(&curves[BAND_MID], 1, pos, frames, mids);
    if (!is_mid_one)
        for (int i = 0; i < 2 * frames; i++)
            out[i] *= mids[i / 2];
    if (!is_mid_one || !is_one(&curves[BAND_LOW], pos, end)) {
        isolator_low(&strip->isolator, strip->window, pos, frames, band);
        write_gains(&curves[BAND_LOW], 1, pos, frames, gains);
        add_band(out, band, gains, mids, frames);
    }
    if (!is_mid_one || !is_one(&curves[BAND_HIGH], pos, end)) {
        isolator_high(&strip->isolator, strip->window, frames, band);
        write_gains(&curves[BAND_HIGH], 1, pos, frames, gains);
        add_band(out, band, gains, mids, frames);
    }
}

/* ---- the strip ------------------------------------------------------------------------
 */

int strip_open(struct strip *strip, const struct fv_segment *segment, uint32_t part,
               const struct fv_pcm *pcm, const struct curve *curves, int64_t pos)
{
    strip->curves = curves;
    strip->gain = (float)pow(10, segment->parts[part].gain_db / 20);
    strip->has_bands =
        curves[BAND_LOW].count || curves[BAND_MID].count || curves[BAND_HIGH].count;
    strip->pos = pos;
    strip->held = 0;
    if (strip->has_bands)
        isolator_init(&strip->isolator);
    return voice_open(&strip->voice, segment, part, pcm,
                      strip->has_bands ? pos - ISOLATOR_REACH : pos);
}

int strip_mix(struct strip *strip, float *sum, int frames)
{
    float sound[STRIP_FRAMES * 2], gains[STRIP_FRAMES], trims[STRIP_FRAMES];
    int rc = strip->has_bands ? fill_window(strip, frames)
                              : voice_read(&strip->voice, sound, frames);
    if (rc)
        return rc;
    if (strip->has_bands) {
        equalise(strip, frames, sound);
        move_window(strip, frames);
    }
    write_gains(&strip->curves[BAND_ALL], strip->gain, strip->pos, frames, gains);
    if (strip->curves[BAND_TRIM].count) {
        write_gains(&strip->curves[BAND_TRIM], 1, strip->pos, frames, trims);
        for (int n = 0; n < frames; n++)
            gains[n] *= trims[n];
    }
    for (int n = 0; n < frames; n++) {
        sum[2 * n] += sound[2 * n] * gains[n];
        sum[2 * n + 1] += sound[2 * n + 1] * gains[n];
    }
    strip->pos += frames;
    return 0;
}
