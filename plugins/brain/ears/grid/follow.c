/* follow.c - the beats that are likest to the pattern, by dynamic programming over frames
 * and tempos. Times are frames of the flux here.
 */
#include "follow.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "beats.h"
#include "pattern.h"

#define BEATS PATTERN_BEATS
#define PLACES PATTERN_PLACES
#define TEMPI 11         /* that are followed around the tempo's path */
#define TEMPO_LOG 0.0036 /* from one of them to the next, half a bin of that path */
#define LOOSE 2          /* frames by which a beat may be early or late */
#define RING 256         /* frames that a beat is shorter than, with room */
/* What any beat is worth; and what is taken off: for a step that is off its tempo, for
 * each squared natural logarithm; for a beat whose tempo is the next one, and a quite
 * different one, so that a slip costs more than a few beats unlike the pattern; for
 * tempos off the path. */
#define GO_ON 0.5f
#define TIGHT 20000.0f
#define CHANGE 12.0f
#define JUMP 40.0f
#define AWAY 0.1f

#define LEAVING_S 0.020   /* off a line, against how most of the beats lie */
#define LEAVING_SHARE 0.3 /* of a beat: farther is a slip to another part of it */
#define LEAVING_WORTH 4.0 /* what such a beat is worth on average, at least */
#define LEAVING_BEATS 16  /* in a row leave it */

/* The pattern of the beats that `meter` says; its contrast is 0 where they are few. */
static int learn(struct pattern *out, const struct onsets *onsets,
                 const struct meter *meter, const struct pulse *pulse,
                 const struct flux *flux)
{
    struct strip_d beats = {0};
    double end = flux->origin + (double)flux->frames / FLUX_FPS;
    int err = beats_lay(&beats, meter, pulse, flux->origin, end);
    if (!err)
        pattern_learn(out, onsets, &beats);
    free(beats.at);
    return err;
}

/* ---- the chain -----------------------------------------------------------------------
 */

struct back {
    uint8_t step, tempo; /* frames to the beat before, 0 where there is none; its tempo */
};

struct chain {
    const struct onsets *onsets;
    const struct pattern *pattern;
    struct back (*back)[BEATS][TEMPI];
    /* of the last RING frames: the number of the first tempo, the score of the best chain
     * that ends there with each beat of the pattern at each tempo, and the best of all */
    int base[RING];
    float score[RING][BEATS][TEMPI], best[RING][BEATS];
    uint8_t best_tempo[RING][BEATS];
    /* of the tempos that are followed now */
    int step[TEMPI], place[PLACES];
    float cost[TEMPI][2 * LOOSE + 1];
};

static double period_of(int tempo)
{
    return exp(TEMPO_LOG * tempo);
}

static int tempo_of(double period)
{
    return (int)lrint(log(period) / TEMPO_LOG);
}

/* Follow the tempos around one. */
static void attend(struct chain *chain, int middle)
{
    for (int r = 0; r < TEMPI; r++) {
        double period = period_of(middle - TEMPI / 2 + r);
        chain->step[r] = (int)lrint(period) - LOOSE;
        for (int k = 0; k <= 2 * LOOSE; k++) {
            double off = log((double)(chain->step[r] + k) / period);
            chain->cost[r][k] = TIGHT * (float)(off * off);
        }
    }
    for (int k = 0; k < PLACES; k++)
        chain->place[k] = (int)lrint(period_of(middle) * k / PLACES);
}

static float likeness(const struct chain *chain, size_t n, size_t beat)
{
    float sum[FLUX_BANDS] = {0};
    for (int k = 0; k < PLACES; k++) {
        size_t at = n + (size_t)chain->place[k];
        if (at < chain->onsets->frames)
            for (int b = 0; b < FLUX_BANDS; b++)
                sum[b] += chain->pattern->at[beat][k][b] * chain->onsets->at[at][b];
    }
    return sum[FLUX_LOW] + sum[FLUX_BODY] + sum[FLUX_MID] + sum[FLUX_HIGH];
}

/* The best way to a beat at one tempo; returns its score. */
static float best_way(const struct chain *chain, size_t n, size_t beat, int tempo,
                      struct back *back)
{
    size_t before = (beat + BEATS - 1) % BEATS;
    float most = 0.0f;
    *back = (struct back){0, 0};
    for (int k = 0; k <= 2 * LOOSE; k++) {
        size_t step = (size_t)(chain->step[tempo] + k), at = (n - step) % RING;
        if (step > n)
            break;
        int same = tempo + chain->base[n % RING] - chain->base[at];
        float gain = chain->best[at][before] - JUMP;
        uint8_t from = chain->best_tempo[at][before];
        for (int r = same - 1; r <= same + 1; r++) {
            if (r < 0 || r >= TEMPI)
                continue;
            float here = chain->score[at][before][r] - (r == same ? 0.0f : CHANGE);
            if (here > gain) {
                gain = here;
                from = (uint8_t)r;
            }
        }
        if (gain - chain->cost[tempo][k] > most) {
            most = gain - chain->cost[tempo][k];
            *back = (struct back){(uint8_t)step, from};
        }
    }
    return most;
}

static void fill_frame(struct chain *chain, size_t n)
{
    size_t at = n % RING;
    for (size_t beat = 0; beat < BEATS; beat++) {
        float like = GO_ON + likeness(chain, n, beat), best = -INFINITY;
        for (int r = 0; r < TEMPI; r++) {
            float score = best_way(chain, n, beat, r, &chain->back[n][beat][r]) + like -
                          AWAY * (float)abs(r - TEMPI / 2);
            chain->score[at][beat][r] = score;
            if (score > best) {
                best = score;
                chain->best_tempo[at][beat] = (uint8_t)r;
            }
        }
        chain->best[at][beat] = best;
    }
}

struct end {
    size_t frame, beat;
    int tempo;
    float score;
};

/* Fill all frames; returns the best end of a chain. */
static struct end fill(struct chain *chain, const struct flux *flux,
                       const struct tempo *tempo, double ratio)
{
    struct end end = {.score = -INFINITY};
    int middle = 0;
    for (size_t n = 0; n < flux->frames; n++) {
        double time = flux->origin + (double)n / FLUX_FPS;
        double period = tempo_at(tempo, time) * ratio * FLUX_FPS;
        if (n == 0 || tempo_of(period) != middle)
            attend(chain, middle = tempo_of(period));
        chain->base[n % RING] = middle;
        fill_frame(chain, n);
        for (size_t beat = 0; beat < BEATS; beat++)
            if (n + (size_t)period >= flux->frames &&
                chain->best[n % RING][beat] > end.score)
                end = (struct end){n, beat, chain->best_tempo[n % RING][beat],
                                   chain->best[n % RING][beat]};
    }
    return end;
}

/* Walk back from the end. */
static int read_back(struct strip_d *out, const struct chain *chain, struct end end,
                     const struct flux *flux)
{
    out->count = 0;
    for (;;) {
        if (STRIP_PUSH(out, flux->origin + (double)end.frame / FLUX_FPS))
            return -ENOMEM;
        struct back back = chain->back[end.frame][end.beat][end.tempo];
        if (back.step == 0)
            break;
        end.frame -= back.step;
        end.beat = (end.beat + BEATS - 1) % BEATS;
        end.tempo = back.tempo;
    }
    for (size_t i = 0; i < out->count / 2; i++) {
        double swap = out->at[i];
        out->at[i] = out->at[out->count - 1 - i];
        out->at[out->count - 1 - i] = swap;
    }
    return 0;
}

static int find_chain(struct strip_d *out, const struct pattern *pattern,
                      const struct onsets *onsets, const struct flux *flux,
                      const struct tempo *tempo, double ratio)
{
    struct chain *chain = calloc(1, sizeof *chain);
    int err = -ENOMEM;
    if (!chain)
        return err;
    chain->onsets = onsets;
    chain->pattern = pattern;
    chain->back = calloc(flux->frames, sizeof *chain->back);
    if (chain->back)
        err = read_back(out, chain, fill(chain, flux, tempo, ratio), flux);
    free(chain->back);
    free(chain);
    return err;
}

static int follow(struct pulse *pulse, const struct meter *meter, const struct flux *flux,
                  const struct tempo *tempo, const struct onsets *onsets)
{
    struct pattern pattern, whole;
    struct meter plain = *meter;
    plain.part[0].first = meter->first;
    plain.parts = 1;
    int err = learn(&pattern, onsets, meter, pulse, flux);
    if (!err && meter->parts > 1) { /* slips are believed if they make beats more alike */
        err = learn(&whole, onsets, &plain, pulse, flux);
        pattern = whole.contrast > pattern.contrast ? whole : pattern;
    }
    if (!err && pattern.contrast > 0.0f)
        err = find_chain(&pulse->time, &pattern, onsets, flux, tempo, meter->per_beat);
    return err;
}

int follow_tempo(struct pulse *pulse, const struct meter *meter, const struct flux *flux,
                 const struct tempo *tempo)
{
    struct onsets onsets;
    int err = onsets_init(&onsets, flux);
    if (!err)
        err = follow(pulse, meter, flux, tempo, &onsets);
    onsets_release(&onsets);
    return err;
}

/* ---- lines that bend -----------------------------------------------------------------
 */

/* How far a beat lies from the line's nearest, in seconds. */
static double off_line(const struct pulse *line, const struct meter *meter, double time)
{
    double beats = (pulse_number(line, time) - meter->first) / meter->per_beat;
    return (beats - round(beats)) * 60.0 / meter->bpm;
}

struct leaving {
    double farthest; /* seconds off the line */
    size_t count, in_a_row;
    double worth; /* of all of them */
};

static struct leaving find_leaving(const struct strip_d *beats, const struct pulse *line,
                                   const struct meter *meter,
                                   const struct pattern *pattern,
                                   const struct onsets *onsets)
{
    struct leaving leaving = {.count = 0};
    double mean = 0.0;
    size_t run = 0;
    for (size_t i = 0; i < beats->count; i++)
        mean += off_line(line, meter, beats->at[i]) / (double)beats->count;
    for (size_t i = 0; i + 1 < beats->count; i++) {
        double off = fabs(off_line(line, meter, beats->at[i]) - mean);
        leaving.farthest = fmax(leaving.farthest, off);
        run = off > LEAVING_S ? run + 1 : 0;
        leaving.in_a_row = run > leaving.in_a_row ? run : leaving.in_a_row;
        if (run == 0)
            continue;
        leaving.count++;
        leaving.worth += (double)pattern_worth(pattern, onsets, i, beats->at[i],
                                               beats->at[i + 1] - beats->at[i]);
    }
    return leaving;
}

/* Whether `bent` leaves the line, gently, for long, and with beats like the others. */
static int judge_bent(bool *leaves, const struct pulse *bent, const struct pulse *line,
                      const struct meter *meter, const struct flux *flux,
                      const struct onsets *onsets)
{
    const struct meter every = {.per_beat = 1.0, .parts = 1};
    struct pattern pattern;
    int err = learn(&pattern, onsets, &every, bent, flux);
    if (err)
        return err;
    struct leaving leaving = find_leaving(&bent->time, line, meter, &pattern, onsets);
    *leaves = leaving.in_a_row >= LEAVING_BEATS &&
              leaving.farthest < LEAVING_SHARE * 60.0 / meter->bpm &&
              leaving.worth > LEAVING_WORTH * (double)leaving.count;
    return 0;
}

int follow_bent(struct pulse *line, const struct meter *meter, const struct flux *flux,
                const struct tempo *tempo)
{
    struct pulse bent = {.time = {0}};
    struct onsets onsets;
    bool leaves = false;
    int err = onsets_init(&onsets, flux);
    for (size_t i = 0; !err && i < line->time.count; i++)
        err = STRIP_PUSH(&bent.time, line->time.at[i]);
    if (!err)
        err = follow(&bent, meter, flux, tempo, &onsets);
    if (!err)
        err = judge_bent(&leaves, &bent, line, meter, flux, &onsets);
    if (leaves) {
        struct pulse straight = *line;
        *line = bent;
        bent = straight;
    }
    pulse_release(&bent);
    onsets_release(&onsets);
    return err;
}
