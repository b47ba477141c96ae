/* distance.h - how far one track is from the next, 0 (goes on as it was) to 1.
 *
 * The weighted mean of criteria, each 0 to 1. What is not known of a track takes the
 * value that is to be expected of two tracks of the pool, so that a track that nobody has
 * analysed is neither near to all others nor far from them.
 */
#ifndef DISTANCE_H
#define DISTANCE_H

#include "traits.h"

#include <forever/host.h>
#include <stdbool.h>
#include <stddef.h>

enum criterion {
    TEMPO,        /* octaves folded; half an octave apart = 1 */
    SPREAD,       /* the same artist = 1 */
    ENERGY,       /* the difference */
    DANCEABILITY, /* the difference */
    LOUDNESS,     /* 10 dB apart = 1 */
    GENRE,        /* 1 - likeness of the names */
    TAG,          /* tags that only one of them has, ten = 1 */
    LENGTH,       /* 100 s apart = 1 */
    KEY,          /* way around the Camelot wheel */
    TIMBRE,       /* of the whole tracks; twice the usual difference = 1 */
    FIT,          /* level and harmony of the one's outro against the other's intro */
    CRITERIA
};

extern const char *const criterion_names[CRITERIA];

/* Genres by number: traits.genre - 1. */
struct genres {
    char **names; /* folded */
    size_t count, room;
    float *likeness; /* count * count, as of the last genres_compare; NULL = none */
    size_t compared;
};

/* returns  1 + the genre's number; 0 for no genre, or without memory */
uint32_t genres_number(struct genres *genres, const char *name);
void genres_compare(struct genres *genres); /* fill `likeness`, where it pays */
void genres_release(struct genres *genres);

struct distance {
    double weights[CRITERIA], total;
    double expected[CRITERIA];
    double timbre_scale;
    const struct genres *genres;
};

/* Weights from the configuration: "weights.tempo" and so on. `genres` is kept. */
void distance_init(struct distance *distance, const struct fv_host *host,
                   const struct genres *genres);

/* Learn from pairs of the pool, drawn by the seed, what is to be expected. */
void distance_expect(struct distance *distance, const struct traits *const *tracks,
                     size_t count, uint64_t seed);

/* One criterion. returns 0..1; NAN where it can't be known */
double distance_by(const struct distance *distance, enum criterion criterion,
                   const struct traits *from, const struct traits *to);

/* differences   filled with 0..1 a criterion, expected values included; may be NULL */
double distance_between(const struct distance *distance, const struct traits *from,
                        const struct traits *to, double *differences);

/* How far apart two tempos are, octaves folded: 0 .. 0.5, in octaves. */
double tempo_octaves(double a, double b);

/* Within 6 % of each other, octaves folded: one can be played at the tempo of the other.
 */
bool tempo_can_match(double a, double b);

/* Whether a mixer can lay the beats of one on those of the other. */
bool distance_can_match(const struct traits *from, const struct traits *to);

#endif
