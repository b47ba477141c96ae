/* voices.h - the instruments of the test tracks: drums struck once, notes played long.
 *
 * Every sound begins to rise at its first sample, so that its place in the score is the
 * truth about its attack.
 */
#ifndef VOICES_H
#define VOICES_H

#include <stdint.h>

struct dice {
    uint64_t state;
};

double dice_roll(struct dice *dice);                             /* 0 <= x < 1 */
double dice_between(struct dice *dice, double low, double high); /* uniform */
double dice_normal(struct dice *dice);                           /* mean 0, variance 1 */
int dice_below(struct dice *dice, int sides);                    /* 0 .. sides - 1 */

enum kit { KIT_MACHINE, KIT_LIVE, KIT_CHIP, KIT_DEEP };
enum drum {
    DRUM_KICK,
    DRUM_SNARE,
    DRUM_HAT,
    DRUM_OPEN,
    DRUM_PERC,
    DRUM_CRASH,
    DRUM_RIDE,
    DRUM_TOM,
    DRUMS
};

struct strike {
    float *at; /* mono; free() */
    int count;
};

/* Strike a drum once; its character is drawn from the dice. */
struct strike strike_new(enum drum drum, enum kit kit, struct dice *dice);

enum wave {
    WAVE_SAW,
    WAVE_SQUARE,
    WAVE_TRIANGLE,
    WAVE_SINE,
    WAVE_BELL,
    WAVE_STRING,
    WAVE_ORGAN,
    WAVE_VOICE,
    WAVES
};

struct note {
    enum wave wave;
    double hz, length_s, gain;
    double attack_s, release_s; /* 0 attack: at once */
    double decay_s;             /* 0: holds its level */
    double bright_hz;           /* low-pass; 0: open */
    double detune;              /* second oscillator, as a ratio less 1; 0: none */
    double vibrato;             /* depth as a ratio */
    double drive;               /* 0: clean */
};

/* Add a note to a mono track from sample `start` on; what lies outside is left out. */
void note_play(const struct note *note, struct dice *dice, float *track, long frames,
               long start);

#endif
