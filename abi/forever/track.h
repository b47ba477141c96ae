/* forever/track.h - a track, and what analysis found in it.
 *
 * Times are seconds (double) from the first decoded sample after gapless trimming.
 * A beat lies where its attack begins to rise, the same point on every track.
 * Confidences are probabilities, 0 (a guess) to 1; a piece without a beat says so with
 * tempo_confidence near 0. The host copies and stores all of this; it never invents it.
 */
#ifndef FOREVER_TRACK_H
#define FOREVER_TRACK_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct fv_section {
    double start, end;
    char label[16]; /* intro verse chorus build drop break outro, or the analyser's own */
    float energy;   /* 0..1 */
};

/* Place where a mix may begin or end, best first. */
struct fv_cue {
    double time;
    float score; /* 0..1 */
};

struct fv_span {
    double start, end;
};

#define FV_CHROMA 12    /* pitch classes, C first, sum 1 or all 0 */
#define FV_TIMBRE 12    /* cepstral shape, [0] = loudness in dB, the others unit-free */
#define FV_WAVE_BANDS 3 /* low < 200 Hz, mid, high > 2.5 kHz */
#define FV_POWER_S 0.1

/* What is heard between a beat and the next. Of a track without beats: each half second.
 */
struct fv_beat {
    float chroma[FV_CHROMA];
    float timbre[FV_TIMBRE];
    float low, mid, high; /* RMS below 200 Hz, between, and above 3.5 kHz, linear */
    float voice;          /* 0..1, a lead or a voice in the mid band */
};

/* A mixer lays other beats on a track's only if the analysis is at least so sure of its
 * tempo and beat, and of its one; else it fades. A brain that knows can bring the others
 * together. */
#define FV_SURE_BEAT 0.8f
#define FV_SURE_BAR 0.9f /* of 25 real pieces between 0.8 and 0.9 nine were wrong */

struct fv_analysis {
    uint32_t struct_size;
    double duration;

    double bpm; /* of the fitted grid; 0 = no tempo */
    float tempo_confidence;
    float beat_confidence;   /* phase: the beat and not the off-beat */
    float bar_confidence;    /* the one */
    float phrase_confidence; /* the eight-bar grid */
    uint32_t beats_per_bar;  /* 4 or 3; 0 = unknown */
    const double *beats;
    uint32_t beat_count;
    const double *downbeats;
    uint32_t downbeat_count;
    const double *phrases;
    uint32_t phrase_count;
    const struct fv_section *sections;
    uint32_t section_count;
    const struct fv_cue *mix_in; /* best first */
    uint32_t mix_in_count;
    const struct fv_cue *mix_out;
    uint32_t mix_out_count;

    int32_t key; /* 0..11 C major .. B major, 12..23 C minor .. B minor, -1 unknown */
    float key_confidence;
    float tuning_cents; /* A4 against 440 Hz, -50..50 */

    double loudness_lufs;     /* integrated, ITU-R BS.1770-4; -70 = silence */
    double loudness_range_lu; /* EBU Tech 3342 */
    double true_peak_dbtp;
    float energy;                      /* 0..1 */
    float danceability;                /* 0..1 */
    double silence_head, silence_tail; /* seconds below -60 dBFS at either end */

    const struct fv_beat *features; /* one per beat */
    uint32_t feature_count;

    const uint8_t *wave; /* peaks, FV_WAVE_BANDS bytes a point, 255 = full scale */
    uint32_t wave_count; /* points */
    double wave_step;    /* seconds a point */

    const uint32_t *fingerprint; /* chromaprint, raw; may be NULL */
    uint32_t fingerprint_count;

    /* K-weighted power (ITU-R BS.1770) of each whole FV_POWER_S, channels summed:
     * loudness in LUFS is 10 log10 of a mean of them, less 0.691. Since 1.1 */
    const float *power;
    uint32_t power_count;

    /* Stretches in which another tempo is heard than that of the beats, or none of a
     * tempo that moves: no place to lay other beats on them. In order. Since 1.2 */
    const struct fv_span *unsure;
    uint32_t unsure_count;
};

struct fv_track {
    uint32_t struct_size;
    const char *id;  /* this playing of the track; NULL while it is only in the library */
    const char *uri; /* as the brain named it */
    const char *title, *artist, *album, *genre; /* UTF-8, never NULL, may be empty */
    int64_t length;                             /* PCM frames */
    const struct fv_analysis *analysis;         /* NULL while unknown */
    const char *hash; /* XXH3-128 of the file's bytes, 32 hexadecimal digits */
};

#ifdef __cplusplus
}
#endif
#endif
