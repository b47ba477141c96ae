/* ears.c - the order of things: listen once, then find out, from coarse to fine. */
#include "ears.h"

#include <math.h>
#include <string.h>

#include "accent.h"
#include "beats.h"
#include "harmony.h"
#include "hearing.h"
#include "key.h"
#include "meter.h"
#include "novelty.h"

/* Everything that is found, in the order in which it is found. */
struct ears {
    struct hearing hearing;
    struct level_found level;
    struct flux flux;
    struct harmony harmony;
    struct novelty novelty;
    struct tempo tempo;
    struct pulse pulse;
    struct meter meter;
    struct beats beats;
    struct strip_d downbeats, phrases;
};

static void ears_release(struct ears *ears)
{
    hearing_release(&ears->hearing);
    flux_release(&ears->flux);
    harmony_release(&ears->harmony);
    novelty_release(&ears->novelty);
    tempo_release(&ears->tempo);
    pulse_release(&ears->pulse);
    beats_release(&ears->beats);
    free(ears->downbeats.at);
    free(ears->phrases.at);
}

#define FLUX_LEAD_S 0.012 /* by which onset strength runs ahead of the sound */

/* The maps that everything else is read from, each with its place in time. */
static int draw_maps(struct ears *ears)
{
    int err = flux_init(&ears->flux, &ears->hearing.mel);
    if (!err)
        err = harmony_init(&ears->harmony, &ears->hearing.pitch);
    if (!err)
        err = novelty_init(&ears->novelty, &ears->hearing.mel);
    ears->flux.origin = MEL_ORIGIN - HEARING_HALF_S + FLUX_LEAD_S;
    ears->harmony.origin = PITCH_ORIGIN - HEARING_EIGHTH_S;
    ears->novelty.origin = MEL_ORIGIN - HEARING_HALF_S;
    return err;
}

/* Follow the beat that was found, now that its sound is known, and read it again. */
static int find_meter_again(struct ears *ears, const struct meter_ears *parts,
                            struct fold *folds)
{
    float *accent;
    const struct fold *fold = &folds[ears->meter.fold];
    int err = accent_find(&accent, &ears->flux, &ears->tempo, fold, ears->meter.phase);
    if (!err)
        err = pulse_follow_again(&ears->pulse, &ears->flux, &ears->tempo, accent,
                                 ears->meter.per_beat);
    free(accent);
    if (!err)
        meter_choose(&ears->meter, folds, meter_fold(parts, folds));
    return err;
}

static int find_beats(struct ears *ears)
{
    struct fold folds[METER_READINGS];
    const struct meter_ears parts = {&ears->pulse, &ears->flux, &ears->harmony,
                                     &ears->novelty};
    meter_choose(&ears->meter, folds, meter_fold(&parts, folds));
    if (ears->meter.per_beat > 0.0 && !ears->pulse.is_steady) {
        int err = find_meter_again(ears, &parts, folds);
        if (err)
            return err;
    }
    double duration = (double)ears->hearing.frames / FV_RATE;
    return beats_init(&ears->beats, &ears->meter, &ears->pulse, &ears->hearing.bands,
                      -HEARING_HALF_S, ears->level.silence_head,
                      duration - ears->level.silence_tail);
}

static int find_rhythm(struct ears *ears)
{
    int err = tempo_init(&ears->tempo, &ears->flux);
    if (!err)
        err = pulse_init(&ears->pulse, &ears->flux, &ears->tempo);
    return err ? err : find_beats(ears);
}

static int find_bars(struct ears *ears)
{
    const struct strip_d *beats = &ears->beats.time;
    double one = pulse_time(&ears->pulse, ears->meter.first);
    size_t nearest = 0;
    int err = 0;
    for (size_t i = 1; i < beats->count; i++)
        if (fabs(beats->at[i] - one) < fabs(beats->at[nearest] - one))
            nearest = i;
    for (size_t i = nearest % 4; !err && i < beats->count; i += 4)
        err = strip_push_d(&ears->downbeats, beats->at[i]);
    for (size_t i = 0; !err && i < ears->downbeats.count; i += 8)
        err = strip_push_d(&ears->phrases, ears->downbeats.at[i]);
    return err;
}

static int report(struct ears *ears, const struct fv_analysis_sink *sink)
{
    const struct level_found level = ears->level;
    struct key key;
    uint32_t *words;
    key_find(&key, &ears->harmony);
    struct fv_analysis found = {
        .struct_size = sizeof found,
        .duration = (double)ears->hearing.frames / FV_RATE,
        .bpm = ears->beats.bpm,
        .tempo_confidence = ears->meter.tempo_chance,
        .beat_confidence = ears->meter.beat_chance,
        .bar_confidence = ears->meter.bar_chance,
        .beats_per_bar = ears->downbeats.count > 0 ? 4 : 0,
        .beats = ears->beats.time.at,
        .beat_count = (uint32_t)ears->beats.time.count,
        .downbeats = ears->downbeats.at,
        .downbeat_count = (uint32_t)ears->downbeats.count,
        .phrases = ears->phrases.at,
        .phrase_count = (uint32_t)ears->phrases.count,
        .key = key.tonic_mode,
        .key_confidence = key.confidence,
        .tuning_cents = (float)pitch_tuning(&ears->hearing.pitch),
        .loudness_lufs = level.lufs,
        .loudness_range_lu = level.range_lu,
        .true_peak_dbtp = level.true_peak_dbtp,
        .silence_head = level.silence_head,
        .silence_tail = level.silence_tail,
        .wave = ears->hearing.bands.wave.at,
        .wave_count = (uint32_t)(ears->hearing.bands.wave.count / FV_WAVE_BANDS),
        .wave_step = BANDS_WAVE_STEP,
    };
    found.fingerprint_count = print_find(&ears->hearing.print, &words);
    found.fingerprint = words;
    int err = sink->found(sink->ctx, &found);
    chromaprint_dealloc(words);
    return err;
}

int ears_analyse(const struct fv_host *host, const struct fv_pcm *pcm,
                 const struct fv_analysis_sink *sink)
{
    struct ears ears;
    memset(&ears, 0, sizeof ears);
    int err = hearing_init(&ears.hearing);
    if (err)
        return err;
    err = hearing_listen(&ears.hearing, host, pcm);
    level_find(&ears.hearing.level, &ears.level);
    if (!err)
        err = draw_maps(&ears);
    if (!err)
        err = find_rhythm(&ears);
    if (!err)
        err = find_bars(&ears);
    if (!err)
        err = report(&ears, sink);
    ears_release(&ears);
    return err;
}
