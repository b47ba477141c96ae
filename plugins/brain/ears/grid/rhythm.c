/* rhythm.c - one line with others grafted onto it where the tempo changes at once; else a
 * line, or a chain that moves.
 */
#include "rhythm.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "follow.h"
#include "graft.h"
#include "slips.h"
#include "stray.h"

#define BEATLESS 0.2f  /* chance of a beat below which none is reported */
#define AWAY_S 15.0    /* at another tempo, which may be grafted */
#define LEFT 0.1       /* share of the music that grafts may leave in doubt */
#define TWO_MINDS 0.8f /* chance of the beats at home below which others may be */
#define AS_GOOD 0.045  /* share of the attacks that beats may miss ... */
#define GLIDES 0.02    /* ... and fewer of them, where the tempo glides */
#define LOOSE 0.8      /* share of them that a curve meets, below which it is a guess */

/* All but the tempo is found anew. */
static void forget(struct rhythm *rhythm)
{
    struct tempo kept = rhythm->tempo;
    pulse_release(&rhythm->pulse);
    beats_release(&rhythm->beats);
    free(rhythm->unsure.at);
    memset(rhythm, 0, sizeof *rhythm);
    rhythm->tempo = kept;
}

void rhythm_release(struct rhythm *rhythm)
{
    forget(rhythm);
    tempo_release(&rhythm->tempo);
}

/* Whether there is a beat at all: free time shows no ridge in the tempogram. */
static void doubt(struct meter *meter, const struct tempo *tempo)
{
    float chance = 1.0f / (1.0f + expf(-14.0f * ((float)tempo->clarity - 0.4f)));
    meter->tempo_chance *= chance;
    meter->beat_chance *= chance;
    if (chance < BEATLESS)
        meter->per_beat = 0.0;
}

static struct meter_ears parts_of(const struct rhythm *rhythm,
                                  const struct rhythm_ears *ears)
{
    return (struct meter_ears){&rhythm->pulse, &ears->maps->flux, &ears->maps->harmony,
                               &ears->maps->novelty, ears->first};
}

static int find_meter(struct rhythm *out, const struct rhythm_ears *ears,
                      const struct tempo *tempo)
{
    struct fold folds[METER_READINGS];
    const struct meter_ears parts = parts_of(out, ears);
    meter_choose(&out->meter, &parts, folds, meter_fold(&parts, folds));
    return tempo ? slips_find(&out->meter, &parts, tempo) : 0;
}

/* Let the beats follow a tempo that moves; where it jumps, slips are all there is. */
static int bend(struct rhythm *out, const struct rhythm_ears *ears)
{
    struct pulse *pulse = &out->pulse;
    const struct flux *flux = &ears->maps->flux;
    bool was_line = pulse->is_line;
    int err = 0;
    if (out->meter.per_beat <= 0.0 || pulse->is_steady ||
        tempo_jump(&out->tempo, 0.0, INFINITY) >= 0.0)
        return 0;
    if (was_line)
        err = follow_bent(pulse, &out->meter, flux, &out->tempo);
    else
        err = follow_tempo(pulse, &out->meter, flux, &out->tempo);
    return err || pulse->is_line ? err : find_meter(out, ears, NULL);
}

/* The meter of a line, as it is heard where the line was found. How the music begins says
 * nothing of it if that is elsewhere. */
static void find_meter_at_home(struct rhythm *out, const struct rhythm_ears *ears)
{
    struct fold folds[METER_READINGS];
    const struct tempo *tempo = &out->tempo;
    const struct strip_d *time = &out->pulse.time;
    struct meter_ears parts = parts_of(out, ears);
    size_t first = 0, count = 0;
    while (first < time->count && time->at[first] < tempo->home_from)
        first++;
    while (first + count < time->count && time->at[first + count] < tempo->home_to)
        count++;
    const struct pulse home = {{time->at + first, count, 0}, true, true};
    parts.pulse = &home;
    if (tempo->home_from > TEMPO_WINDOW_S / 2)
        parts.start = NAN;
    meter_choose(&out->meter, &parts, folds, meter_fold(&parts, folds));
    out->meter.first += (double)first;
    out->meter.part[0].first += (double)first;
}

/* What a line leaves in doubt may be in another tempo; the doubts are then others.
 *
 * left     the seconds in doubt that are in none either
 */
static int mend(struct rhythm *out, const struct rhythm_ears *ears, double *left)
{
    const struct scion_ears parts = {parts_of(out, ears), ears->bands,
                                     ears->maps->bands_origin};
    struct strip_d *time = &out->beats.time;
    int err = unsure_find(&out->unsure, &out->beats, &out->tempo, ears->end);
    if (!err)
        err = graft_beats(&out->beats, &out->unsure, &parts, &out->tempo, ears->start,
                          ears->end, left);
    if (!err && !out->beats.bends && isinf(*left))
        err = stray_mend(time, &ears->maps->flux, ears->end);
    out->unsure.count = 0;
    return err ? err : unsure_find(&out->unsure, &out->beats, &out->tempo, ears->end);
}

static int find_beats(struct rhythm *out, const struct rhythm_ears *ears, double *left)
{
    int err = beats_init(&out->beats, &out->meter, &out->pulse, ears->bands,
                         ears->maps->bands_origin, ears->start, ears->end);
    if (out->meter.per_beat > 0.0 && out->beats.time.count == 0)
        out->meter.tempo_chance = out->meter.beat_chance = 0.0f;
    return err ? err : mend(out, ears, left);
}

static bool is_found(const struct rhythm *rhythm)
{
    return rhythm->pulse.time.count > 0;
}

static bool is_away(const struct tempo *tempo)
{
    return tempo->away_to - tempo->away_from > AWAY_S;
}

/* How many beats a beat and the next are apart, in quarters: one, unless lines that meet
 * there are not of one phase. */
static double gap_behind(const struct strip_d *beat, size_t i)
{
    double gap = beat->at[i + 1] - beat->at[i];
    double before = i > 0 ? beat->at[i] - beat->at[i - 1] : HUGE_VAL;
    double behind = i + 2 < beat->count ? beat->at[i + 2] - beat->at[i + 1] : HUGE_VAL;
    double like = fabs(before - gap) < fabs(behind - gap) ? before : behind;
    return round(4.0 * gap / like) / 4.0;
}

/* Whether lines meet on beats of both: else something was not heard between them. */
static bool is_even(const struct strip_d *beat)
{
    for (size_t i = 0; i + 1 < beat->count; i++)
        if (gap_behind(beat, i) != 1.0)
            return false;
    return true;
}

/* Find beats anew, those at home by a number of pulses later. returns 0 or -ENOMEM */
static int shift_home(struct rhythm *out, const struct rhythm_ears *ears, double pulses,
                      double *left)
{
    out->meter.first += pulses;
    out->meter.part[0].first += pulses;
    beats_release(&out->beats);
    out->unsure.count = 0;
    return find_beats(out, ears, left);
}

/* The half of a beat by which lines do not meet may be home's, where the network is in
 * two minds about it. returns 0 or -ENOMEM */
static int try_off_beats(struct rhythm *out, const struct rhythm_ears *ears, double *left)
{
    double half = 0.5 * out->meter.per_beat;
    if (is_even(&out->beats.time) || out->meter.beat_chance > TWO_MINDS)
        return 0;
    int err = shift_home(out, ears, half, left);
    if (!err && !is_even(&out->beats.time))
        err = shift_home(out, ears, -half, left);
    return err;
}

/* Lay a line where the tempo is at home, and graft all else on it.
 * returns 0, out->pulse is empty if it can't be; or -ENOMEM */
static int graft(struct rhythm *out, const struct rhythm_ears *ears)
{
    double left = INFINITY;
    int err = pulse_line(&out->pulse, &ears->maps->flux, &out->tempo);
    if (!err && out->pulse.time.count > 0) {
        find_meter_at_home(out, ears);
        doubt(&out->meter, &out->tempo);
        err = find_beats(out, ears, &left);
        if (!err)
            err = try_off_beats(out, ears, &left);
    }
    if (!err && left > LEFT * (ears->end - ears->start))
        forget(out);
    return err;
}

/* As if the tempo did not change at once: a line, or a chain that moves. */
static int find_whole(struct rhythm *out, const struct rhythm_ears *ears)
{
    double left;
    int err = pulse_init(&out->pulse, &ears->maps->flux, &out->tempo);
    if (!err)
        err = find_meter(out, ears, &out->tempo);
    if (!err)
        err = bend(out, ears);
    if (!err)
        doubt(&out->meter, &out->tempo);
    return err ? err : find_beats(out, ears, &left);
}

static double seconds_of(const struct strip_span *unsure)
{
    double sum = 0.0;
    for (size_t i = 0; i < unsure->count; i++)
        sum += unsure->at[i].end - unsure->at[i].start;
    return sum;
}

/* Graft on the line that is longest at the commonest tempo; or, if that can't be or lines
 * do not meet well, on one where another is longest.
 *
 * missed   share of the attacks that the beats may miss: of likely ones any */
static int find_grafted(struct rhythm *out, const struct rhythm_ears *ears,
                        double *missed)
{
    struct rhythm other = {.tempo = out->tempo};
    int err = graft(out, ears);
    bool is_likely = is_found(out) && is_even(&out->beats.time);
    *missed = is_likely ? INFINITY : AS_GOOD;
    if (err || is_likely || !is_away(&out->tempo))
        return err;
    tempo_trade_places(&other.tempo);
    err = graft(&other, ears);
    if (is_found(&other) && (!is_found(out) || is_even(&other.beats.time))) {
        forget(out);
        *out = other;
    } else {
        forget(&other);
    }
    return err;
}

/* A tempo that glides from one to another is better followed than grafted: more of the
 * attacks are met, and little is left in doubt. */
static bool is_better(const struct rhythm *whole, const struct rhythm *grafted,
                      double missed)
{
    double more = whole->beats.agreement - grafted->beats.agreement;
    bool is_sure = seconds_of(&whole->unsure) < 0.5 * seconds_of(&grafted->unsure);
    return !is_found(grafted) || more > (is_sure ? GLIDES : missed);
}

/* A curve goes as far as its attacks allow: if it misses many, they are not the beats'.
 */
static int doubt_curve(struct rhythm *out, const struct rhythm_ears *ears)
{
    struct attacks attacks;
    if (out->beats.bends && out->beats.agreement < LOOSE)
        out->meter.beat_chance *= (float)out->beats.agreement;
    attacks_init(&attacks, ears->bands, ears->maps->bands_origin);
    return unsure_add_faint(&out->unsure, &out->beats, &attacks, ears->end);
}

int rhythm_find(struct rhythm *out, const struct rhythm_ears *ears)
{
    double missed = INFINITY;
    memset(out, 0, sizeof *out);
    int err = tempo_init(&out->tempo, &ears->maps->flux);
    struct rhythm whole = {.tempo = out->tempo};
    if (!err && (tempo_changes(&out->tempo) || is_away(&out->tempo)))
        err = find_grafted(out, ears, &missed);
    if (!err)
        err = find_whole(&whole, ears);
    if (!err && is_better(&whole, out, missed)) {
        forget(out);
        *out = whole;
    } else {
        forget(&whole);
    }
    if (!err)
        err = doubt_curve(out, ears);
    return err;
}
