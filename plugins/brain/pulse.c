/* pulse.c - a straight line where the track keeps its tempo; else Ellis's dynamic
 * programming ("Beat tracking by dynamic programming", JNMR 2007) along the tempo path.
 */
#include "pulse.h"

#include <math.h>
#include <string.h>

#include "steady.h"

#define STEADY_WANDER_S 0.004
#define TIGHT 6000.0f  /* cost of a step that is off the period, squared natural log */
#define REACH_LOG 0.16 /* steps looked at: +- this much */
#define LOUD 4.0f      /* onsets count up to so many standard deviations */

static int lay_line(struct pulse *out, const struct steady *line, double end)
{
    double first = fmod(line->phase, line->period);
    if (first < 0.0)
        first += line->period;
    int err = 0;
    for (size_t k = 0; !err && first + (double)k * line->period < end; k++)
        err = strip_push_d(&out->time, first + (double)k * line->period);
    return err;
}

/* Best predecessor of frame n; 0 when none is worth it. */
static size_t best_step(const float *score, size_t n, double period, float *gain)
{
    size_t shortest = (size_t)(period * exp(-REACH_LOG)), best = 0;
    size_t longest = (size_t)(period * exp(REACH_LOG)) + 1;
    *gain = 0.0f;
    for (size_t step = shortest; step <= longest && step <= n; step++) {
        float off = logf((float)step / (float)period);
        float here = score[n - step] - TIGHT * off * off;
        if (here > *gain) {
            *gain = here;
            best = step;
        }
    }
    return best;
}

/* One over the standard deviation. */
static float onset_scale(const struct flux *flux)
{
    double sum = 0.0, square = 0.0, n = (double)flux->frames;
    for (size_t i = 0; i < flux->frames; i++) {
        sum += (double)flux->all[i];
        square += (double)flux->all[i] * (double)flux->all[i];
    }
    double variance = n > 0 ? square / n - sum * sum / n / n : 0.0;
    return variance > 1e-12 ? (float)(1.0 / sqrt(variance)) : 0.0f;
}

static int follow(struct pulse *out, const struct flux *flux, const struct tempo *tempo)
{
    size_t n = flux->frames, count = 0, last = 0;
    float *score = malloc((n + 1) * sizeof *score), gain;
    uint16_t *step = calloc(n + 1, sizeof *step);
    int err = score && step ? strip_room((void **)&out->time.at, &out->time.room, 0,
                                         n / 20 + 2, sizeof *out->time.at)
                            : -ENOMEM;
    float scale = onset_scale(flux);
    for (size_t i = 0; !err && i < n; i++) {
        double period = tempo_at(tempo, flux->origin + (double)i / FLUX_FPS) * FLUX_FPS;
        step[i] = (uint16_t)best_step(score, i, period, &gain);
        score[i] = fminf(flux->all[i] * scale, LOUD) + gain;
        if (i + (size_t)period >= n && score[i] > score[last])
            last = i;
    }
    for (size_t i = last; !err; i -= step[i]) {
        out->time.at[count++] = flux->origin + (double)i / FLUX_FPS;
        if (step[i] == 0)
            break;
    }
    for (size_t i = 0; i < count / 2; i++) {
        double swap = out->time.at[i];
        out->time.at[i] = out->time.at[count - 1 - i];
        out->time.at[count - 1 - i] = swap;
    }
    out->time.count = count;
    free(score);
    free(step);
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
    out->coherence = line.coherence;
    out->wander_s = line.wander_s;
    out->is_steady = line.wander_s < STEADY_WANDER_S;
    if (out->is_steady)
        return lay_line(out, &line, flux->origin + (double)flux->frames / FLUX_FPS);
    return follow(out, flux, tempo);
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
