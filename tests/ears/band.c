/* band.c - what is played is chosen here; then the desk mixes, pumps, clips and fades. */
#include "band.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "desk.h"

#define RATE 44100.0

static char pick_letter(const char *letters, struct dice *dice)
{
    return letters[dice_below(dice, (int)strlen(letters))];
}

/* One alternative of a pattern, repeated to two bars, a few steps changed. */
static void pick_pattern(const char *all, int bar_steps, char *out, struct dice *dice)
{
    int choices = 1;
    for (const char *c = all; *c; c++)
        choices += *c == '|';
    for (int skip = dice_below(dice, choices); skip > 0; skip--)
        all = strchr(all, '|') + 1;
    int length = (int)strcspn(all, "|");
    bool silent = strspn(all, ".") >= (size_t)length;
    for (int i = 0; i < 2 * bar_steps; i++)
        out[i] = all[i % length];
    for (int k = dice_below(dice, 3); k > 0 && !silent; k--)
        out[dice_below(dice, 2 * bar_steps)] = "o.x"[dice_below(dice, 3)];
}

static void pick_drums(struct desk *desk)
{
    const struct style *style = desk->band->style;
    const char *all[5] = {style->kick, style->snare, style->hat, style->open,
                          style->perc};
    static const double level[5] = {0.9, 0.6, 0.25, 0.3, 0.3};
    static const enum drum drum[5] = {DRUM_KICK, DRUM_SNARE, DRUM_HAT, DRUM_OPEN,
                                      DRUM_PERC};
    for (int p = 0; p < 5; p++) {
        struct part *part = &desk->part[p];
        for (int v = 0; v < 2; v++)
            pick_pattern(all[p], 4 * desk->band->beats_per_bar, part->step[v],
                         desk->dice);
        if (dice_roll(desk->dice) < 0.6)
            memcpy(part->step[1], part->step[0], STEPS);
        double db = 4.0 * dice_normal(desk->dice);
        part->gain = (float)(level[p] * pow(10.0, db / 20.0));
        struct dice same = *desk->dice;
        part->hit[0] = strike_new(drum[p], style->kit, desk->dice);
        part->hit[1] = style->kit == KIT_LIVE ? strike_new(drum[p], style->kit, &same)
                                              : part->hit[0];
    }
}

static void pick_harmony(struct desk *desk)
{
    static const int major[][4] = {
        {0, 4, 5, 3}, {0, 3, 4, 0}, {0, 5, 3, 4}, {3, 4, 5, 0},
        {0, 0, 3, 4}, {0, 3, 0, 4}, {1, 4, 0, 0}, {5, 3, 0, 4},
        {3, 0, 4, 5}, {0, 3, 5, 4}, {0, 4, 1, 3}, {0, 2, 3, 4},
        {3, 4, 2, 5}, {1, 4, 0, 5}, {0, 4, 3, 3}, {0, 0, 0, 0}};
    static const int minor[][4] = {
        {0, 5, 2, 6}, {0, 3, 4, 0}, {0, 6, 5, 6}, {0, 5, 6, 0},
        {0, 0, 5, 6}, {0, 3, 0, 6}, {0, 0, 0, 0}, {0, 6, 3, 5},
        {0, 2, 6, 3}, {0, 2, 6, 5}, {5, 6, 0, 0}, {5, 6, 0, 2},
        {0, 3, 6, 2}, {0, 4, 5, 3}, {0, 5, 3, 4}, {0, 6, 5, 4}};
    struct band *band = desk->band;
    band->tonic = dice_below(desk->dice, 12);
    band->is_minor = dice_roll(desk->dice) < 0.6;
    for (int v = 0; v < 2; v++) {
        const int *four = band->is_minor ? minor[dice_below(desk->dice, 16)]
                                         : major[dice_below(desk->dice, 16)];
        for (int k = 0; k < 8; k++)
            desk->degree[v][k] = four[k % 4];
    }
    static const double stay[] = {1, 1, 1, 2, 0.5, 4};
    desk->harmony_bars = stay[dice_below(desk->dice, 6)];
    desk->early_chords = dice_roll(desk->dice) < 0.15;
    desk->leading_tone = band->is_minor && dice_roll(desk->dice) < 0.25;
    desk->comes_home = dice_roll(desk->dice) < 0.5;
    desk->tuning = dice_roll(desk->dice) < 0.8
                       ? 1.0
                       : pow(2.0, dice_between(desk->dice, -.4, .4) / 12);
}

static struct note pick_note(struct dice *dice, bool soft)
{
    struct note note = {.wave = (enum wave)dice_below(dice, WAVE_VOICE),
                        .release_s = dice_between(dice, 0.02, soft ? 0.4 : 0.08),
                        .attack_s = soft ? dice_between(dice, 0.01, 0.5) : 0.0,
                        .bright_hz = exp(dice_between(dice, log(500), log(9000)))};
    if (dice_roll(dice) < 0.5)
        note.detune = dice_between(dice, 0.002, 0.012);
    if (!soft && dice_roll(dice) < 0.5)
        note.decay_s = dice_between(dice, 0.1, 0.8);
    if (!soft && dice_roll(dice) < 0.2) /* blown or bowed */
        note.attack_s = dice_between(dice, 0.005, 0.05);
    return note;
}

static void pick_players(struct desk *desk)
{
    const struct style *style = desk->band->style;
    struct dice *dice = desk->dice;
    for (int v = 0; v < 2; v++) {
        desk->bass[v] = pick_letter(style->bass, dice);
        desk->chord[v] = pick_letter(style->chord, dice);
        desk->lead[v] = pick_letter(style->lead, dice);
    }
    desk->bass_note = pick_note(dice, false);
    if (desk->bass_note.wave == WAVE_BELL)
        desk->bass_note.wave = WAVE_SINE;
    desk->chord_note = pick_note(dice, false);
    desk->lead_note = pick_note(dice, dice_roll(dice) < 0.3);
    desk->lead_note.vibrato = dice_roll(dice) < 0.5 ? dice_between(dice, 0, 0.012) : 0.0;
    desk->bass_gain = (float)(0.3 * pow(10, 3.0 * dice_normal(dice) / 20));
    desk->chord_gain = (float)(0.11 * pow(10, 4.0 * dice_normal(dice) / 20));
    desk->lead_gain = (float)(0.16 * pow(10, 4.0 * dice_normal(dice) / 20));
    desk->pump = style->kit == KIT_MACHINE && dice_roll(dice) < 0.4
                     ? dice_between(dice, .3, .9)
                     : 0;
}

static void pick_figures(struct desk *desk)
{
    static const char *const stab[] = {"x..x..x...x..x..", "x.....x...x.....",
                                       "..x...x...x...x.", "x...x...x...x...",
                                       "x..x..x.x..x..x.", "...x..x....x..x."};
    static const char *const strum[] = {"x.x.x.x.x.x.x.x.", "x...x.x...x.x.x.",
                                        "x.......x...x.x.", "x..xx..xx..xx..x",
                                        "x...............", "x.xxx.xxx.xxx.xx"};
    for (int v = 0; v < 2; v++) {
        memcpy(desk->stab[v], stab[dice_below(desk->dice, 6)], 16);
        memcpy(desk->stab[v] + 16, strum[dice_below(desk->dice, 6)], 16);
    }
    for (int k = 0; k < 8; k++)
        desk->climb[k] = dice_below(desk->dice, 5);
    desk->bass_octave = 1 + dice_below(desk->dice, 2);
    desk->rich = dice_roll(desk->dice) < 0.3;
    desk->pad_attack_s =
        dice_roll(desk->dice) < 0.5 ? 0.01 : dice_between(desk->dice, 0.1, 0.6);
}

/* ---- the desk ------------------------------------------------------------------------
 */

/* Level of bass and music after each kick. */
static void pump(const struct desk *desk, float *gain)
{
    double level = 1.0;
    for (long i = 0; i < desk->frames; i++) {
        double hit = fmin(1.0, fabs((double)desk->drum_bus[i]) * 1.5);
        level = fmin(1.0 - desk->pump * hit, level + (1.0 - level) * 8e-5);
        gain[i] = (float)level;
    }
}

static void reverberate(float *out, long frames, double wet, struct dice *dice)
{
    for (int k = 0; k < 3; k++) {
        long delay = lrint(dice_between(dice, 0.03, 0.08) * RATE);
        for (int side = 0; side < 2; side++)
            for (long i = delay + 97 * side; i < frames; i++)
                out[2 * i + side] +=
                    (float)wet * 0.5f * out[2 * (i - delay - 97 * side) + side];
    }
}

static void mix(struct desk *desk, float *out)
{
    float *gain = calloc((size_t)desk->frames, sizeof *gain);
    double width = dice_between(desk->dice, 0.0, 0.6);
    if (!gain)
        abort();
    pump(desk, gain);
    long late = lrint(0.011 * RATE);
    for (long i = 0; i < desk->frames; i++) {
        float music = desk->music_bus[i] * gain[i], bass = desk->bass_bus[i] * gain[i];
        float other = i >= late ? desk->music_bus[i - late] * gain[i] : 0.0f;
        float side = (float)width * (music - other);
        out[2 * i] = desk->drum_bus[i] + bass + music + side;
        out[2 * i + 1] = desk->drum_bus[i] + bass + music - side;
    }
    free(gain);
}

static void master(struct desk *desk, float *out)
{
    struct dice *dice = desk->dice;
    float most = 1e-6f, hiss = 0.0f;
    double level = dice_between(dice, 0.5, 0.98), kind = dice_roll(dice);
    double drive = kind < 0.3 ? dice_between(dice, 1.5, 4.0) : 1.0;
    if (kind > 0.95)
        level *= 0.05; /* a very quiet master */
    if (dice_roll(dice) < 0.1)
        hiss = (float)pow(10.0, dice_between(dice, -60, -34) / 20.0);
    if (dice_roll(dice) < 0.3)
        reverberate(out, desk->frames, dice_between(dice, 0.1, 0.5), dice);
    for (long i = 0; i < 2 * desk->frames; i++)
        most = fmaxf(most, fabsf(out[i]));
    double fade_in = dice_roll(dice) < 0.06 ? 8.0 : 0.0,
           fade_out = dice_roll(dice) < 0.12 ? 10.0 : 0.0;
    double end = (double)desk->frames / RATE;
    for (long i = 0; i < desk->frames; i++) {
        double t = (double)i / RATE, fade = 1.0;
        if (fade_in > 0)
            fade = fmin(fade, t / fade_in);
        if (fade_out > 0)
            fade = fmin(fade, (end - t) / fade_out);
        for (int side = 0; side < 2; side++) {
            double x = (double)out[2 * i + side] / (double)most;
            x = kind < 0.15 ? fmax(-1.0, fmin(1.0, x * drive))
                            : tanh(x * drive) / tanh(drive);
            x += (double)hiss * (2.0 * dice_roll(dice) - 1.0);
            out[2 * i + side] = (float)(x * level * fade);
        }
    }
}

static float *bus_new(long frames)
{
    float *bus = calloc((size_t)frames, sizeof *bus);
    if (!bus)
        abort();
    return bus;
}

void band_play(struct band *band, float *out, long frames)
{
    struct desk desk = {.band = band, .dice = &band->dice, .frames = frames};
    const struct style *style = band->style;
    desk.drum_bus = bus_new(frames);
    desk.bass_bus = bus_new(frames);
    desk.music_bus = bus_new(frames);
    desk.swing8 = style->swing8;
    desk.swing16 = dice_roll(desk.dice) < 0.3 ? 0.5 : style->swing16;
    if (style->swing8 < 0.6) /* else thirds swing as they are */
        desk.swing16 = dice_between(desk.dice, 0.5, 2 * desk.swing16 - 0.5);
    desk.jitter_s = style->jitter_ms / 1000.0 * dice_between(desk.dice, 0.3, 1.2);
    pick_drums(&desk);
    pick_harmony(&desk);
    pick_players(&desk);
    pick_figures(&desk);
    for (int s = 0; s < band->section_count; s++) {
        const struct section *section = &band->sections[s];
        desk_announce(&desk, section);
        for (int bar = 0; bar < section->bars; bar++)
            desk_play_bar(&desk, section, bar, band->beats_per_bar);
        if (section->odd_beats)
            desk_play_bar(&desk, section, section->bars, section->odd_beats);
    }
    mix(&desk, out);
    master(&desk, out);
    for (int p = 0; p < 5; p++) {
        if (desk.part[p].hit[1].at != desk.part[p].hit[0].at)
            free(desk.part[p].hit[1].at);
        free(desk.part[p].hit[0].at);
    }
    free(desk.drum_bus);
    free(desk.bass_bus);
    free(desk.music_bus);
}
