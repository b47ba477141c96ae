/* pulse.c - a straight line where the track keeps its tempo, else a chain. */
#include "pulse.h"

#include <math.h>
#include <string.h>

#include "chain.h"
#include "steady.h"

#define STEADY_WANDER_S 0.005
#define LINE_WANDER_S 0.015  /* up to which a line leads and the beats may leave it */
#define LOOSE_WANDER_S 0.030 /* up to which it does if a chain meets no more onsets */
#define AS_MANY 0.85
#define AWAY_S 24.0     /* another tempo for so long, however softly: a chain is asked */
#define NEAR_FRAMES 3.0 /* an onset this far off still counts for its quarter */

static int lay_line(struct strip_d *out, const struct steady *line, double end)
{
    double first = fmod(line->phase, line->period);
    if (first < 0.0)
        first += line->period;
    int err = 0;
    for (size_t k = 0; !err && first + (double)k * line->period < end; k++)
        err = STRIP_PUSH(out, first + (double)k * line->period);
    return err;
}

/* Mean onset strength on the quarters of the pulses from one time to another. */
static double onsets_met(const struct strip_d *time, const struct flux *flux, double from,
                         double to)
{
    double sum = 0.0, count = 1e-9;
    for (size_t i = 0; i + 1 < time->count; i++) {
        if (time->at[i] < from || time->at[i] >= to)
            continue;
        count += 1.0;
        for (int quarter = 0; quarter < 4; quarter++) {
            double at = time->at[i] + 0.25 * quarter * (time->at[i + 1] - time->at[i]);
            sum += (double)flux_near(flux, flux->all, at, NEAR_FRAMES);
        }
    }
    return sum / count;
}

static void swap_strips(struct strip_d *a, struct strip_d *b)
{
    struct strip_d kept = *a;
    *a = *b;
    *b = kept;
}

int pulse_init(struct pulse *out, const struct flux *flux, const struct tempo *tempo)
{
    memset(out, 0, sizeof *out);
    if (tempo->count == 0)
        return 0;
    struct steady steady;
    struct strip_d line = {0};
    bool stays = !tempo_changes(tempo);
    bool is_away = tempo->away_to - tempo->away_from > AWAY_S;
    double from = is_away ? tempo->away_from : flux->origin;
    double to = is_away ? tempo->away_to : HUGE_VAL;
    int err = steady_find(&steady, flux, tempo->main, tempo->reach);
    if (!err)
        err = lay_line(&line, &steady, flux->origin + (double)flux->frames / FLUX_FPS);
    out->is_steady =
        !err && (tempo->is_lines || (stays && steady.wander_s < STEADY_WANDER_S));
    out->is_line =
        out->is_steady || (!err && stays && !is_away && steady.wander_s < LINE_WANDER_S);
    if (!err && !out->is_line) {
        err = chain_find(&out->time, flux, flux->all, tempo, 1.0);
        out->is_line = stays && steady.wander_s < LOOSE_WANDER_S &&
                       onsets_met(&line, flux, from, to) >=
                           AS_MANY * onsets_met(&out->time, flux, from, to);
    }
    if (out->is_line)
        swap_strips(&out->time, &line);
    free(line.at);
    return err;
}

int pulse_line(struct pulse *out, const struct flux *flux, const struct tempo *tempo)
{
    struct steady steady;
    struct flux home = flux_part(flux, tempo->home_from, tempo->home_to);
    memset(out, 0, sizeof *out);
    int err = steady_find(&steady, &home, tempo->main, tempo->reach);
    if (err || steady.wander_s >= LINE_WANDER_S)
        return err;
    out->is_steady = out->is_line = true;
    return lay_line(&out->time, &steady, flux->origin + (double)flux->frames / FLUX_FPS);
}

void pulse_release(struct pulse *pulse)
{
    free(pulse->time.at);
}

double pulse_time(const struct pulse *pulse, double number)
{
    const double *at = pulse->time.at;
    size_t count = pulse->time.count;
    if (count < 2)
        return count ? at[0] : 0.0;
    double low = floor(number);
    size_t k = low < 0.0 ? 0 : low > (double)(count - 2) ? count - 2 : (size_t)low;
    return at[k] + (number - (double)k) * (at[k + 1] - at[k]);
}

double pulse_number(const struct pulse *pulse, double time)
{
    double last = (double)(pulse->time.count - 1);
    double before = time - pulse_time(pulse, 0.0), after = time - pulse_time(pulse, last);
    if (before < 0.0)
        return before / (pulse_time(pulse, 1.0) - pulse_time(pulse, 0.0));
    if (after > 0.0)
        return last + after / (pulse_time(pulse, last) - pulse_time(pulse, last - 1.0));
    size_t k = 0;
    while (pulse->time.at[k + 1] < time)
        k++;
    double step = pulse->time.at[k + 1] - pulse->time.at[k];
    return (double)k + (time - pulse->time.at[k]) / step;
}
