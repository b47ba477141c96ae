/* traits.h - what is known of a track that a distance can be taken from. NAN, 0 and -1
 * mean unknown, as each field says.
 */
#ifndef TRAITS_H
#define TRAITS_H

#include <forever/track.h>

#include <stdbool.h>
#include <stdint.h>

#define TRAITS_TAGS 16
#define TRAITS_TIMBRE (FV_TIMBRE - 1) /* without loudness */

/* How a track sounds where another may be mixed under it. */
struct traits_edge {
    double bpm;     /* NAN = unknown, or that of the track */
    float level_db; /* NAN = unknown */
    float chroma[FV_CHROMA];
};

struct traits {
    double bpm;          /* NAN = unknown */
    float bpm_certainty; /* 0 .. 1 */
    bool is_loose;       /* heard, and too unsure of its beats for a mixer to use them */
    uint32_t beats_per_bar;                            /* 0 = unknown */
    float energy, danceability, loudness_db, length_s; /* NAN = unknown */
    int32_t key;                                       /* -1 = unknown */
    float key_certainty;
    float timbre[TRAITS_TIMBRE]; /* [0] NAN = unknown */
    struct traits_edge intro, outro;
    uint32_t artist; /* of the folded name; 0 = unknown */
    uint32_t genre;  /* 1 + its number in struct genres; 0 = unknown */
    uint32_t tags[TRAITS_TAGS], tag_count; /* of the folded tags, sorted */
};

/* Nothing known. */
void traits_init(struct traits *traits);

/* Take from an analysis what it knows; what it does not know stays as it is. */
void traits_hear(struct traits *traits, const struct fv_analysis *found);

/* The tempo at which a track comes in, and goes out; not above 0 or NAN = unknown. */
double traits_bpm_in(const struct traits *traits);
double traits_bpm_out(const struct traits *traits);

/* Add a tag, if there is room and it is not there. */
void traits_tag(struct traits *traits, const char *tag);

/* "A minor", "F# maj", "B flat minor", "Am", "8A" -> 0..23 as in fv_analysis; -1 */
int32_t traits_key(const char *text);

/* Its place on the Camelot wheel: 1..12. */
int traits_camelot(int32_t key);

#endif
