/* players.c - each manner of playing in a few lines. */
#include "desk.h"

#include <math.h>
#include <stdlib.h>

#define RATE 44100.0

/* Seconds of a position in beats from the song's start, swung and human. */
static double when(const struct desk *desk, double beat)
{
    double whole = floor(beat + 1e-9), part = beat - whole;
    if (part < 0.5) {
        double in = part * 2.0; /* sixteenths within the eighth */
        in = in < 0.5 ? in * 2.0 * desk->swing16
                      : 1 - (1 - in) * 2.0 * (1 - desk->swing16);
        part = in * desk->swing8;
    } else {
        double in = part * 2.0 - 1.0;
        in = in < 0.5 ? in * 2.0 * desk->swing16
                      : 1 - (1 - in) * 2.0 * (1 - desk->swing16);
        part = desk->swing8 + in * (1.0 - desk->swing8);
    }
    const double *time = desk->band->beat_time;
    int n = (int)whole;
    return time[n] + part * (time[n + 1] - time[n]) +
           desk->jitter_s * dice_normal(desk->dice);
}

static long sample_at(const struct desk *desk, double beat)
{
    return lrint(when(desk, beat) * RATE);
}

/* Of a step of the scale above a chord's root. */
static double pitch_hz(const struct desk *desk, int chord, int step, int octave)
{
    static const int scale[2][7] = {{0, 2, 4, 5, 7, 9, 11}, {0, 2, 3, 5, 7, 8, 10}};
    int degree = chord + step;
    int up = degree >= 0 ? degree / 7 : -((6 - degree) / 7);
    int semi = scale[desk->band->is_minor][degree - 7 * up] + desk->band->tonic + 12 * up;
    if (desk->leading_tone && chord == 4 && degree - 7 * up == 6)
        semi++;
    return 440.0 * pow(2.0, (semi + 12 * octave - 57) / 12.0) * desk->tuning;
}

/* The chord in force, by the variant and the beat within the section. */
static int chord_at(const struct desk *desk, const struct section *section, double beat)
{
    double in = (beat - section->first_beat + (desk->early_chords ? 0.5 : 0.0)) /
                desk->band->beats_per_bar / desk->harmony_bars;
    return desk->degree[section->variant][(int)floor(in + 1e-6) % 8];
}

static void strike_at(struct desk *desk, const struct strike *hit, double beat,
                      double gain)
{
    long at = sample_at(desk, beat);
    for (int i = 0; i < hit->count; i++)
        if (at + i >= 0 && at + i < desk->frames)
            desk->drum_bus[at + i] += (float)gain * hit->at[i];
}

static void play_drums(struct desk *desk, const struct section *section, int bar,
                       int beats)
{
    int steps = 4 * beats, first = section->first_beat + bar * desk->band->beats_per_bar;
    bool fill = bar == section->bars - 1 && dice_roll(desk->dice) < 0.4;
    for (int p = 0; p < 5; p++) {
        const struct part *part = &desk->part[p];
        if (!(section->layers >> p & 1u))
            continue;
        int offset = bar % 2 * 4 * desk->band->beats_per_bar;
        for (int s = 0; s < steps; s++) {
            char c = part->step[section->variant][offset + s];
            if (fill && p == LAYER_SNARE && s >= steps / 2 && dice_roll(desk->dice) < 0.6)
                c = 'x';
            double gain = c == 'X' ? 1.0 : c == 'x' ? 0.75 : c == 'o' ? 0.35 : 0.0;
            gain *= 1.0 + 0.08 * dice_normal(desk->dice);
            if (c != '.')
                strike_at(desk, &part->hit[c == 'o'], first + s / 4.0,
                          gain * (double)part->gain);
        }
    }
}

/* One note from `beat` on, so many beats long; `step` of the scale above a chord's root,
 * in an octave. */
static void play_note(struct desk *desk, struct note note, float *bus, double beat,
                      double length, int chord, int step, int octave, double gain)
{
    double at = when(desk, beat);
    note.hz = pitch_hz(desk, chord, step, octave);
    note.length_s = fmax(0.03, when(desk, beat + length) - at - 0.01);
    note.gain = gain;
    note_play(&note, desk->dice, bus, desk->frames, lrint(at * RATE));
}

static void play_bass(struct desk *desk, const struct section *section, int first,
                      int beats)
{
    static const int walk[] = {0, 2, 4, 5, 4, 2, 1, -1};
    char manner = desk->bass[section->variant];
    const char *kick = desk->part[LAYER_KICK].step[section->variant];
    int offset = (first - section->first_beat) / desk->band->beats_per_bar % 2 * 4 *
                 desk->band->beats_per_bar;
    for (int s = 0; s < 4 * beats; s++) {
        bool on = s % 4 == 0, half = s % 4 == 2, hit = false;
        double length = 0.25;
        int up = 0;
        switch (manner) {
        case 'r':
            hit = kick[offset + s] == 'X' || kick[offset + s] == 'x';
            length = 0.5;
            break;
        case '8':
            hit = s % 2 == 0;
            length = 0.5;
            break;
        case 'o':
            hit = half;
            length = 0.5;
            break;
        case '6':
            hit = !on || kick[offset + s] == '.';
            break;
        case 'w':
            hit = on;
            length = 1.0;
            up = walk[(first + s / 4) % 8];
            break;
        case 's':
            hit = dice_roll(desk->syncope) < (s == 0 ? 0.9 : on ? 0.3 : 0.35);
            break;
        case 'l':
            hit = s == 0;
            length = beats;
            break;
        case 't':
            hit = s % 4 < 3;
            break;
        case 'Q':
            hit = on;
            length = 0.6;
            up = s % 8 == 4 ? 4 : 0;
            break;
        case 'O':
            hit = s % 2 == 0;
            length = 0.4;
            up = half ? 7 : 0;
            break;
        default:
            hit = s % 8 == 0 || (beats == 3 && s == 0);
            length = 1.0;
            up = s % 16 == 8 ? 4 : 0;
        }
        if (!hit)
            continue;
        double beat = first + s / 4.0, accent = on ? 1.0 : 0.85;
        play_note(desk, desk->bass_note, desk->bass_bus, beat, length,
                  chord_at(desk, section, beat), up, desk->bass_octave,
                  (double)desk->bass_gain * accent);
    }
}

static void play_chord(struct desk *desk, const struct section *section, double beat,
                       double length, struct note note, double accent)
{
    int degree = chord_at(desk, section, beat),
        notes = note.drive > 0 ? 3 : 3 + (desk->rich > 0);
    static const int power[] = {0, 4, 7}, triad[] = {0, 2, 4, 6};
    for (int k = 0; k < notes; k++) {
        int step = note.drive > 0 ? power[k] : triad[k];
        double strum = note.wave == WAVE_STRING ? 0.012 * k : 0.0;
        play_note(desk, note, desk->music_bus, beat + strum, length, degree, step,
                  note.drive > 0 ? 3 : 4, accent * (double)desk->chord_gain);
    }
}

static void play_chords(struct desk *desk, const struct section *section, int first,
                        int beats)
{
    char manner = desk->chord[section->variant];
    struct note note = desk->chord_note;
    if (manner == 'p') {
        note.attack_s = desk->pad_attack_s;
        note.decay_s = 0.0;
        note.release_s = 0.2;
        double step = fmin(1.0, desk->harmony_bars) * beats;
        for (double b = 0; b < beats - 0.01; b += step)
            play_chord(desk, section,
                       first + b - (desk->early_chords && first + b > 0.6 ? 0.5 : 0.0),
                       step, note, 0.7);
        return;
    }
    if (manner == 'm' || manner == 'd')
        note = (struct note){
            .wave = WAVE_STRING, .release_s = 0.05, .drive = manner == 'd' ? 4 : 0};
    if (manner == 'q')
        note = (struct note){.wave = WAVE_BELL, .decay_s = 0.8, .release_s = 0.1};
    for (int s = 0; s < 4 * beats; s++) {
        double beat = first + s / 4.0;
        bool half = s % 4 == 2, on = s % 4 == 0;
        const char *stab = desk->stab[section->variant];
        if (manner == 'a' || (manner == 't' && s % 4 < 3))
            play_note(desk, note, desk->music_bus, beat, 0.25,
                      chord_at(desk, section, beat), 2 * desk->climb[s % 8], 5,
                      1.4 * (double)desk->chord_gain);
        else if (manner == 's' && stab[s % 16] != '.')
            play_chord(desk, section, beat, 0.3, note, 1.0);
        else if (manner == 'k' && half)
            play_chord(desk, section, beat, 0.2, note, 1.0);
        else if (manner == 'n' && on && s > 0)
            play_chord(desk, section, beat, 0.5, note, 1.0);
        else if (manner == 'q' && on)
            play_chord(desk, section, beat, 1.0, note, s == 0 ? 1.1 : 0.9);
        else if ((manner == 'm' || manner == 'd') && stab[16 + s % 16] != '.')
            play_chord(desk, section, beat, 0.5, note, on ? 1.1 : 0.8);
    }
}

static void play_lead(struct desk *desk, const struct section *section, int bar,
                      int first, int beats)
{
    char manner = desk->lead[section->variant];
    struct note note = desk->lead_note;
    double at = 0.0;
    if (manner == '-')
        return;
    if (manner == 'v') {
        note.wave = WAVE_VOICE;
        note.vibrato = 0.01;
        note.attack_s = 0.03;
        note.release_s = 0.08;
        at = dice_between(desk->dice, 0.0, 1.0); /* singers do not keep to the grid */
    }
    while (at < beats) {
        static const double lengths[] = {0.25, 0.5, 0.5, 0.5, 1.0, 1.5, 0.75};
        double length = manner == 'r' ? 0.25 : lengths[dice_below(desk->dice, 7)];
        if (manner == 's') /* ragged: three sixteenths, rarely four */
            length = dice_roll(desk->dice) < 0.6 ? 0.75 : 0.5;
        if (manner == 't') /* steps 0, 1 and 2 of a beat */
            length = at - floor(at) > 0.4          ? 0.5
                     : dice_roll(desk->dice) < 0.8 ? 0.25
                                                   : 1.0;
        if (manner == 'v')
            length *= dice_between(desk->dice, 0.6, 1.4);
        if (manner == 'm' && dice_roll(desk->dice) < 0.4) /* up to the next beat */
            length = ceil(at + length) - at;
        int chord = chord_at(desk, section, first + at);
        int step =
            desk->climb[dice_below(desk->dice, 8)] * 2 + (dice_roll(desk->dice) < 0.3);
        bool is_home = desk->comes_home && bar % 4 == 3 && at + length >= beats;
        if (is_home)
            step = chord < 3 ? -chord : 7 - chord;
        if (is_home || dice_roll(desk->dice) < 0.75)
            play_note(desk, note, desk->music_bus, first + at, length * 0.9, chord, step,
                      5, (double)desk->lead_gain);
        at += length;
    }
}

void desk_play_bar(struct desk *desk, const struct section *section, int bar, int beats)
{
    int first = section->first_beat + bar * desk->band->beats_per_bar;
    play_drums(desk, section, bar, beats);
    struct dice same = {(uint64_t)section->variant +
                        77}; /* each bar's syncopes are alike */
    desk->syncope = &same;
    if (section->layers >> LAYER_BASS & 1u)
        play_bass(desk, section, first, beats);
    if (section->layers >> LAYER_CHORD & 1u)
        play_chords(desk, section, first, beats);
    if (section->layers >> LAYER_LEAD & 1u)
        play_lead(desk, section, bar, first, beats);
}

void desk_announce(struct desk *desk, const struct section *section)
{
    if (dice_roll(desk->dice) < 0.5) {
        struct strike crash = strike_new(DRUM_CRASH, KIT_LIVE, desk->dice);
        strike_at(desk, &crash, section->first_beat, dice_between(desk->dice, 0.1, 0.4));
        free(crash.at);
    }
    if (section->first_beat > 16 &&
        dice_roll(desk->dice) < 0.25) { /* a riser before it */
        long end = sample_at(desk, section->first_beat), length = (long)(3.0 * RATE);
        double low = 0.0;
        for (long i = 0; i < length && end - length + i < desk->frames; i++) {
            double share = (double)i / (double)length,
                   n = 2.0 * dice_roll(desk->dice) - 1.0;
            low += (0.02 + 0.4 * share) * (n - low);
            if (end - length + i >= 0)
                desk->music_bus[end - length + i] += (float)(0.12 * share * share * low);
        }
    }
}
