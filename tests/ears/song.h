/* song.h - compose and render a test track, and know the truth about it. */
#ifndef SONG_H
#define SONG_H

#include <stdbool.h>

#include "styles.h"

#define SONG_SECTIONS 24
#define SONG_ONE 1u    /* a bar begins */
#define SONG_PHRASE 2u /* eight bars begin */

struct song {
    const char *style;
    float *samples; /* stereo */
    long frames;
    double *beats;        /* every beat between the first and the last sound */
    unsigned char *marks; /* SONG_ONE, SONG_PHRASE of each beat */
    int beat_count;
    int beats_per_bar;
    double bpm;                     /* that most beats have, or their mean */
    bool is_steady;                 /* one tempo from end to end */
    int key;                        /* 0..11 major, 12..23 minor */
    double sections[SONG_SECTIONS]; /* starts, the first included */
    int section_count;
};

/* seed     decides everything; style: index, or -1 to let the seed decide; from
 *          style_count on: blended with others
 * length_s about
 */
void song_make(struct song *song, int style, uint64_t seed, double length_s);
/* As song_make(); its tempo changes by up to a quarter where a section begins. */
void song_make_changing(struct song *song, int style, uint64_t seed, double length_s);
void song_release(struct song *song);

#endif
