/* synth.h - one subtractive synthesiser for everything that has a pitch. */
#ifndef DEMO_SYNTH_H
#define DEMO_SYNTH_H

#include "dsp.h"
#include "mix.h"

/* What a sound is made of. Zeroes are off. */
struct patch {
    int voices;   /* saws, 1..7, to both sides in turn when there are several */
    float detune; /* cents from the first to the last */
    float square; /* share of square wave in place of saw */
    float sub;    /* a sine at the same pitch, behind the filter */
    float fm;     /* index of a bell-like FM pair in place of the saws */
    float cutoff_hz, resonance;
    float env_octaves, env_decay; /* the filter opens this far at the attack */
    float wobble_octaves, wobble_hz;
    float attack, decay, sustain, release; /* seconds; sustain 0..1 */
    float drive;                           /* 0: clean */
};

struct note {
    int64_t at, length; /* frames; the release comes after */
    float pitch;        /* MIDI */
    float velocity;     /* 0..1 */
    float brightness;   /* 1: as the patch says; 2: filter an octave higher */
};

void synth_note(struct mix *mix, const struct strip *strip, const struct patch *patch,
                const struct note *note, struct rng *rng);

#endif
