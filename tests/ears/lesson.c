/* lesson.c - a reading is right when its beats, or its ones, match the truth. */
#include "lesson.h"

#include <stdlib.h>
#include <string.h>

#include "score.h"

#define RIGHT 0.8 /* F-measure */
#define RIGHT_ONE 0.65
#define ROOM 4096

/* The times of every `stride`-th sixteenth of a fold from `phase` on. */
static struct times read_times(const struct pulse *pulse, double ratio, int phase,
                               int stride, double *room)
{
    size_t count = 0;
    for (double u = phase * ratio / 4.0; u < (double)pulse->time.count && count < ROOM;
         u += stride * ratio / 4.0)
        room[count++] = pulse_time(pulse, u);
    return (struct times){room, count};
}

static struct times truth_within(const struct song *song, unsigned mark, double start,
                                 double end, double *room)
{
    size_t count = 0;
    for (int b = 0; b < song->beat_count && count < ROOM; b++)
        if ((mark == 0 || song->marks[b] & mark) &&
            song->beats[b] >= start - SCORE_BEAT_S && song->beats[b] < end)
            room[count++] = song->beats[b];
    return (struct times){room, count};
}

/* The phase that matches best, or -1. */
static int right_phase(const struct pulse *pulse, double ratio, int first, int phases,
                       int step, struct times truth, double enough)
{
    double room[ROOM], best = enough;
    int right = -1;
    for (int p = first; p < phases; p += step) {
        struct times read =
            read_times(pulse, ratio, p, phases == METER_STEPS ? METER_STEPS : 4, room);
        double f = score_f(truth, read, SCORE_BEAT_S);
        if (f > best) {
            best = f;
            right = p;
        }
    }
    return right;
}

void lesson_make(struct lesson *out, const struct song *song,
                 const struct meter_ears *ears, size_t first, size_t count)
{
    struct pulse part = *ears->pulse;
    struct meter_ears here = *ears;
    double beats[ROOM], ones[ROOM];
    memset(out, 0, sizeof *out);
    here.pulse = &part;
    part.time.at += first;
    part.time.count = count;
    out->is_whole = count == ears->pulse->time.count;
    out->folds = meter_fold(&here, out->fold);
    if (out->folds == 0)
        return;
    double start = part.time.at[0], end = part.time.at[count - 1];
    struct times truth = truth_within(song, 0, start, end, beats);
    struct times one = truth_within(song, SONG_ONE, start, end, ones);
    for (int f = 0; f < out->folds; f++) {
        double ratio = out->fold[f].ratio;
        out->beat[f] = (signed char)right_phase(&part, ratio, 0, 4, 1, truth, RIGHT);
        out->one[f] = -1;
        if (out->beat[f] >= 0 && song->beats_per_bar == 4)
            out->one[f] = (signed char)right_phase(&part, ratio, out->beat[f],
                                                   METER_STEPS, 4, one, RIGHT_ONE);
    }
}
