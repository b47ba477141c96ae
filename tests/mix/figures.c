/* figures.c - names, targets, lists. */
#include "figures.h"

#include <math.h>
#include <stdlib.h>

static const struct {
    const char *name, *target;
    double least, most;
} table[FIGURES] = {
    [M1_MEDIAN] = {"M1 beat phase, median ms", "<= 3", 0, 3},
    [M1_P95] = {"M1 beat phase, p95 ms", "<= 10", 0, 10},
    [M1_MAX] = {"M1 beat phase, max ms", "<= 20", 0, 20},
    [M2_DRIFT] = {"M2 drift, ms in 32 beats", "<= 5", 0, 5},
    [M3_DOWNBEATS] = {"M3 downbeats coincide, %", ">= 98", 98, 100},
    [M4_PHRASES] = {"M4 switches on phrases, %", ">= 95", 95, 100},
    [M5_P95] = {"M5 stretch p95, %", "<= 4", 0, 4},
    [M5_MAX] = {"M5 stretch max, %", "<= 6", 0, 6},
    [M5_RAMP] = {"M5 ramp, % a beat", "<= 0.1", 0, 0.1001},
    [M5_STEP] = {"M5 step, %", "<= 0.5", 0, 0.5},
    [M6_MEDIAN] = {"M6 loudness jump median, LU", "<= 2", 0, 2},
    [M6_P95] = {"M6 loudness jump p95, LU", "<= 3", 0, 3},
    [M6_PROGRAMME] = {"M6 programme, LUFS", "-14 +- 1", -15, -13},
    [M7_DIP] = {"M7 deepest dip, LU", ">= -4", -4, 100},
    [M8_PCM] = {"M8 true peak PCM, dBTP", "<= -1", -100, -1},
    [M8_DECODED] = {"M8 true peak decoded, dBTP", "<= 0", -100, 0},
    [M8_LIMITER] = {"M8 limiter p95, dB", "<= 2", 0, 2},
    [M9_BASS] = {"M9 two basses, % of overlap", "<= 10", 0, 10},
    [M10_KEY] = {"M10 compatible keys, %", ">= 80", 80, 100},
    [M10_ALLOWED] = {"M10 the crate allows, %", "", 0, 100},
    [M11_MID] = {"M11 mid clash, % of overlap", "<= 25", 0, 25},
    [M12_CLICKS] = {"M12 clicks", "0", 0, 0},
    [M12_HOLES] = {"M12 holes", "0", 0, 0},
    [M13_RISE] = {"M13 attack rise, ratio", "<= 1.3", 0, 1.3},
    [M14_HEARD] = {"M14 songs heard enough, %", "100", 100, 100},
    [M14_LEAST] = {"M14 least share heard, %", ">= 60 *", 40, 100},
};

const char *figure_name(enum figure figure)
{
    return table[figure].name;
}

const char *figure_target(enum figure figure)
{
    return table[figure].target;
}

bool figure_holds(const struct score *score, enum figure figure)
{
    double value = score->value[figure], least = table[figure].least;
    if (figure == M10_KEY) /* fmin takes what is no NaN */
        least = fmin(least, score->value[M10_ALLOWED]);
    return value >= least && value <= table[figure].most;
}

void score_begin(struct score *score, const struct mix *whole)
{
    *score = (struct score){0};
    for (int i = 0; i < FIGURES; i++)
        score->value[i] = NAN;
    for (int i = 0; i < whole->segment_count; i++) {
        score->transitions += whole->segments[i].part_count == 2;
        score->beatmatched += whole->segments[i].kind == MIX_BEATMATCH;
        score->cuts += whole->segments[i].kind == MIX_CUT;
    }
}

void score_slice(struct score *score, const struct mix *slice)
{
    score_beats(score, slice);
    score_limiter(score, slice);
    score_bands(score, slice);
    score_seams(score, slice);
}

void score_end(struct score *score, const struct mix *whole)
{
    score_tempo(score, whole);
    score_loudness(score, whole);
    score_keys(score, whole);
    score_songs(score, whole);
}

void score_mix(struct score *score, const struct mix *mix)
{
    score_begin(score, mix);
    score_hear(score, mix->samples, mix->frames);
    score_slice(score, mix);
    score_attacks(score, mix);
    score_end(score, mix);
}

void sample_add(struct sample *sample, double value)
{
    if (sample->count == sample->room) {
        sample->room = sample->room ? 2 * sample->room : 64;
        sample->at = realloc(sample->at, (size_t)sample->room * sizeof *sample->at);
        if (!sample->at)
            abort();
    }
    sample->at[sample->count++] = value;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double sample_at(struct sample *sample, double share)
{
    if (sample->count == 0)
        return NAN;
    qsort(sample->at, (size_t)sample->count, sizeof *sample->at, compare);
    return sample->at[(int)lround(share * (sample->count - 1))];
}

void sample_release(struct sample *sample)
{
    free(sample->at);
    *sample = (struct sample){0};
}
