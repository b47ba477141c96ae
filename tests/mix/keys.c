/* keys.c - M10: keys of neighbours, and how many of them could agree in the best order of
 * the same tracks that beatmatches as many neighbours as can be; in the best round, where
 * the mix begins the tracks anew. */
#include "figures.h"

#include <math.h>
#include <stdlib.h>

#define MATCH_OCTAVES 0.0840642648 /* 6 % */
#define EXACT 16                   /* tracks, of more the best order is not looked for */
#define MATCHED 100                /* worth of a neighbour that can be beatmatched */

/* Same, relative, or a fifth away on the Camelot wheel. */
static bool is_compatible(const struct mix_track *a, const struct mix_track *b)
{
    int apart = abs(a->camelot - b->camelot);
    apart = apart > 6 ? 12 - apart : apart;
    return apart == 0 || (apart == 1 && a->is_minor == b->is_minor);
}

static void count_neighbours(struct score *score, const struct mix *mix)
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

static bool is_matchable(const struct mix_track *a, const struct mix_track *b)
{
    double octaves = fabs(log2(a->bpm / b->bpm));
    return fabs(octaves - round(octaves)) <= MATCH_OCTAVES;
}

/* Held and Karp: the dearest path through all, by the set that was visited and its end; a
 * round is one that leaves the first track and comes back to it. */
static int dearest_path(int worth[EXACT][EXACT], int count, bool is_round)
{
    size_t sets = (size_t)1 << count;
    int *best = malloc(sets * EXACT * sizeof *best), most = 0;
    if (!best)
        abort();
    for (size_t i = 0; i < sets * EXACT; i++)
        best[i] = -1;
    for (int i = 0; i < (is_round ? 1 : count); i++)
        best[((size_t)1 << i) * EXACT + (size_t)i] = 0;
    for (size_t set = 1; set < sets; set++)
        for (int last = 0; last < count; last++) {
            int so_far = best[set * EXACT + (size_t)last];
            if (so_far < 0)
                continue;
            for (int next = 0; next < count; next++) {
                size_t grown = set | (size_t)1 << next;
                int *there = &best[grown * EXACT + (size_t)next];
                if (grown != set && so_far + worth[last][next] > *there)
                    *there = so_far + worth[last][next];
            }
            int all = so_far + (is_round ? worth[last][0] : 0);
            most = set == sets - 1 && all > most ? all : most;
        }
    free(best);
    return most;
}

static void find_allowed(struct score *score, const struct mix *mix)
{
    int worth[EXACT][EXACT], count = mix->track_count;
    bool is_round = score->transitions >= count;
    if (count < 2 || count > EXACT)
        return;
    for (int a = 0; a < count; a++)
        for (int b = 0; b < count; b++) {
            const struct mix_track *from = &mix->tracks[a], *to = &mix->tracks[b];
            worth[a][b] = MATCHED * is_matchable(from, to) +
                          (from->camelot && to->camelot && is_compatible(from, to));
        }
    score->value[M10_ALLOWED] = 100.0 * (dearest_path(worth, count, is_round) % MATCHED) /
                                (is_round ? count : count - 1);
}

void score_keys(struct score *score, const struct mix *mix)
{
    count_neighbours(score, mix);
    find_allowed(score, mix);
}
