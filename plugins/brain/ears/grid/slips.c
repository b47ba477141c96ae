/* slips.c - the phase of the beat in windows, and the best path through them. */
#include "slips.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define WINDOW 36 /* beats that are judged together */
#define HOP 12    /* a whole number of pulses at every ratio */
#define SLIP_COST 10.0f
#define JUMP_COST 0.5f /* of a slip where the tempo jumps */
#define SURE 0.02f     /* least chance of a phase */

struct window {
    float score[METER_SUBS];
    double start; /* pulse number from which on it counts, rather than the one before */
    bool is_jump; /* the tempo jumps there */
    uint8_t from[METER_SUBS], phase;
};

static void judge(struct window *out, const struct meter *meter,
                  const struct meter_ears *ears, size_t first, size_t last)
{
    struct pulse part = {.time = {ears->pulse->time.at + first, last - first, 0}};
    struct meter_ears here = *ears;
    struct fold fold = {.ratio = meter->per_beat, .bpm = meter->bpm};
    float sum[METER_SUBS] = {0}, all = 0.0f;
    here.pulse = &part;
    meter_fill_fold(&fold, &here);
    for (int p = 0; p < METER_STEPS; p++) {
        float chance = expf(meter_judge(&fold, p));
        sum[p % METER_SUBS] += chance;
        all += chance;
    }
    for (int p = 0; p < METER_SUBS; p++)
        out->score[p] = logf(sum[p] / all + SURE);
}

/* Where the tempo jumps between two pulses, its pulse number; else -1. */
static double jump_between(const struct tempo *tempo, const struct pulse *pulse,
                           double first, double last)
{
    double start = pulse_time(pulse, first), end = pulse_time(pulse, last);
    double jump = tempo_jump(tempo, start, end);
    return jump < 0.0 ? -1.0 : first + (jump - start) / (end - start) * (last - first);
}

static void find_path(struct window *window, size_t count)
{
    float total[METER_SUBS], next[METER_SUBS];
    uint8_t best = 0;
    memcpy(total, window[0].score, sizeof total);
    for (size_t w = 1; w < count; w++) {
        float cost = window[w].is_jump ? JUMP_COST : SLIP_COST;
        for (uint8_t p = 0; p < METER_SUBS; p++) {
            uint8_t from = p;
            for (uint8_t q = 0; q < METER_SUBS; q++)
                if (total[q] - cost > total[from] - (from == p ? 0.0f : cost))
                    from = q;
            next[p] = total[from] - (from == p ? 0.0f : cost) + window[w].score[p];
            window[w].from[p] = from;
        }
        memcpy(total, next, sizeof total);
    }
    for (uint8_t p = 1; p < METER_SUBS; p++)
        best = total[p] > total[best] ? p : best;
    for (size_t w = count; w-- > 0; best = window[w].from[best])
        window[w].phase = best;
}

static void fill_parts(struct meter *meter, const struct window *window, size_t count)
{
    meter->parts = 0;
    for (size_t w = 0; w < count && meter->parts < METER_PARTS; w++)
        if (w == 0 || window[w].phase != window[w - 1].phase)
            meter->part[meter->parts++] = (struct meter_part){
                window[w].start, window[w].phase * meter->per_beat / METER_SUBS};
}

int slips_find(struct meter *meter, const struct meter_ears *ears,
               const struct tempo *tempo)
{
    size_t size = (size_t)lrint(WINDOW * meter->per_beat);
    size_t hop = (size_t)lrint(HOP * meter->per_beat), pulses = ears->pulse->time.count;
    if (meter->per_beat <= 0.0 || ears->pulse->is_line || pulses < size + hop)
        return 0;
    size_t count = (pulses - size) / hop + 1;
    struct window *window = calloc(count, sizeof *window);
    if (!window)
        return -ENOMEM;
    for (size_t w = 0; w < count; w++) {
        size_t first = w * hop, last = w + 1 < count ? first + size : pulses;
        judge(&window[w], meter, ears, first, last);
        double middle = (double)first + 0.5 * (double)size;
        double jump =
            w > 0 ? jump_between(tempo, ears->pulse, middle - (double)hop, middle) : -1.0;
        window[w].is_jump = jump >= 0.0;
        window[w].start = jump >= 0.0 ? jump : middle - 0.5 * (double)hop;
    }
    find_path(window, count);
    fill_parts(meter, window, count);
    free(window);
    return 0;
}
