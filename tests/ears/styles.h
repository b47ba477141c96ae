/* styles.h - the styles of the test tracks, as tables: patterns, ranges, manners. */
#ifndef STYLES_H
#define STYLES_H

#include "voices.h"

/* Ways in which a bass, chords or a lead may play; a style names several by letter. */
struct style {
    const char *name;
    double slowest, fastest; /* BPM */
    int beats;               /* in a bar; 0: free time, no truth */
    double swing8, swing16;  /* where the off-beat lies: 0.5 straight, 0.667 triplets */
    double jitter_ms, drift; /* of players; share of the tempo */
    enum kit kit;
    /* patterns of one or two bars in sixteenths, alternatives divided by '|':
     * X accent, x hit, o soft, . nothing */
    const char *kick, *snare, *hat, *open, *perc;
    const char *bass;   /* r: root with the kick, 8: eighths, o: off-beats, 6: sixteenths,
                           w: walking, s: syncopated, l: long, O: octaves, q: every other
                           beat, Q: every beat, t: triplets */
    const char *chord;  /* p: pad, s: stabs, k: off-beat skank, m: strummed eighths,
                           d: distorted, a: arpeggio, q: quarters, n: off-beats after bass,
                           t: triplets */
    const char *lead;   /* m: melody, v: voice, r: riff in sixteenths, s: syncopated,
                           t: triplets, -: none */
    double drums_break; /* chance that a section has no drums */
};

/* A style whose parts but kick and snare may be another's: music is not so tidy.
 * index    of the style that gives the rest
 */
struct style style_blend(int index, struct dice *dice);

extern const struct style styles[];
extern const int style_count;

#endif
