/* ears.c - the order of things: listen once, then find out, from coarse to fine; part by
 * part where a track is long. */
#include "ears.h"

#include <math.h>
#include <string.h>

#include "ears_found.h"
#include "key.h"
#include "whole.h"

/* All but the hearing, which goes on. */
static void release_part(struct ears *ears)
{
    maps_release(&ears->maps);
    rhythm_release(&ears->rhythm);
    changes_release(&ears->changes);
    bars_release(&ears->bars);
    phrases_release(&ears->phrases);
    free(ears->stretch.at);
    free(ears->features);
    form_release(&ears->form);
}

void ears_release(struct ears *ears)
{
    release_part(ears);
    hearing_release(&ears->hearing);
}

#define BEATLESS_S 0.5

static double first_sound(const struct ears *ears)
{
    return ears->hearing.start > 0 ? NAN : ears->start;
}

static int find_rhythm(struct ears *ears)
{
    return rhythm_find(&ears->rhythm,
                       &(struct rhythm_ears){&ears->maps, &ears->hearing.bands,
                                             first_sound(ears), ears->start, ears->end});
}

/* The chance of the one, given all that it stands on: a logistic fit over composed songs
 * (the bars' own chance, the beat's, and how many attacks lie on beats). */
static float bar_chance(const struct ears *ears)
{
    double bar = fmin(fmax((double)ears->bars.bar_confidence, 1e-4), 0.9999);
    double beat = fmin(fmax((double)ears->rhythm.meter.beat_chance, 1e-4), 0.9999);
    double sure = 0.36 * log(bar / (1.0 - bar)) + 0.26 * log(beat / (1.0 - beat)) +
                  0.8 * ears->rhythm.beats.agreement - 1.1;
    return ears->bars.beats_per_bar ? (float)(1.0 / (1.0 + exp(-sure))) : 0.0f;
}

/* What the features are of: beats, or half seconds where there is no beat. */
static int lay_stretches(struct ears *ears)
{
    const struct strip_d *beats = &ears->rhythm.beats.time;
    int err = 0;
    if (beats->count == 0)
        for (double time = 0.0; !err && time < ears->end; time += BEATLESS_S)
            err = STRIP_PUSH(&ears->stretch, time);
    for (size_t i = 0; !err && i < beats->count; i++)
        err = STRIP_PUSH(&ears->stretch, beats->at[i]);
    return err;
}

/* Where the sound only rings on is no beat, though it told where the music ends. */
static void drop_ringing(struct ears *ears)
{
    struct strip_d *beat = &ears->rhythm.beats.time, *one = &ears->bars.downbeat;
    if (!ears->is_last ||
        !beats_ring_out(beat, &ears->hearing.bands, ears->maps.bands_origin))
        return;
    beat->count--;
    if (one->count > 0 && one->at[one->count - 1] > beat->at[beat->count - 1])
        one->count--;
}

static int find_form(struct ears *ears)
{
    const struct meter_ears meter = {NULL, &ears->maps.flux, &ears->maps.harmony,
                                     &ears->maps.novelty, first_sound(ears)};
    const struct texture_ears texture = {&ears->hearing.mel, &ears->maps.harmony,
                                         &ears->maps.flux, ears->maps.mel_origin};
    int err = changes_init(&ears->changes, &ears->rhythm.beats.time, ears->end, &texture);
    if (!err)
        err = bars_init(&ears->bars, &ears->rhythm.beats.time, ears->rhythm.beats.bpm,
                        &meter, &ears->changes);
    if (!err)
        err = phrases_init(&ears->phrases, &ears->bars, &ears->rhythm.beats.time,
                           &ears->changes);
    drop_ringing(ears);
    if (!err)
        err = lay_stretches(ears);
    if (!err)
        err = texture_find(&ears->features, &texture, ears->stretch.at,
                           ears->stretch.count, ears->end);
    if (err)
        return err;
    const struct form_ears form = {.phrases = &ears->phrases,
                                   .beats = ears->stretch.at,
                                   .features = ears->features,
                                   .beat_count = ears->stretch.count,
                                   .start = ears->start,
                                   .end = ears->end,
                                   .lufs = ears->level.lufs,
                                   .bpm = ears->rhythm.beats.bpm,
                                   .beat_chance = ears->rhythm.meter.beat_chance};
    return form_init(&ears->form, &form);
}

/* What was found in the part, as it would be of a track; borrowed from `ears`. */
static struct fv_analysis describe(const struct ears *ears)
{
    const struct level_found level = ears->level;
    const struct hearing *hearing = &ears->hearing;
    struct key key;
    double bar_s = ears->rhythm.beats.bpm > 0.0
                       ? 60.0 / ears->rhythm.beats.bpm * (double)ears->bars.beats_per_bar
                       : 0.0;
    key_find(&key, &(struct key_ears){&ears->maps.harmony, &ears->phrases.time,
                                      &ears->phrases.section, bar_s});
    return (struct fv_analysis){
        .struct_size = sizeof(struct fv_analysis),
        .duration = (double)(hearing->frames - hearing->start) / FV_RATE,
        .bpm = ears->rhythm.beats.bpm,
        .tempo_confidence = ears->rhythm.meter.tempo_chance,
        .beat_confidence = ears->rhythm.meter.beat_chance,
        .bar_confidence = bar_chance(ears),
        .phrase_confidence = ears->phrases.confidence * bar_chance(ears),
        .beats_per_bar = ears->bars.beats_per_bar,
        .beats = ears->rhythm.beats.time.at,
        .beat_count = (uint32_t)ears->rhythm.beats.time.count,
        .downbeats = ears->bars.downbeat.at,
        .downbeat_count = (uint32_t)ears->bars.downbeat.count,
        .phrases = ears->phrases.time.at,
        .phrase_count = (uint32_t)ears->phrases.time.count,
        .key = key.tonic_mode,
        .key_confidence = key.confidence,
        .tuning_cents = (float)pitch_tuning(&hearing->pitch),
        .loudness_lufs = level.lufs,
        .loudness_range_lu = level.range_lu,
        .true_peak_dbtp = level.true_peak_dbtp,
        .silence_head = level.silence_head,
        .silence_tail = level.silence_tail,
        .sections = ears->form.section,
        .section_count = ears->form.section_count,
        .mix_in = ears->form.mix_in,
        .mix_in_count = ears->form.mix_in_count,
        .mix_out = ears->form.mix_out,
        .mix_out_count = ears->form.mix_out_count,
        .energy = ears->form.energy,
        .danceability = ears->form.danceability,
        .features = ears->features,
        .feature_count = (uint32_t)ears->stretch.count,
        .wave = hearing->bands.wave.at,
        .wave_count = (uint32_t)(hearing->bands.wave.count / FV_WAVE_BANDS),
        .wave_step = BANDS_WAVE_STEP,
        .unsure = ears->rhythm.unsure.at,
        .unsure_count = (uint32_t)ears->rhythm.unsure.count,
    };
}

/* Where the part's sound begins and ends, in seconds from its beginning. */
static void find_ends(struct ears *ears)
{
    double before = (double)ears->hearing.start / FV_RATE;
    double length = (double)ears->hearing.frames / FV_RATE - before;
    ears->start = fmin(fmax(ears->level.silence_head - before, 0.0), length);
    ears->end = fmax(length - ears->level.silence_tail, 0.0);
}

/* Hear on to frame `end`. */
static int find_part(struct ears *ears, const struct fv_host *host,
                     const struct fv_pcm *pcm, int64_t end)
{
    int err = hearing_listen(&ears->hearing, host, pcm, end);
    if (!err)
        err = level_find(&ears->hearing.level, &ears->level);
    find_ends(ears);
    ears->is_last = ears->hearing.frames >= pcm->length;
    if (!err)
        err = maps_init(&ears->maps, &ears->hearing);
    if (!err)
        err = find_rhythm(ears);
    return err ? err : find_form(ears);
}

int ears_find(struct ears *out, const struct fv_host *host, const struct fv_pcm *pcm)
{
    memset(out, 0, sizeof *out);
    int err = hearing_init(&out->hearing);
    return err ? err : find_part(out, host, pcm, pcm->length);
}

#define PART_GRAIN (2 * BANDS_WAVE_HOP) /* whole points of the drawing */

/* Length of parts, alike in length and not much longer than `longest`, that make a track.
 */
static int64_t part_length(int64_t frames, int64_t longest)
{
    int64_t parts = frames > 0 ? (frames + longest - 1) / longest : 1;
    return (frames / parts / PART_GRAIN + 1) * PART_GRAIN;
}

/* Hear the next part of `step` frames and add what is in it. */
static int add_part(struct ears *ears, struct whole *whole, const struct fv_host *host,
                    const struct fv_pcm *pcm, int64_t step)
{
    int64_t left = pcm->length - ears->hearing.frames;
    int err =
        find_part(ears, host, pcm, ears->hearing.frames + (left < step ? left : step));
    if (!err) {
        struct fv_analysis found = describe(ears);
        err = whole_add(whole, &found);
    }
    struct hearing hearing = ears->hearing;
    release_part(ears);
    memset(ears, 0, sizeof *ears);
    ears->hearing = hearing;
    return err;
}

static int report(const struct whole *whole, struct hearing *hearing,
                  const struct fv_analysis_sink *sink)
{
    uint32_t *words;
    struct fv_analysis found = whole_analysis(whole);
    found.power = hearing->level.loudness.tenth.at;
    found.power_count = (uint32_t)hearing->level.loudness.tenth.count;
    found.fingerprint_count = print_find(&hearing->print, &words);
    found.fingerprint = words;
    int err = sink->found(sink->ctx, &found);
    chromaprint_dealloc(words);
    return err;
}

static int analyse_in_parts(const struct fv_host *host, const struct fv_pcm *pcm,
                            const struct fv_analysis_sink *sink, int64_t longest)
{
    struct ears ears = {.start = 0.0};
    struct whole whole = {.duration = 0.0};
    int64_t step = part_length(pcm->length, longest), before;
    int err = hearing_init(&ears.hearing);
    do {
        before = ears.hearing.frames;
        if (!err)
            err = add_part(&ears, &whole, host, pcm, step);
    } while (!err && ears.hearing.frames < pcm->length && ears.hearing.frames > before);
    if (!err)
        err = report(&whole, &ears.hearing, sink);
    whole_release(&whole);
    ears_release(&ears);
    return err;
}

int ears_analyse(const struct fv_host *host, const struct fv_pcm *pcm,
                 const struct fv_analysis_sink *sink)
{
    return analyse_in_parts(host, pcm, sink, (int64_t)EARS_PART_S * FV_RATE);
}
