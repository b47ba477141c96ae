/* song.c - the arrangement: sections, a tempo map, which layer plays where. */
#include "song.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "band.h"

static void *room(size_t count, size_t size)
{
    void *at = calloc(count, size);
    if (!at)
        abort();
    return at;
}

static double pick_bpm(const struct style *style, struct dice *dice)
{
    double bpm = dice_between(dice, style->slowest, style->fastest);
    double kind = dice_roll(dice);
    if (kind < 0.7)
        return round(bpm);
    return kind < 0.8 ? round(bpm * 2.0) / 2.0 : bpm;
}

/* Which layers play in a section. */
static unsigned pick_layers(const struct style *style, int section, int sections,
                            struct dice *dice)
{
    unsigned all = (1u << LAYERS) - 1, drums = LAYERS_DRUMS;
    if (dice_roll(dice) < style->drums_break && section > 0 && section < sections - 1)
        return all & ~drums & ~(dice_roll(dice) < 0.5 ? 1u << LAYER_BASS : 0u);
    if (section == 0 || section == sections - 1) {
        switch (dice_below(dice, 5)) {
        case 0:
            return drums;
        case 1:
            return drums | 1u << LAYER_BASS;
        case 2:
            return 1u << LAYER_CHORD | 1u << LAYER_LEAD;
        case 3:
            return 1u << LAYER_HAT | 1u << LAYER_CHORD | 1u << LAYER_BASS;
        default:
            return all;
        }
    }
    for (int layer = 0; layer < LAYERS; layer++)
        if (dice_roll(dice) < (layer == LAYER_LEAD ? 0.4 : 0.08))
            all &= ~(1u << layer);
    return all;
}

/* Cut the song into sections of 4, 8 or 16 bars. */
static void plan_sections(struct band *band, double length_s)
{
    const struct style *style = band->style;
    double bar_s = 60.0 / band->bpm * band->beats_per_bar;
    int bars = (int)(length_s / bar_s), at = 0;
    bool eights = dice_roll(&band->dice) < 0.8;
    while (at < bars && band->section_count < SONG_SECTIONS - 1) {
        int length = eights ? 8 : 4 << dice_below(&band->dice, 2);
        if (bar_s < 1.6 && dice_roll(&band->dice) < 0.2)
            length = 16;
        struct section *section = &band->sections[band->section_count++];
        section->first_bar = at;
        section->bars = length;
        section->odd_beats = 0;
        section->variant = dice_below(&band->dice, 2);
        at += length;
    }
    band->bars = at;
    for (int s = 0; s < band->section_count; s++)
        band->sections[s].layers =
            pick_layers(style, s, band->section_count, &band->dice);
    if (dice_roll(&band->dice) < 0.03 && band->section_count > 2)
        band->sections[1].odd_beats = 2; /* a bar of two before the third section */
}

/* A time for every beat: lead-in, drift, changes of tempo. */
static void plan_beats(struct band *band)
{
    struct dice *dice = &band->dice;
    double time = dice_roll(dice) < 0.3 ? 0.0 : dice_between(dice, 0.0, 0.6), walk = 0.0;
    double drift = band->style->drift, slope = 0.0, kind = dice_roll(dice), change = 1.0;
    int turn = band->section_count / 2;
    if (dice_roll(dice) < 0.15)
        time += dice_between(dice, 0.5, 5.0);
    if (band->style->beats > 0 && kind < 0.03 && !band->changes)
        slope = dice_between(dice, -0.06, 0.06); /* slower or faster all the way */
    else if (band->style->beats > 0 && (kind < 0.07 || band->changes))
        change = dice_between(dice, 0.8, 1.25);
    if (band->changes && band->section_count > 1)
        turn = 1 + dice_below(dice, band->section_count - 1);
    band->is_steady = drift == 0.0 && slope == 0.0 && change == 1.0;
    int total = band->bars * band->beats_per_bar + 2;
    band->beat_time = room((size_t)total + 4, sizeof *band->beat_time);
    band->mark = room((size_t)total + 4, 1);
    int n = 0;
    for (int s = 0; s < band->section_count; s++) {
        struct section *section = &band->sections[s];
        int beats = section->bars * band->beats_per_bar + section->odd_beats;
        section->first_beat = n;
        for (int b = 0; b < beats; b++, n++) {
            band->mark[n] = b % band->beats_per_bar == 0 ? SONG_ONE : 0;
            if (b % (8 * band->beats_per_bar) == 0)
                band->mark[n] |= SONG_PHRASE;
            band->beat_time[n] = time;
            walk += 0.25 * drift * dice_normal(dice) - 0.1 * walk;
            double bpm = band->bpm * (1.0 + walk + slope * n / total);
            time += 60.0 / (s >= turn ? bpm * change : bpm);
        }
    }
    band->beats = n;
    for (int k = 0; k < 4; k++, time += 60.0 / band->bpm * (k < 4))
        band->beat_time[n + k] = time;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Of a song that moves: the tempo that most of its beats have, or else their mean. */
static double common_bpm(const struct song *song)
{
    size_t count = (size_t)song->beat_count - 1, keep = 0;
    double mean = (song->beats[count] - song->beats[0]) / (double)count;
    double *period = room(count, sizeof *period);
    for (size_t i = 0; i < count; i++)
        period[i] = song->beats[i + 1] - song->beats[i];
    qsort(period, count, sizeof *period, by_size);
    double median = period[count / 2];
    for (size_t i = 0; i < count; i++)
        keep += fabs(period[i] - median) < 0.03 * median;
    free(period);
    return 60.0 / (keep > count / 2 ? median : mean);
}

static void tell_truth(const struct band *band, struct song *song)
{
    song->style = band->style->name;
    song->beats_per_bar = band->beats_per_bar;
    song->bpm = band->bpm;
    song->is_steady = band->is_steady;
    song->key = band->tonic + (band->is_minor ? 12 : 0);
    for (int s = 0; s < band->section_count; s++)
        song->sections[song->section_count++] =
            band->beat_time[band->sections[s].first_beat];
    song->beats = band->beat_time;
    song->marks = band->mark;
    song->beat_count = band->beats;
    if (band->style->beats == 0)
        song->beat_count = song->section_count = 0;
    if (!song->is_steady && song->beat_count > 1)
        song->bpm = common_bpm(song);
}

static void make(struct song *song, int style, uint64_t seed, double length_s,
                 bool changes)
{
    struct band band = {.dice = {seed * 0x9E3779B97F4A7C15u + 12345}, .changes = changes};
    memset(song, 0, sizeof *song);
    if (style < 0)
        style = dice_below(&band.dice, style_count);
    struct style blend;
    band.style = &styles[style % style_count];
    if (style >= style_count) {
        blend = style_blend(style % style_count, &band.dice);
        band.style = &blend;
    }
    band.bpm = pick_bpm(band.style, &band.dice);
    band.beats_per_bar = band.style->beats ? band.style->beats : 4;
    plan_sections(&band, length_s);
    plan_beats(&band);
    song->frames = (long)((band.beat_time[band.beats] + 1.5) * 44100.0);
    song->samples = room((size_t)song->frames * 2, sizeof *song->samples);
    band_play(&band, song->samples, song->frames);
    tell_truth(&band, song);
}

void song_make(struct song *song, int style, uint64_t seed, double length_s)
{
    make(song, style, seed, length_s, false);
}

void song_make_changing(struct song *song, int style, uint64_t seed, double length_s)
{
    make(song, style, seed, length_s, true);
}

void song_release(struct song *song)
{
    free(song->samples);
    free(song->beats);
    free(song->marks);
    memset(song, 0, sizeof *song);
}
