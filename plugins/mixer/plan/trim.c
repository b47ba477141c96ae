/* trim.c - knobs are turned slowly: what is heard is the mean of some seconds. */
#include "trim.h"

#include "loud.h"

#include <math.h>

#define STEP (FV_RATE / 2) /* between two points of a curve */
#define WIDE (TRIM_BESIDE_S * FV_RATE)
#define BESIDE (7 * FV_RATE) /* beside the overlap, whose mean is its level there */
#define READY (6 * FV_RATE)  /* before the overlap the knob is where it should be ... */
#define HELD (4 * FV_RATE)   /* ... and so long behind it */
#define MOST_DB 6.0
#define SILENT_DB (-60.0)
#define PIECES 5       /* of what is heard beside a place */
#define LAG_SHARE 0.25 /* of what is left of the second track */

static double track_frame(const struct trim *trim, int part, double at)
{
    return trim->tracks[part] + trim->rates[part] * (at - (double)trim->at);
}

static double level_between(const struct trim *trim, int part, double from, double to)
{
    return loud_level(trim->sides[part], track_frame(trim, part, from),
                      track_frame(trim, part, to));
}

void trim_init(struct trim *trim)
{
    double begin = (double)trim->at, end = begin + (double)trim->length;
    trim->levels[0] = level_between(trim, 0, begin - BESIDE, begin);
    trim->levels[1] = level_between(trim, 1, end, end + BESIDE);
    double left = (trim->sides[1]->ends - track_frame(trim, 1, end)) * LAG_SHARE;
    trim->lag = (int64_t)fmin(fmax(left, 0), TRIM_LAG);
    if (trim->levels[0] < SILENT_DB || trim->levels[1] < SILENT_DB)
        trim->length = 0;
}

static double share_between(double at, double from, double to)
{
    double share = to > from ? (at - from) / (to - from) : at >= to;
    return share < 0 ? 0 : share > 1 ? 1 : share;
}

/* Where the first knob begins to turn. */
static int64_t lead_of(const struct trim *trim)
{
    int64_t lead = trim->at - TRIM_LEAD;
    return lead > trim->from ? lead : trim->from;
}

double trim_wanted_db(const struct trim *trim, double at)
{
    double end = (double)(trim->at + trim->length + trim->lag);
    double share = share_between(at, (double)lead_of(trim), end);
    return trim->levels[0] + share * (trim->levels[1] - trim->levels[0]);
}

double trim_db(const struct trim *trim, int part, int64_t at)
{
    double here = (double)at, begin = (double)trim->at;
    double end = begin + (double)trim->length, lag = (double)trim->lag;
    double lead = (double)lead_of(trim);
    double turned = part == 0
                        ? share_between(here, lead, fmax(begin - READY, lead + READY))
                        : 1 - share_between(here, end + fmin(HELD, lag / 2), end + lag);
    if (trim->length == 0 || turned == 0)
        return 0;
    double level = level_between(trim, part, here - WIDE, here + WIDE);
    return turned * fmin(fmax(trim_wanted_db(trim, here) - level, -MOST_DB), MOST_DB);
}

/* The power of one part as the faders leave it, between two output frames. */
static double faded_power(const struct trim *trim, const struct params *params, int part,
                          double from, double to)
{
    const struct curve *curves = params->curves[part];
    double bands[LOUD_BANDS], sum = 0, at = (from + to) / 2 - (double)trim->at;
    double all = (double)curve_at(&curves[BAND_ALL], at);
    loud_bands(trim->sides[part], track_frame(trim, part, from),
               track_frame(trim, part, to), bands);
    for (int band = 0; band < LOUD_BANDS; band++) {
        double gain = all * (double)curve_at(&curves[BAND_LOW + band], at);
        sum += gain * gain * bands[band];
    }
    return sum * pow(10, trim_db(trim, part, (int64_t)(from + to) / 2) / 10);
}

/* What both knobs are turned by besides in the overlap, since the faders leave a hole
 * where, say, one track has lost its chords and the other has not got its bass. */
static double ride_db(const struct trim *trim, const struct params *params, double here)
{
    double power = 0, step = 2 * WIDE / PIECES, begin = (double)trim->at;
    double end = begin + (double)trim->length;
    double share = fmin(share_between(here, begin, begin + STEP),
                        share_between(end - here, 0, STEP));
    for (int i = 0; i < PIECES; i++)
        for (int part = 0; part < 2; part++)
            power += faded_power(trim, params, part, here - WIDE + i * step,
                                 here - WIDE + (i + 1) * step);
    if (!(power > 0))
        return 0;
    double off = trim_wanted_db(trim, here) - loud_of_power(power / PIECES);
    return share * fmin(fmax(off, TRIM_RIDE_LEAST_DB), TRIM_RIDE_DB);
}

int trim_draw(const struct trim *trim, struct params *params, uint32_t part, int which,
              int64_t from, int64_t to)
{
    int64_t begin = which == 0 ? lead_of(trim) : trim->at;
    int64_t end = trim->at + trim->length + (which == 0 ? 0 : trim->lag);
    if (trim->length == 0 || to <= begin || from >= end)
        return 0;
    int64_t at = from + ((begin - from) > 0 ? begin - from : 0);
    to = to < end ? to : end;
    bool is_ridden = from == trim->at && trim->length >= TRIM_RIDE_S * FV_RATE &&
                     !(params->echo_beat > 0);
    for (;; at += STEP) {
        int64_t here = at < to ? at : to;
        double ride = is_ridden ? ride_db(trim, params, (double)here) : 0;
        double turned = fmin(trim_db(trim, which, here) + ride, TRIM_MOST_DB);
        int rc = params_point(params, part, BAND_TRIM, (double)(here - from),
                              pow(10, turned / 20));
        if (rc)
            return rc;
        if (here == to)
            return 1;
    }
}
