/* fade.c - levels come from what the ears measured each beat or half second. */
#include "fade.h"

#include <limits.h>
#include <math.h>

#define QUIET 0.158   /* of mean power: 8 LU under */
#define LEAST_S 3.0   /* a fade of two tracks that both stay loud */
#define TAIL_MOST 0.3 /* share of a song that a cut may leave out */
#define CUT_SOON_S 8.0
#define NONE INT_MAX

static double power_of(const struct fv_beat *beat)
{
    return (double)beat->low * (double)beat->low + (double)beat->mid * (double)beat->mid +
           (double)beat->high * (double)beat->high;
}

static double mean_power(const struct side *side)
{
    return side->power[0] + side->power[1] + side->power[2];
}

/* Track frame of a feature: they lie on beats, or on each half second. */
static double feature_frame(const struct side *side, uint32_t index)
{
    if (index < side->found->beat_count)
        return side->found->beats[index] * FV_RATE;
    return index * 0.5 * FV_RATE;
}

double fade_length(const struct side *out, const struct side *in, double most)
{
    uint32_t count = out->found->feature_count, quiet = count;
    (void)in;
    while (quiet > 0 &&
           (feature_frame(out, quiet - 1) > out->ends ||
            power_of(&out->found->features[quiet - 1]) < QUIET * mean_power(out)))
        quiet--;
    double tail = quiet < count ? out->ends - feature_frame(out, quiet) : 0;
    return fmin(fmax(tail, LEAST_S * FV_RATE), most);
}

static bool is_bar(const struct side *side, int beat)
{
    double frame = side_beat(side, beat);
    int bar = side_bar_behind(side, frame - 0.06 * FV_RATE);
    return bar != NONE && bar == beat;
}

/* Whether it plays on up to a beat: the tail of a last note is nothing to cut off. */
static bool is_loud_before(const struct side *side, int beat)
{
    double sum = 0;
    for (int i = 1; i <= 2; i++) {
        const struct fv_beat *f = side_feature(side, beat - i);
        sum += f ? power_of(f) / 2 : 0;
    }
    return sum > QUIET * mean_power(side);
}

int fade_cut_beat(const struct side *out, double from, bool is_soon)
{
    double earliest = from + 2 * out->period;
    if (is_soon) {
        int bar = side_bar_behind(out, earliest);
        return bar != NONE && side_beat(out, bar) < from + CUT_SOON_S * FV_RATE ? bar
                                                                                : NONE;
    }
    double limit = out->ends - TAIL_MOST * (out->ends - out->begins);
    int last = side_beat_near(out, out->ends), bar = NONE;
    for (int beat = last; side_beat(out, beat) > fmax(limit, earliest); beat--) {
        if (side_beat(out, beat) > out->ends + 0.1 * out->period ||
            !is_loud_before(out, beat))
            continue;
        if (side_is_phrase(out, beat) && is_bar(out, beat))
            return beat;
        if (bar == NONE && is_bar(out, beat))
            bar = beat;
    }
    return bar;
}

bool fade_begins_strong(const struct side *in, int beat)
{
    double sum = 0;
    for (int i = 0; i < in->beats_per_bar; i++) {
        const struct fv_beat *f = side_feature(in, beat + i);
        sum += f ? power_of(f) / in->beats_per_bar : 0;
    }
    return sum > 0.25 * mean_power(in);
}
