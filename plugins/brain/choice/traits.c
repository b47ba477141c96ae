/* traits.c - an analysis is boiled down to a few hundred bytes; beats are averaged over
 * the whole track and over the bars in which it comes in and goes out. */
#include "traits.h"

#include "fold.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define EDGE_BEATS 32
#define OTHER_TEMPO 0.02 /* share by which that of an edge is not the track's */

void traits_init(struct traits *traits)
{
    *traits = (struct traits){.bpm = NAN,
                              .energy = NAN,
                              .danceability = NAN,
                              .loudness_db = NAN,
                              .length_s = NAN,
                              .key = -1};
    traits->timbre[0] = NAN;
    traits->intro.level_db = traits->outro.level_db = NAN;
    traits->intro.bpm = traits->outro.bpm = NAN;
}

/* ---- what was heard -------------------------------------------------------------------
 */

static void average_timbre(struct traits *traits, const struct fv_analysis *found)
{
    double sums[TRAITS_TIMBRE] = {0};
    if (found->feature_count == 0)
        return;
    for (uint32_t i = 0; i < found->feature_count; i++)
        for (int t = 0; t < TRAITS_TIMBRE; t++)
            sums[t] += (double)found->features[i].timbre[t + 1];
    for (int t = 0; t < TRAITS_TIMBRE; t++)
        traits->timbre[t] = (float)(sums[t] / found->feature_count);
}

static void average_edge(struct traits_edge *edge, const struct fv_analysis *found,
                         uint32_t from, uint32_t to)
{
    double power = 0, chroma[FV_CHROMA] = {0}, length = 0;
    if (to > found->feature_count)
        to = found->feature_count;
    if (from >= to)
        return;
    for (uint32_t i = from; i < to; i++) {
        const struct fv_beat *beat = &found->features[i];
        power += (double)(beat->low * beat->low + beat->mid * beat->mid +
                          beat->high * beat->high);
        for (int c = 0; c < FV_CHROMA; c++)
            chroma[c] += (double)beat->chroma[c];
    }
    for (int c = 0; c < FV_CHROMA; c++)
        length += chroma[c] * chroma[c];
    for (int c = 0; c < FV_CHROMA && length > 0; c++)
        edge->chroma[c] = (float)(chroma[c] / sqrt(length));
    edge->level_db = (float)(10 * log10(power / (to - from) + 1e-7));
}

/* The tempo from one beat to another, if it is not that of the track. */
static double edge_bpm(const struct fv_analysis *found, uint32_t from, uint32_t to)
{
    if (to >= found->beat_count)
        to = found->beat_count > 0 ? found->beat_count - 1 : 0;
    if (found->bpm <= 0 || from >= to)
        return NAN;
    double bpm = 60 * (to - from) / (found->beats[to] - found->beats[from]);
    return fabs(bpm / found->bpm - 1) > OTHER_TEMPO ? bpm : NAN;
}

/* The number of the beat, or half second, at a time. */
static uint32_t beat_at(const struct fv_analysis *found, double time)
{
    double share = found->duration > 0 ? time / found->duration : 0;
    uint32_t low = 0, high = found->beat_count;
    if (found->beat_count < 2)
        return (uint32_t)(fmax(share, 0) * found->feature_count);
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (found->beats[middle] < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void hear_edges(struct traits *traits, const struct fv_analysis *found)
{
    double in = found->mix_in_count ? found->mix_in[0].time : found->silence_head;
    double out = found->mix_out_count ? found->mix_out[0].time
                                      : found->duration - found->silence_tail;
    uint32_t first = beat_at(found, in), last = beat_at(found, out);
    if (last > found->feature_count)
        last = found->feature_count;
    uint32_t before = last > EDGE_BEATS ? last - EDGE_BEATS : 0;
    average_edge(&traits->intro, found, first, first + EDGE_BEATS);
    average_edge(&traits->outro, found, before, last);
    traits->intro.bpm = edge_bpm(found, first, first + EDGE_BEATS);
    traits->outro.bpm = edge_bpm(found, before, last);
}

double traits_bpm_in(const struct traits *traits)
{
    return traits->intro.bpm > 0 ? traits->intro.bpm : traits->bpm;
}

double traits_bpm_out(const struct traits *traits)
{
    return traits->outro.bpm > 0 ? traits->outro.bpm : traits->bpm;
}

void traits_hear(struct traits *traits, const struct fv_analysis *found)
{
    if (found->bpm > 0) {
        traits->bpm = found->bpm;
        traits->bpm_certainty = found->tempo_confidence;
    }
    traits->beats_per_bar = found->beats_per_bar;
    traits->is_loose =
        !(found->tempo_confidence >= FV_SURE_BEAT &&
          found->beat_confidence >= FV_SURE_BEAT && found->bar_confidence >= FV_SURE_BAR);
    if (found->key >= 0 && found->key < 24) {
        traits->key = found->key;
        traits->key_certainty = found->key_confidence;
    }
    traits->energy = found->energy;
    traits->danceability = found->danceability;
    traits->loudness_db = (float)found->loudness_lufs;
    traits->length_s = (float)found->duration;
    average_timbre(traits, found);
    hear_edges(traits, found);
}

/* ---- what a source says ---------------------------------------------------------------
 */

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

void traits_tag(struct traits *traits, const char *tag)
{
    uint32_t hash = fold_hash(tag);
    if (hash == 0 || traits->tag_count == TRAITS_TAGS)
        return;
    for (uint32_t i = 0; i < traits->tag_count; i++)
        if (traits->tags[i] == hash)
            return;
    traits->tags[traits->tag_count++] = hash;
    qsort(traits->tags, traits->tag_count, sizeof *traits->tags, by_number);
}

static int32_t camelot_key(int number, bool is_minor)
{
    int major = (number + 4) * 7 % 12; /* 8B is C */
    return is_minor ? 12 + (major + 9) % 12 : major;
}

int traits_camelot(int32_t key)
{
    int major = key < 12 ? key : (key - 12 + 3) % 12;
    return (major * 7 + 7) % 12 + 1;
}

/* A word at `at`, in any case. returns what follows it, or NULL */
static const char *word(const char *at, const char *wanted)
{
    size_t length = strlen(wanted);
    while (*at == ' ' || *at == '-' || *at == '_')
        at++;
    return strncasecmp(at, wanted, length) == 0 ? at + length : NULL;
}

static const char *accidental(const char *at, int *step)
{
    static const struct {
        const char *name;
        int step;
    } names[] = {
        {"#", 1}, {"\xe2\x99\xaf", 1}, {"sharp", 1}, {"flat", -1}, {"\xe2\x99\xad", -1}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *after = word(at, names[i].name);
        if (after) {
            *step = names[i].step;
            return after;
        }
    }
    if (*at == 'b') {
        *step = -1;
        return at + 1;
    }
    return at;
}

int32_t traits_key(const char *text)
{
    static const int steps[] = {9, 11, 0, 2, 4, 5, 7}; /* A .. G */
    char *end;
    int step = 0;
    while (*text == ' ')
        text++;
    long number = strtol(text, &end, 10);
    if (end != text && number >= 1 && number <= 12 && (*end | 32) >= 'a' &&
        (*end | 32) <= 'b' && end[1] == 0)
        return camelot_key((int)number, (*end | 32) == 'a');
    int letter = toupper((unsigned char)*text);
    if (letter < 'A' || letter > 'G')
        return -1;
    const char *at = accidental(text + 1, &step);
    int pitch = (steps[letter - 'A'] + step + 12) % 12;
    if (word(at, "min") || strcmp(at, "m") == 0)
        return 12 + pitch;
    return *at == 0 || word(at, "maj") ? pitch : -1;
}
