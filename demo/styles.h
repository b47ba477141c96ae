/* styles.h - what makes a style: tempo, drums, patterns, sounds, form. Data only. */
#ifndef DEMO_STYLES_H
#define DEMO_STYLES_H

#include "drums.h"
#include "mix.h"
#include "synth.h"

/* One instrument: its sound, its place, and what it plays in even and odd bars. */
struct part {
    const struct patch *patch;
    struct strip strip;
    int octave;
    const char *lines[2];
};

/* Sections of a form. Layers that play:
 *   K kick  S snare, clap  H closed hat  O open hat  P percussion
 *   B bass  C chords  D pad  A arpeggio  L lead  r riser and roll at the end  c crash */
struct section {
    const char *label;
    int bars;
    const char *layers;
    float open_from, open_to; /* brightness of what is played, 1 = as it is */
};

enum { MOST_SECTIONS = 16 };

/* Patterns have 16 characters, one a sixteenth.
 *   drums, chords: X loud, x normal, o soft, . nothing; chords: - holds on
 *   bass: r root, 5 fifth, 7 seventh, 3 third, o octave; capital or O: accent; - holds on
 *   arpeggio: 0..7, the chord's tones upwards through the octaves */
struct style {
    const char *name, *genre;
    float bpm_low, bpm_high;
    float swing; /* how late the second of two sixteenths is, in sixteenths */
    int is_four_on_the_floor;
    struct kit kit;
    const char *kick[2], *snare[2], *hat[2], *open, *perc[2];
    struct part bass, chords, pad, arp, lead;
    int seventh; /* chords have four tones */
    int bars_per_chord;
    float duck_depth, duck_release;
    float reverb_s, echo_beats, drive, target_lufs;
    const struct section *form; /* ends with a label of NULL */
};

extern const struct style styles[];
extern const int style_count;

#endif
