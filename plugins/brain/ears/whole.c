/* whole.c - times move by where a part begins; what there is one of is weighed by seconds
 * and confidence. */
#include "whole.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define JOINT 0.5 /* beats that a part's first one keeps from the last one before */

void whole_release(struct whole *whole)
{
    free(whole->beat.at);
    free(whole->downbeat.at);
    free(whole->phrase.at);
    free(whole->feature.at);
    free(whole->section.at);
    free(whole->unsure.at);
    free(whole->wave.at);
    free(whole->mix_in.at);
    free(whole->mix_out.at);
}

/* Put `n` members behind those of a strip; `from` is not looked at for none. */
#define APPEND(strip, from, n)                                                           \
    ((n) == 0 ? 0                                                                        \
     : STRIP_RESERVE(strip, n)                                                           \
         ? -ENOMEM                                                                       \
         : (memcpy((strip)->at + (strip)->count, from, (n) * sizeof *(strip)->at),       \
            (strip)->count += (n), 0))

static int add_times(struct strip_d *strip, const double *times, uint32_t count,
                     double start, double from)
{
    int err = STRIP_RESERVE(strip, count);
    for (uint32_t i = 0; !err && i < count; i++)
        if (times[i] >= from)
            strip->at[strip->count++] = start + times[i];
    return err;
}

/* Features are one a beat, or one each half second of a track without a beat. */
static int add_features(struct whole *whole, const struct fv_analysis *part,
                        uint32_t skipped)
{
    if (part->beat_count == 0 && whole->beat.count > 0)
        return 0;
    if (part->beat_count > 0 && whole->beat.count == 0)
        whole->feature.count = 0;
    return APPEND(&whole->feature, part->features + skipped,
                  part->feature_count - skipped);
}

static int add_rhythm(struct whole *whole, const struct fv_analysis *part)
{
    double from = -HUGE_VAL;
    uint32_t skipped = 0;
    if (whole->beat.count > 0 && part->bpm > 0.0)
        from = whole->beat.at[whole->beat.count - 1] - whole->duration +
               JOINT * 60.0 / part->bpm;
    while (skipped < part->beat_count && part->beats[skipped] < from)
        skipped++;
    int err = add_features(whole, part, skipped);
    if (!err)
        err =
            add_times(&whole->beat, part->beats, part->beat_count, whole->duration, from);
    if (!err)
        err = add_times(&whole->downbeat, part->downbeats, part->downbeat_count,
                        whole->duration, from);
    if (!err)
        err = add_times(&whole->phrase, part->phrases, part->phrase_count,
                        whole->duration, from);
    return err;
}

static void rename_section(struct fv_section *section, const char *from)
{
    if (strcmp(section->label, from) == 0)
        memcpy(section->label, "break", sizeof "break");
}

/* What ends one part and begins the next is neither an outro nor an intro. */
static int add_sections(struct whole *whole, const struct fv_analysis *part)
{
    size_t before = whole->section.count;
    int err = APPEND(&whole->section, part->sections, part->section_count);
    if (err || before == whole->section.count)
        return err;
    for (size_t s = before; s < whole->section.count; s++) {
        whole->section.at[s].start += whole->duration;
        whole->section.at[s].end += whole->duration;
    }
    if (before > 0) {
        rename_section(whole->section.at + before - 1, "outro");
        rename_section(whole->section.at + before, "intro");
    }
    return 0;
}

static int add_unsure(struct whole *whole, const struct fv_analysis *part)
{
    size_t before = whole->unsure.count;
    int err = APPEND(&whole->unsure, part->unsure, part->unsure_count);
    for (size_t i = before; i < whole->unsure.count; i++) {
        whole->unsure.at[i].start += whole->duration;
        whole->unsure.at[i].end += whole->duration;
    }
    return err;
}

static int add_cues(struct whole *whole, const struct fv_analysis *part)
{
    int err = 0;
    if (whole->duration == 0.0)
        err = APPEND(&whole->mix_in, part->mix_in, part->mix_in_count);
    whole->mix_out.count = 0;
    if (!err)
        err = APPEND(&whole->mix_out, part->mix_out, part->mix_out_count);
    for (size_t i = 0; i < whole->mix_out.count; i++)
        whole->mix_out.at[i].time += whole->duration;
    return err;
}

static void weigh(struct whole *whole, const struct fv_analysis *part)
{
    struct whole_means *sum = &whole->sum;
    double seconds = part->duration;
    double strength = seconds * ((double)part->tempo_confidence + 1e-3);
    sum->tempo += seconds * (double)part->tempo_confidence;
    sum->beat += seconds * (double)part->beat_confidence;
    sum->bar += seconds * (double)part->bar_confidence;
    sum->phrase += seconds * (double)part->phrase_confidence;
    sum->energy += seconds * (double)part->energy;
    sum->danceability += seconds * (double)part->danceability;
    if (part->key >= 0)
        sum->key[part->key] += seconds * (double)part->key_confidence;
    whole->last = *part;
    if (strength > whole->strongest || whole->duration == 0.0) {
        whole->strongest = strength;
        whole->leader = *part;
    }
}

int whole_add(struct whole *whole, const struct fv_analysis *part)
{
    int err = add_rhythm(whole, part);
    if (!err)
        err = add_sections(whole, part);
    if (!err)
        err = add_cues(whole, part);
    if (!err)
        err = add_unsure(whole, part);
    if (!err)
        err = APPEND(&whole->wave, part->wave, (size_t)part->wave_count * FV_WAVE_BANDS);
    if (err)
        return err;
    weigh(whole, part);
    whole->duration += part->duration;
    return 0;
}

static void tell_key(const struct whole *whole, struct fv_analysis *out)
{
    int best = 0;
    for (int k = 1; k < WHOLE_KEYS; k++)
        if (whole->sum.key[k] > whole->sum.key[best])
            best = k;
    bool is_known = whole->sum.key[best] > 0.0;
    out->key = is_known ? best : -1;
    out->key_confidence =
        is_known ? (float)(whole->sum.key[best] / whole->duration) : 0.0f;
}

struct fv_analysis whole_analysis(const struct whole *whole)
{
    const struct whole_means *sum = &whole->sum;
    double seconds = whole->duration > 0.0 ? whole->duration : 1.0;
    struct fv_analysis out = whole->last;
    out.duration = whole->duration;
    out.bpm = whole->leader.bpm;
    out.beats_per_bar = whole->leader.beats_per_bar;
    out.tuning_cents = whole->leader.tuning_cents;
    out.tempo_confidence = (float)(sum->tempo / seconds);
    out.beat_confidence = (float)(sum->beat / seconds);
    out.bar_confidence = (float)(sum->bar / seconds);
    out.phrase_confidence = (float)(sum->phrase / seconds);
    out.energy = (float)(sum->energy / seconds);
    out.danceability = (float)(sum->danceability / seconds);
    tell_key(whole, &out);
    out.beats = whole->beat.at;
    out.beat_count = (uint32_t)whole->beat.count;
    out.downbeats = whole->downbeat.at;
    out.downbeat_count = (uint32_t)whole->downbeat.count;
    out.phrases = whole->phrase.at;
    out.phrase_count = (uint32_t)whole->phrase.count;
    out.features = whole->feature.at;
    out.feature_count = (uint32_t)whole->feature.count;
    out.sections = whole->section.at;
    out.section_count = (uint32_t)whole->section.count;
    out.mix_in = whole->mix_in.at;
    out.mix_in_count = (uint32_t)whole->mix_in.count;
    out.mix_out = whole->mix_out.at;
    out.mix_out_count = (uint32_t)whole->mix_out.count;
    out.unsure = whole->unsure.at;
    out.unsure_count = (uint32_t)whole->unsure.count;
    out.wave = whole->wave.at;
    out.wave_count = (uint32_t)(whole->wave.count / FV_WAVE_BANDS);
    return out;
}
