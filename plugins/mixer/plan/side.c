/* side.c - an analysis is another's work and may be wrong in any way: nothing here trusts
 * its counts to agree. */
#include "side.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

#define TRUST_PHRASE 0.25f /* below it the ears' word is not good enough to lean on */
#define BEATS_LEAST 16
#define PHRASE_BARS 8
#define SPARE 0.5        /* of a song, that may be left out ... */
#define ENOUGH 0.6       /* ... but of a short one less: so much is heard, ... */
#define ENOUGH_S 90.0    /* ... or so long */
#define HEAD 0.4         /* of what is left out, at the start */
#define EDGE_BEATS 64    /* at either end of a track, which have a tempo of their own */
#define OTHER_TEMPO 0.02 /* share by which it is another */
#define NEAR_S 0.06      /* between a time and the beat that it means */
#define SILENT_S 10.0    /* of silence, and who listens thinks that the station is off */
#define SILENT_LUFS -60.0

static const struct fv_analysis nothing = {.struct_size = sizeof nothing, .key = -1};

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_period(const struct fv_analysis *found)
{
    enum { MOST = 512 };
    double gaps[MOST];
    uint32_t count = found->beat_count, kept = 0;
    if (count < 2)
        return 0;
    uint32_t step = count / MOST + 1;
    for (uint32_t i = 1; i < count && kept < MOST; i += step)
        gaps[kept++] = found->beats[i] - found->beats[i - 1];
    qsort(gaps, kept, sizeof *gaps, compare);
    return gaps[kept / 2] * FV_RATE;
}

static void find_means(struct side *side)
{
    double sums[3] = {0}, voice = 0, count = 0;
    for (uint32_t i = 0; i < side->found->feature_count; i++) {
        const struct fv_beat *beat = &side->found->features[i];
        double low = (double)beat->low * beat->low, mid = (double)beat->mid * beat->mid;
        double high = (double)beat->high * beat->high;
        if (!(low + mid + high > 1e-7))
            continue;
        sums[0] += low;
        sums[1] += mid;
        sums[2] += high;
        voice += (double)beat->voice;
        count++;
    }
    for (int band = 0; band < 3; band++)
        side->power[band] = count > 0 ? sums[band] / count + 1e-9 : 1e-9;
    side->voice = count > 0 ? voice / count : 0;
}

double side_power(const struct fv_beat *beat)
{
    return SIDE_LOW_K * (double)beat->low * (double)beat->low +
           (double)beat->mid * (double)beat->mid +
           SIDE_HIGH_K * (double)beat->high * (double)beat->high;
}

/* What the whole measures as loudness against what its beats add up to: gated, as
 * loudness is. */
static double find_heard_db(const struct side *side)
{
    const struct fv_analysis *found = side->found;
    double mean = 0, gated = 0, count = 0;
    for (uint32_t i = 0; i < found->feature_count; i++)
        mean += side_power(&found->features[i]) / found->feature_count;
    for (uint32_t i = 0; i < found->feature_count; i++) {
        double power = side_power(&found->features[i]);
        if (power > 0.1 * mean) {
            gated += power;
            count++;
        }
    }
    bool is_known = count > 0 && gated > 0 && found->loudness_lufs > -60;
    return side->gain_db +
           (is_known ? found->loudness_lufs - 10 * log10(gated / count) : 0);
}

static bool is_silent(const struct side *side, uint32_t feature)
{
    double power = side_power(&side->found->features[feature]);
    return !(side->heard_db + 10 * log10(power + 1e-20) > SILENT_LUFS);
}

/* A hidden song behind minutes of silence is not waited for: of what such silences part,
 * the longest is the track. */
static void keep_longest(struct side *side)
{
    uint32_t count = side->found->feature_count;
    double begins = side->begins, ends = side->ends, best = 0, from = begins;
    for (uint32_t i = 0, next; i < count; i = next) {
        next = i + 1;
        if (!is_silent(side, i))
            continue;
        while (next < count && is_silent(side, next))
            next++;
        double silent = floor(fmin(fmax(side_feature_frame(side, i), begins), ends));
        double sounds = floor(fmin(fmax(side_feature_frame(side, next), begins), ends));
        if (sounds - silent < SILENT_S * FV_RATE)
            continue;
        if (silent - from > best) {
            best = silent - from;
            side->begins = from;
            side->ends = silent;
        }
        from = sounds;
    }
    if (ends - from > best) {
        side->begins = from;
        side->ends = ends;
    }
    side->opens = side->begins > begins ? side->begins : 0;
}

void side_init(struct side *side, const struct fv_track *track, const struct fv_pcm *pcm,
               double gain_db)
{
    const struct fv_analysis *found = track->analysis ? track->analysis : &nothing;
    double length = (double)track->length;
    double head = found->silence_head * FV_RATE, tail = found->silence_tail * FV_RATE;
    *side = (struct side){.track = track, .found = found, .pcm = pcm, .gain_db = gain_db};
    bool is_told = head >= 0 && tail >= 0 && head + tail < length;
    side->begins = is_told ? floor(head) : 0;
    side->ends = floor(length - (is_told ? tail : 0));
    side->period = median_period(found);
    side->beats_per_bar = found->beats_per_bar == 3 ? 3 : 4;
    find_means(side);
    side->heard_db = find_heard_db(side);
    keep_longest(side);
    double sounds = side->ends - side->begins;
    double enough = fmin(ENOUGH * length, ENOUGH_S * FV_RATE);
    double spare = fmin(SPARE * sounds, fmax(0, sounds - enough));
    side->head = HEAD * spare;
    side->tail = (1 - HEAD) * spare;
    bool is_sane = side->period > 0.2 * FV_RATE && side->period < 2 * FV_RATE;
    side->has_beat = is_sane && found->beat_count >= BEATS_LEAST &&
                     found->tempo_confidence >= FV_SURE_BEAT &&
                     found->beat_confidence >= FV_SURE_BEAT;
    side->has_bar = side->has_beat && found->bar_confidence >= FV_SURE_BAR &&
                    found->downbeat_count > 0;
    side->has_phrase = side->has_bar && found->phrase_confidence >= TRUST_PHRASE &&
                       found->phrase_count > 1;
}

static void take_period(struct side *side, const double *beats, uint32_t count)
{
    const struct fv_analysis edge = {.beats = beats, .beat_count = count};
    double period = median_period(&edge);
    if (period > 0 && fabs(period / side->period - 1) > OTHER_TEMPO)
        side->period = period;
}

void side_goes_out(struct side *side)
{
    const struct fv_analysis *found = side->found;
    uint32_t last = found->beat_count, count;
    while (last > 0 && found->beats[last - 1] * FV_RATE > side->ends)
        last--;
    count = last < EDGE_BEATS ? last : EDGE_BEATS;
    take_period(side, found->beats + last - count, count);
}

void side_comes_in(struct side *side)
{
    const struct fv_analysis *found = side->found;
    uint32_t first = 0, count;
    while (first < found->beat_count && found->beats[first] * FV_RATE < side->begins)
        first++;
    count = found->beat_count - first;
    take_period(side, found->beats + first, count < EDGE_BEATS ? count : EDGE_BEATS);
}

double side_feature_frame(const struct side *side, uint32_t index)
{
    if (side->found->beat_count > 0)
        return side_beat(side, (int)index);
    return index * 0.5 * FV_RATE;
}

uint32_t side_feature_behind(const struct side *side, double frame)
{
    uint32_t low = 0, high = side->found->feature_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (side_feature_frame(side, middle) < frame)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

double side_level(const struct side *side, double from, double to)
{
    double sum = 0, whole = 0;
    from = fmax(from, side->begins);
    to = fmin(to, side->ends);
    uint32_t first = side_feature_behind(side, from);
    for (uint32_t i = first ? first - 1 : 0; i < side->found->feature_count; i++) {
        double begin = fmax(side_feature_frame(side, i), from);
        double end = fmin(side_feature_frame(side, i + 1), to);
        if (begin >= to)
            break;
        if (end <= begin)
            continue;
        sum += (end - begin) * side_power(&side->found->features[i]);
        whole += end - begin;
    }
    return sum > 0 ? side->heard_db + 10 * log10(sum / whole) : -HUGE_VAL;
}

double side_beat(const struct side *side, int beat)
{
    int count = (int)side->found->beat_count;
    if (beat < 0)
        return side->found->beats[0] * FV_RATE + beat * side->period;
    if (beat >= count)
        return side->found->beats[count - 1] * FV_RATE +
               (beat - count + 1) * side->period;
    return side->found->beats[beat] * FV_RATE;
}

double side_ripple(const struct side *side, int first, int count)
{
    double middle = (count - 1) / 2.0, mean = 0, xx = 0, xy = 0, most = 0;
    for (int i = 0; i < count; i++)
        mean += side_beat(side, first + i) / count;
    for (int i = 0; i < count; i++) {
        xx += (i - middle) * (i - middle);
        xy += (i - middle) * (side_beat(side, first + i) - mean);
    }
    for (int i = 0; i < count && count > 2; i++)
        most =
            fmax(most, fabs(side_beat(side, first + i) - mean - xy / xx * (i - middle)));
    return most;
}

bool side_is_sure(const struct side *side, int first, int count)
{
    double from = side_beat(side, first) / FV_RATE;
    double to = side_beat(side, first + count) / FV_RATE;
    for (uint32_t i = 0; i < side->found->unsure_count; i++)
        if (side->found->unsure[i].start <= to && side->found->unsure[i].end > from)
            return false;
    return true;
}

int side_beat_near(const struct side *side, double frame)
{
    const double *beats = side->found->beats;
    int low = 0, high = (int)side->found->beat_count;
    double time = frame / FV_RATE;
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (beats[middle] <= time)
            low = middle;
        else
            high = middle;
    }
    if (low + 1 < (int)side->found->beat_count &&
        beats[low + 1] - time < time - beats[low])
        low++;
    if (low + 1 == (int)side->found->beat_count || low == 0)
        low += (int)lround((frame - side_beat(side, low)) / side->period);
    return low;
}

int side_bar_behind(const struct side *side, double frame)
{
    for (uint32_t i = 0; i < side->found->downbeat_count; i++)
        if (side->found->downbeats[i] * FV_RATE >= frame)
            return side_beat_near(side, side->found->downbeats[i] * FV_RATE);
    return INT_MAX;
}

bool side_is_phrase(const struct side *side, int beat)
{
    double time = side_beat(side, beat) / FV_RATE;
    uint32_t count = side->found->phrase_count;
    for (uint32_t i = 0; i < count; i++)
        if (fabs(side->found->phrases[i] - time) < NEAR_S)
            return true;
    if (count == 0 || time < side->found->phrases[count - 1])
        return false;
    int last = side_beat_near(side, side->found->phrases[count - 1] * FV_RATE);
    return beat >= (int)side->found->beat_count - 1 ||
           (beat - last) % (PHRASE_BARS * side->beats_per_bar) == 0;
}

const struct fv_beat *side_feature(const struct side *side, int beat)
{
    if (beat < 0 || beat >= (int)side->found->feature_count)
        return NULL;
    return &side->found->features[beat];
}

double side_energy(const struct side *side, double frame, const char **label)
{
    double time = frame / FV_RATE + NEAR_S;
    *label = "";
    for (uint32_t i = side->found->section_count; i-- > 0;)
        if (time >= side->found->sections[i].start) {
            *label = side->found->sections[i].label;
            return (double)side->found->sections[i].energy;
        }
    return 0.5;
}
