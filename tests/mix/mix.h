/* mix.h - a rendered mix, its timeline, and the truth about its tracks: what is scored.
 */
#ifndef MIX_H
#define MIX_H

#include <stdbool.h>
#include <stdint.h>

#define MIX_RATE 44100

struct mix_times {
    double *at; /* seconds, ascending */
    int count;
};

struct mix_track {
    char *path, *title;
    float *samples; /* stereo; NULL: not needed now */
    int64_t frames; /* 0 until samples have been there */
    struct mix_times beats, downbeats, phrases;
    double bpm;
    int camelot; /* 1..12; 0 unknown */
    bool is_minor;
};

struct mix_point {
    double mix, track; /* seconds */
};

struct mix_part {
    int track;
    double gain; /* linear */
    struct mix_point *points;
    int count;
};

enum mix_kind { MIX_PLAY, MIX_BEATMATCH, MIX_CROSSFADE, MIX_CUT, MIX_FADE };

struct mix_segment {
    enum mix_kind kind;
    double start, end; /* seconds */
    struct mix_part parts[2];
    int part_count;
};

/* A whole mix, or some segments of one: then all mix times count from its first sample.
 */
struct mix {
    float *samples; /* of the decoded stream, aligned to the timeline */
    int64_t frames;
    struct mix_track *tracks;
    int track_count;
    struct mix_segment *segments;
    int segment_count;
    double origin;      /* seconds of the whole at which a slice begins */
    double closing;     /* seconds at which the mix begins to fade away; 0: not known */
    double pcm_peak_db; /* true peak before encoding; NAN unknown */
};

/* Track time that is heard in a part at a mix time, and the other way round. */
double mix_track_time(const struct mix_part *part, double mix);
double mix_mix_time(const struct mix_part *part, double track);

/* Load a timeline and the *.truth.json beside each track, but no audio.
 * returns  0 or -EINVAL */
int mix_load(struct mix *mix, const char *timeline);
void mix_release(struct mix *mix);

/* The lag in frames, within +-`most`, at which `heard` agrees best with `source`, both
 * mono; and how well (0..1). heard has `count` frames, source count + 2 * most. */
int mix_lag(const float *heard, const float *source, int count, int most, double *alike);

/* Stereo to mono with silence beyond the ends. */
void mix_mono(const float *samples, int64_t frames, int64_t from, int count, float *mono);

#endif
