/* songs.c - M14: how much of each song was played. */
#include "figures.h"

#include <math.h>
#include <stdlib.h>

#define ENOUGH_S 90.0
#define ENOUGH 60.0 /* per cent */

/* Of each playing: from where a track comes in to where it leaves. */
void score_songs(struct score *score, const struct mix *mix)
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
