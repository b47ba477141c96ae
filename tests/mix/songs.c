/* songs.c - M10 and M14: keys of neighbours, how much of each song was played. */
#include "figures.h"

#include <math.h>
#include <stdlib.h>

#define ENOUGH_S 90.0
#define ENOUGH 60.0 /* per cent */

/* Same, relative, or a fifth away on the Camelot wheel. */
static bool is_compatible(const struct mix_track *a, const struct mix_track *b)
{
    int apart = abs(a->camelot - b->camelot);
    apart = apart > 6 ? 12 - apart : apart;
    return apart == 0 || (apart == 1 && a->is_minor == b->is_minor);
}

static void count_keys(struct score *score, const struct mix *mix)
{
    int pairs = 0, good = 0;
    for (int i = 0; i < mix->segment_count; i++) {
        const struct mix_segment *s = &mix->segments[i];
        if (s->part_count != 2)
            continue;
        const struct mix_track *a = &mix->tracks[s->parts[0].track];
        const struct mix_track *b = &mix->tracks[s->parts[1].track];
        if (a->camelot == 0 || b->camelot == 0)
            continue;
        pairs++;
        good += is_compatible(a, b);
    }
    if (pairs > 0)
        score->value[M10_KEY] = 100.0 * good / pairs;
}

/* Of each playing: from where a track comes in to where it leaves. */
static void measure_heard(struct score *score, const struct mix *mix)
{
    int songs = 0, enough = 0, current = -1;
    double entered = 0, least = NAN;
    bool is_whole = false;
    for (int i = 0; i < mix->segment_count; i++) {
        const struct mix_segment *s = &mix->segments[i];
        if (s->part_count != 2)
            continue;
        const struct mix_part *out = &s->parts[0], *in = &s->parts[1];
        if (is_whole && current == out->track) {
            const struct mix_track *track = &mix->tracks[current];
            double heard = mix_track_time(out, s->end) - entered;
            double share = 100 * heard * MIX_RATE / (double)track->frames;
            songs++;
            enough += share >= ENOUGH || heard >= ENOUGH_S;
            least = isnan(least) ? share : fmin(least, share);
        }
        current = in->track;
        entered = mix_track_time(in, s->start);
        is_whole = true;
    }
    if (songs > 0)
        score->value[M14_HEARD] = 100.0 * enough / songs;
    score->value[M14_LEAST] = least;
}

void score_songs(struct score *score, const struct mix *mix)
{
    count_keys(score, mix);
    measure_heard(score, mix);
}
