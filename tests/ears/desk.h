/* desk.h - one test track in the making: its players, their patterns and their tracks. */
#ifndef DESK_H
#define DESK_H

#include "band.h"

#define STEPS 32 /* two bars of four */

struct part { /* a drum's pattern in two variants */
    char step[2][STEPS];
    float gain;
    struct strike hit[2]; /* hard and soft */
};

struct desk {
    struct band *band;
    struct dice *dice;
    long frames;
    float *drum_bus, *bass_bus, *music_bus;
    struct part part[5];
    double swing8, swing16, jitter_s, tuning;
    int degree[2][8];                /* chords of each variant, a bar each */
    double harmony_bars;             /* how long a chord stays */
    bool early_chords;               /* they come an eighth before the bar */
    bool leading_tone;               /* the fifth degree's chord is major in minor, too */
    bool comes_home;                 /* every four bars of the lead end on the tonic */
    char bass[2], chord[2], lead[2]; /* manners, a letter for each variant */
    struct note bass_note, chord_note, lead_note;
    float bass_gain, chord_gain, lead_gain;
    double pump; /* of bass and music under the kick, 0..1 */
    double pad_attack_s;
    int bass_octave, rich;
    int climb[8];     /* steps of arpeggios and melodies */
    char stab[2][32]; /* chords: stabs in the first 16, strumming in the others */
    struct dice *syncope;
};

/* Play one bar of a section, `beats` long, with every layer that the section has. */
void desk_play_bar(struct desk *desk, const struct section *section, int bar, int beats);

/* A crash, a swell of noise: what announces a section. */
void desk_announce(struct desk *desk, const struct section *section);

#endif
