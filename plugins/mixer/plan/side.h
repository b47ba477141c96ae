/* side.h - a track as a planner sees it: beats by number, levels by beat, and whether
 * what the ears say of it can be trusted.
 */
#ifndef SIDE_H
#define SIDE_H

#include <forever/mixer.h>
#include <stdbool.h>

struct side {
    const struct fv_track *track;
    const struct fv_analysis *found; /* never NULL: an empty one for an unknown track */
    const struct fv_pcm *pcm;
    double gain_db;
    double begins, ends; /* frames between which there is sound, the longest without rest */
    double opens;        /* 0, or where that begins behind a long silence */
    double head, tail;   /* frames of it that may be left out at its start, at its end */
    double period;       /* median frames of a beat; 0: no beats */
    double power[3];     /* mean of the low, mid and high band, of beats that sound */
    double voice;        /* mean */
    double heard_db; /* added to a beat's power it is its loudness, LUFS, gain included */
    int beats_per_bar;
    bool has_beat, has_bar, has_phrase; /* trusted */
};

void side_init(struct side *side, const struct fv_track *track, const struct fv_pcm *pcm,
               double gain_db);

/* Its period is that of its last beats, or of its first, if these have another tempo than
 * most. */
void side_goes_out(struct side *side);
void side_comes_in(struct side *side);

/* Track frame of a beat; numbers beyond both ends go on at the median period. */
double side_beat(const struct side *side, int beat);

/* How far some beats lie off an even line at most, frames. */
double side_ripple(const struct side *side, int first, int count);

/* Whether the ears hold by all of some beats, `count` or none behind the first: no
 * stretch in which they do not lies among them. */
bool side_is_sure(const struct side *side, int first, int count);

/* The beat nearest to a track frame. */
int side_beat_near(const struct side *side, double frame);

/* The first beat that begins a bar at or behind a track frame; INT_MAX: none */
int side_bar_behind(const struct side *side, double frame);

/* Whether a phrase begins at a beat, or would if the music went on: each eight bars
 * behind the last one, and everywhere behind the last beat. */
bool side_is_phrase(const struct side *side, int beat);

/* What is heard in a beat; NULL outside of the track. */
const struct fv_beat *side_feature(const struct side *side, int beat);

/* Track frame at which a feature begins: they lie on beats, or on each half second. */
double side_feature_frame(const struct side *side, uint32_t index);

/* The number of the first feature at or behind a track frame. */
uint32_t side_feature_behind(const struct side *side, double frame);

/* What loudness weighs the power of a bass and of highs by, roughly; mids count whole. */
#define SIDE_LOW_K 0.55
#define SIDE_HIGH_K 2.2

/* Power of a beat, so weighed. */
double side_power(const struct fv_beat *beat);

/* Loudness between two track frames, LUFS, as far as there is sound; -HUGE_VAL: none. */
double side_level(const struct side *side, double from, double to);

/* The energy of the section that a frame lies in, 0..1, and its label ("" = none). */
double side_energy(const struct side *side, double frame, const char **label);

#endif
