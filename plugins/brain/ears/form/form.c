/* form.c - what a section is for, by its loudness, its bass and its place.
 *
 * Energy, 0..1: of a section, its level against the track's loud parts, with more weight
 * on bass and treble; of the track, loudness, tempo and how full its spectrum is.
 */
#include "form.h"

#include <math.h>
#include <string.h>

#define MARGIN_S 20.0 /* from the ends within which mixes begin or end gladly */

struct part {
    float level_db, low_db, high_db, voice; /* means */
    size_t first, last;                     /* beats; last is behind the end */
};

static float to_db(float rms)
{
    return 20.0f * log10f(rms + 1e-5f);
}

static struct part part_between(const struct form_ears *ears, double start, double end)
{
    struct part part = {0};
    while (part.first < ears->beat_count && ears->beats[part.first] < start - 0.05)
        part.first++;
    part.last = part.first;
    while (part.last < ears->beat_count && ears->beats[part.last] < end - 0.05) {
        const struct fv_beat *beat = ears->features + part.last++;
        float all = sqrtf(beat->low * beat->low + beat->mid * beat->mid +
                          beat->high * beat->high);
        part.level_db += to_db(all);
        part.low_db += to_db(beat->low);
        part.high_db += to_db(beat->high);
        part.voice += beat->voice;
    }
    float count = part.last > part.first ? (float)(part.last - part.first) : 1.0f;
    part.level_db /= count;
    part.low_db /= count;
    part.high_db /= count;
    part.voice /= count;
    return part;
}

static float clamp01(float x)
{
    return x < 0.0f ? 0.0f : x > 1.0f ? 1.0f : x;
}

/* Against the loudest section: 12 dB below counts as half. */
static float energy_of(const struct part *part, const struct part *loudest)
{
    float below = 0.5f * (loudest->level_db - part->level_db) +
                  0.3f * fmaxf(0.0f, loudest->low_db - part->low_db) +
                  0.2f * fmaxf(0.0f, loudest->high_db - part->high_db);
    return clamp01(1.0f - below / 24.0f);
}

static const char *label_of(const struct form *form, const struct part *part, uint32_t s)
{
    uint32_t last = form->section_count - 1;
    float energy = form->section[s].energy;
    float next = s < last ? form->section[s + 1].energy : 0.0f;
    float before = s > 0 ? form->section[s - 1].energy : 0.0f;
    if (s == 0 && (last == 0 || energy < 0.9f))
        return last == 0 ? "verse" : "intro";
    if (s == last && energy < 0.9f)
        return "outro";
    if (energy < 0.7f)
        return next > energy + 0.2f && before > energy ? "break"
               : next > energy + 0.1f                  ? "build"
                                                       : "break";
    if (energy > 0.88f)
        return part->voice > 0.6f ? "chorus" : "drop";
    return "verse";
}

static int fill_sections(struct form *out, const struct form_ears *ears)
{
    const struct strip_d *start = &ears->phrases->section;
    uint32_t count = start->count > 0 ? (uint32_t)start->count : 1;
    struct part *part = calloc(count, sizeof *part), *loudest = part;
    out->section = calloc(count, sizeof *out->section);
    if (!part || !out->section) {
        free(part);
        return -ENOMEM;
    }
    out->section_count = count;
    for (uint32_t s = 0; s < count; s++) {
        struct fv_section *section = out->section + s;
        section->start = s == 0 ? ears->start : start->at[s];
        section->end = s + 1 < count ? start->at[s + 1] : ears->end;
        part[s] = part_between(ears, section->start, section->end);
        if (part[s].level_db + 0.3f * part[s].low_db >
            loudest->level_db + 0.3f * loudest->low_db)
            loudest = part + s;
    }
    for (uint32_t s = 0; s < count; s++)
        out->section[s].energy = energy_of(part + s, loudest);
    for (uint32_t s = 0; s < count; s++) {
        const char *label = label_of(out, part + s, s);
        memcpy(out->section[s].label, label, strlen(label) + 1);
    }
    free(part);
    return 0;
}

/* ---- cues ----------------------------------------------------------------------------
 */

static void add_cue(struct fv_cue *cue, uint32_t *count, double time, float score)
{
    uint32_t at = *count < FORM_CUES ? (*count)++ : FORM_CUES;
    if (at == FORM_CUES) {
        if (score <= cue[FORM_CUES - 1].score)
            return;
        at = FORM_CUES - 1;
    }
    for (; at > 0 && cue[at - 1].score < score; at--)
        cue[at] = cue[at - 1];
    cue[at] = (struct fv_cue){time, score};
}

static float energy_at(const struct form *form, double time)
{
    for (uint32_t s = form->section_count; s-- > 0;)
        if (time >= form->section[s].start - 0.05)
            return form->section[s].energy;
    return form->section[0].energy;
}

/* Mixes want phrase lines near the ends, sections that begin there, and little voice. */
static void fill_cues(struct form *out, const struct form_ears *ears)
{
    const struct strip_d *phrase = &ears->phrases->time;
    double length = ears->end - ears->start;
    for (size_t p = 0; p < phrase->count; p++) {
        double time = phrase->at[p], head = time - ears->start, tail = ears->end - time;
        double stop = p + 1 < phrase->count ? phrase->at[p + 1] : ears->end;
        struct part part = part_between(ears, time, stop);
        float section = 0.0f;
        for (uint32_t s = 0; s < out->section_count; s++)
            if (fabs(out->section[s].start - time) < 0.1)
                section = 0.2f;
        float calm = 0.25f * (1.0f - part.voice) + 0.15f * (1.0f - energy_at(out, time));
        float early = 0.4f * (float)exp(-head / MARGIN_S);
        float late = 0.4f * (float)exp(-fmax(0.0, tail - 32.0) / (2.0 * MARGIN_S));
        if (head < 0.5 * length)
            add_cue(out->mix_in, &out->mix_in_count, time,
                    clamp01(early + section + calm));
        if (tail < 0.5 * length && tail > 4.0)
            add_cue(out->mix_out, &out->mix_out_count, time,
                    clamp01(late + section + calm));
    }
    if (out->mix_in_count == 0)
        add_cue(out->mix_in, &out->mix_in_count, ears->start, 0.1f);
    if (out->mix_out_count == 0)
        add_cue(out->mix_out, &out->mix_out_count, ears->end, 0.1f);
}

/* ---- the whole track -----------------------------------------------------------------
 */

static void fill_mood(struct form *out, const struct form_ears *ears)
{
    struct part all = part_between(ears, ears->start, ears->end);
    float loud = clamp01(((float)ears->lufs + 26.0f) / 20.0f);
    float fast = ears->bpm > 0.0 ? clamp01(((float)ears->bpm - 60.0f) / 120.0f) : 0.0f;
    float bright = clamp01((all.high_db - all.level_db + 30.0f) / 24.0f);
    float bass = clamp01((all.low_db - all.level_db + 24.0f) / 24.0f);
    float near = ears->bpm > 0.0 ? (float)log2(ears->bpm / 122.0) : 2.0f;
    out->energy = clamp01(0.5f * loud + 0.2f * fast + 0.15f * bright + 0.15f * bass);
    out->danceability = clamp01(
        ears->beat_chance * (0.35f + 0.35f * expf(-4.0f * near * near) + 0.3f * bass));
}

int form_init(struct form *out, const struct form_ears *ears)
{
    memset(out, 0, sizeof *out);
    int err = fill_sections(out, ears);
    if (err)
        return err;
    fill_cues(out, ears);
    fill_mood(out, ears);
    return 0;
}

void form_release(struct form *form)
{
    free(form->section);
}
