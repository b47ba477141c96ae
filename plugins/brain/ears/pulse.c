/* pulse.c - a straight line where the track keeps its tempo, else a chain. */
#include "pulse.h"

#include <math.h>
#include <string.h>

#include "chain.h"
#include "steady.h"

#define STEADY_WANDER_S 0.005
#define LINE_WANDER_S 0.015 /* up to which a line leads and the beats may leave it */
#define STEADY_DEPARTURE 0.18

static int lay_line(struct pulse *out, const struct steady *line, double end)
{
    double first = fmod(line->phase, line->period);
    if (first < 0.0)
        first += line->period;
    int err = 0;
    for (size_t k = 0; !err && first + (double)k * line->period < end; k++)
        err = STRIP_PUSH(&out->time, first + (double)k * line->period);
    return err;
}

int pulse_init(struct pulse *out, const struct flux *flux, const struct tempo *tempo)
{
    memset(out, 0, sizeof *out);
    if (tempo->count == 0)
        return 0;
    struct steady line;
    int err = steady_find(&line, flux, tempo->main);
    if (err)
        return err;
    bool stays = tempo->departure < STEADY_DEPARTURE;
    out->is_steady = stays && line.wander_s < STEADY_WANDER_S;
    out->is_line = stays && line.wander_s < LINE_WANDER_S;
    if (out->is_line)
        return lay_line(out, &line, flux->origin + (double)flux->frames / FLUX_FPS);
    return chain_find(&out->time, flux, flux->all, tempo, 1.0);
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
