/* phrases.c - what changes at a bar line, and the count of eight that explains it best.
 */
#include "phrases.h"

#include <math.h>
#include <string.h>

#define SIDE 4          /* bars compared on either side of a line */
#define RESET_COST 8.0f /* of a count that starts anew, in mean evidence */
#define HALF_COST 3.0f  /* after four bars */
#define START_GAIN 8.0f /* of a count that begins with the first bar: most pieces do */
#define MOST 6.0f       /* of a line's evidence, in mean evidence */
#define END 3.0f        /* of the last one's: what is behind it may only ring on */
#define SHARP 2.0f      /* weight of how far a change stands out of its neighbours' */
#define PLAIN 0.3f      /* and of the change itself */
/* Shares of the ordinary change with which a section begins: where eight bars do, where
 * four do. */
#define SECTION_SHARE 0.5f
#define SECTION_HALF 1.3f

/* How much a bar line stands out of its neighbours; mean about 1. */
static void fill_evidence(const float *change, size_t bars, float *evidence)
{
    float mean = 1e-3f;
    for (size_t b = 0; b < bars; b++) {
        float left = b > 0 ? change[b - 1] : 0.0f;
        float right = b + 1 < bars ? change[b + 1] : 0.0f;
        float out = change[b] - 0.5f * (left + right);
        evidence[b] = fmaxf(out, 0.0f) * SHARP + PLAIN * change[b];
        mean += evidence[b] / (float)bars;
    }
    for (size_t b = 0; b < bars; b++)
        evidence[b] = fminf(evidence[b] / mean, MOST) - 1.0f;
    evidence[bars - 1] = fminf(evidence[bars - 1], END);
}

/* Count the bars 0..7 so that the zeros fall where things change; the count is free to
 * start anew behind a bar of another length. */
static int count_bars(const float *evidence, const bool *is_behind_odd, size_t bars,
                      uint8_t *position)
{
    float total[PHRASE_BARS];
    uint8_t *from = malloc(bars * PHRASE_BARS), best = 0;
    if (!from)
        return -ENOMEM;
    for (int p = 0; p < PHRASE_BARS; p++)
        total[p] = p == 0 ? START_GAIN : 0.0f;
    for (size_t b = 1; b < bars; b++) {
        float next[PHRASE_BARS];
        for (int p = 1; p < PHRASE_BARS; p++) {
            next[p] = total[p - 1];
            from[b * PHRASE_BARS + (size_t)p] = (uint8_t)(p - 1);
        }
        next[0] = total[PHRASE_BARS - 1];
        from[b * PHRASE_BARS] = PHRASE_BARS - 1;
        for (uint8_t p = 0; p < PHRASE_BARS - 1; p++) {
            float cost = is_behind_odd[b] ? 0.0f : p == 3 ? HALF_COST : RESET_COST;
            float here = total[p] - cost;
            if (here > next[0]) {
                next[0] = here;
                from[b * PHRASE_BARS] = p;
            }
        }
        next[0] += evidence[b];
        memcpy(total, next, sizeof total);
    }
    for (uint8_t p = 1; p < PHRASE_BARS; p++)
        best = total[p] > total[best] ? p : best;
    for (size_t b = bars; b-- > 0; best = b > 0 ? from[b * PHRASE_BARS + best] : 0)
        position[b] = best;
    free(from);
    return 0;
}

/* How sure the count is, the bars being right: by the mean evidence at its zeros against
 * the best other place and against four bars off, and by how often it starts anew behind
 * whole bars. A logistic fit over composed songs. */
static float chance_of(const float *evidence, const bool *is_behind_odd, size_t bars,
                       const uint8_t *position)
{
    float sum[PHRASE_BARS] = {0}, other = -1e9f, zeros = 1.0f, anew = 0.0f;
    for (size_t b = 0; b < bars; b++) {
        sum[position[b]] += evidence[b];
        zeros += b > 0 && position[b] == 0;
        anew += b > 0 && position[b] == 0 && position[b - 1] != PHRASE_BARS - 1 &&
                !is_behind_odd[b];
    }
    for (int p = 1; p < PHRASE_BARS; p++)
        other = fmaxf(other, sum[p]);
    float sure = 3.3f * (sum[0] - sum[4]) - 1.8f * (sum[0] - other) - 8.5f * anew;
    return 1.0f / (1.0f + expf(-(sure / zeros - 0.8f)));
}

/* What is ordinary among changes: the mean of roots, so that a fade at the end, which
 * changes more than all else, does not make the rest small. */
static float ordinary(const float *change, size_t bars)
{
    float sum = 0.0f;
    for (size_t b = 0; b < bars; b++)
        sum += sqrtf(change[b]) / (float)bars;
    return sum * sum;
}

static int lay(struct phrases *out, const struct strip_d *downbeat,
               const uint8_t *position)
{
    float mean = ordinary(out->change, out->bars);
    int err = STRIP_PUSH(&out->section, downbeat->at[0]);
    size_t last = 0;
    for (size_t b = 0; !err && b < out->bars; b++) {
        if (position[b] == 0 && b + 2 <= out->bars)
            err = STRIP_PUSH(&out->time, downbeat->at[b]);
        if (!err && position[b] % 4 == 0 && b >= last + 4 && b + 2 <= out->bars &&
            out->change[b] > (position[b] == 0 ? SECTION_SHARE : SECTION_HALF) * mean) {
            err = STRIP_PUSH(&out->section, downbeat->at[b]);
            last = b;
        }
    }
    return err;
}

/* Bar lines are beats: find each among them. */
static void fill_changes(struct phrases *out, bool *is_behind_odd,
                         const struct strip_d *downbeat, const struct strip_d *beats,
                         const struct changes *changes, size_t per_bar)
{
    size_t beat = 0, last = 0;
    for (size_t b = 0; b < out->bars; b++) {
        while (beat + 1 < beats->count && beats->at[beat] < downbeat->at[b])
            beat++;
        out->change[b] = changes_at(changes, beat, SIDE * per_bar);
        is_behind_odd[b] = b > 0 && beat - last != per_bar;
        last = beat;
    }
}

int phrases_init(struct phrases *out, const struct bars *bars,
                 const struct strip_d *beats, const struct changes *changes)
{
    memset(out, 0, sizeof *out);
    out->bars = bars->downbeat.count;
    if (out->bars == 0)
        return 0;
    out->change = calloc(out->bars * 2, sizeof *out->change);
    uint8_t *position = malloc(out->bars);
    bool *is_behind_odd = malloc(out->bars * sizeof *is_behind_odd);
    float *evidence = NULL;
    int err = out->change && position && is_behind_odd ? 0 : -ENOMEM;
    if (!err) {
        evidence = out->change + out->bars;
        fill_changes(out, is_behind_odd, &bars->downbeat, beats, changes,
                     bars->beats_per_bar);
        fill_evidence(out->change, out->bars, evidence);
        err = count_bars(evidence, is_behind_odd, out->bars, position);
    }
    if (!err)
        err = lay(out, &bars->downbeat, position);
    if (!err)
        out->confidence = chance_of(evidence, is_behind_odd, out->bars, position);
    free(is_behind_odd);
    free(position);
    return err;
}

void phrases_release(struct phrases *phrases)
{
    free(phrases->change);
    free(phrases->time.at);
    free(phrases->section.at);
}
