/* distance.c - one function a criterion, and their weighted mean. */
#include "distance.h"

#include "fold.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define PAIRS 4000                 /* drawn to learn what is to be expected */
#define MATCH_OCTAVES 0.0840642648 /* 6 %: how much a tempo may be changed */
#define FADED 0.25f /* share of a tempo's weight between two that will only be faded */
#define LOUDNESS_DB 10.0
#define LENGTH_S 100.0
#define TAGS_APART 10.0
#define FIT_DB 12.0

const char *const criterion_names[CRITERIA] = {
    "tempo", "spread", "energy", "danceability", "loudness", "genre",
    "tag",   "length", "key",    "timbre",       "fit"};

/* The original's eight, and three of our own. */
static const double usual_weights[CRITERIA] = {1500, 999, 300, 100, 50, 40,
                                               20,   5,   850, 100, 100};

/* Of numbers drawn evenly; until the pool tells better. */
static const double usual_expected[CRITERIA] = {0.4, 0.02, 0.25, 0.25, 0.3, 0.7,
                                                0.6, 0.6,  0.5,  0.5,  0.4};

void distance_init(struct distance *distance, const struct fv_host *host,
                   const struct genres *genres)
{
    *distance = (struct distance){.timbre_scale = 1, .genres = genres};
    for (int c = 0; c < CRITERIA; c++) {
        char name[64];
        snprintf(name, sizeof name, "weights.%s", criterion_names[c]);
        distance->weights[c] = host->number(host->ctx, name, usual_weights[c]);
        distance->expected[c] = usual_expected[c];
        distance->total += distance->weights[c];
    }
    if (distance->total <= 0)
        distance->total = 1;
}

/* ---- criteria -------------------------------------------------------------------------
 */

double tempo_octaves(double a, double b)
{
    double octaves = log2(a / b);
    return fabs(octaves - round(octaves));
}

bool tempo_can_match(double a, double b)
{
    return a > 0 && b > 0 && tempo_octaves(a, b) <= MATCH_OCTAVES;
}

/* Whether a mixer can only fade between them, whatever their tempos. */
static bool is_faded(const struct traits *from, const struct traits *to)
{
    return from->is_loose || to->is_loose ||
           (from->beats_per_bar && to->beats_per_bar &&
            from->beats_per_bar != to->beats_per_bar);
}

bool distance_can_match(const struct traits *from, const struct traits *to)
{
    return !is_faded(from, to) &&
           tempo_can_match(traits_bpm_out(from), traits_bpm_in(to));
}

static double at_most_1(double value)
{
    return value > 1 ? 1 : value; /* NAN stays NAN */
}

/* A difference that is only as certain as the less certain of two findings. */
static double weigh(double difference, float a, float b, double expected)
{
    double certainty = (double)(a < b ? a : b);
    return certainty * difference + (1 - certainty) * expected;
}

static double by_tempo(const struct distance *distance, const struct traits *a,
                       const struct traits *b)
{
    double out = traits_bpm_out(a), in = traits_bpm_in(b);
    if (!(out > 0 && in > 0))
        return NAN;
    double octaves = tempo_octaves(out, in);
    double apart = octaves > MATCH_OCTAVES ? 1 : octaves;
    float certainty = is_faded(a, b) ? FADED : 1;
    return weigh(apart, certainty * a->bpm_certainty, certainty * b->bpm_certainty,
                 distance->expected[TEMPO]);
}

static double by_genre(const struct distance *distance, const struct traits *a,
                       const struct traits *b)
{
    const struct genres *genres = distance->genres;
    if (a->genre == 0 || b->genre == 0)
        return NAN;
    size_t x = a->genre - 1, y = b->genre - 1;
    if (x == y)
        return 0;
    if (x < genres->compared && y < genres->compared)
        return 1 - (double)genres->likeness[x * genres->compared + y];
    return 1 - fold_likeness(genres->names[x], genres->names[y]);
}

static double by_tag(const struct traits *a, const struct traits *b)
{
    uint32_t i = 0, j = 0, shared = 0;
    if (a->tag_count == 0 || b->tag_count == 0)
        return NAN;
    while (i < a->tag_count && j < b->tag_count) {
        shared += a->tags[i] == b->tags[j];
        bool is_before = a->tags[i]<b->tags[j], is_after = a->tags[i]> b->tags[j];
        i += !is_after;
        j += !is_before;
    }
    return at_most_1((a->tag_count + b->tag_count - 2 * shared) / TAGS_APART);
}

/* Steps around the wheel; the relative key and a step to either side go well. */
static double keys_apart(int steps, bool is_one_mode)
{
    static const double alike[] = {0, 0.15, 0.8, 0.85, 0.9, 0.95, 1};
    if (is_one_mode)
        return alike[steps];
    return steps == 0 ? 0.1 : at_most_1(fmax(alike[steps], 0.7) + 0.05);
}

/* A key that is heard wrong is mostly heard as its relative: down to a half, certainty is
 * the mode's, and the number on the wheel stands; below, that falls, too. */
static double by_key(const struct distance *distance, const struct traits *a,
                     const struct traits *b)
{
    if (a->key < 0 || b->key < 0)
        return NAN;
    int steps = abs(traits_camelot(a->key) - traits_camelot(b->key));
    steps = steps > 6 ? 12 - steps : steps;
    bool is_one_mode = (a->key < 12) == (b->key < 12);
    double x = fmax((double)a->key_certainty, 0.5);
    double y = fmax((double)b->key_certainty, 0.5);
    double as_heard = x * y + (1 - x) * (1 - y);
    double difference = as_heard * keys_apart(steps, is_one_mode) +
                        (1 - as_heard) * keys_apart(steps, !is_one_mode);
    return weigh(difference, fminf(2 * a->key_certainty, 1),
                 fminf(2 * b->key_certainty, 1), distance->expected[KEY]);
}

static double timbre_apart(const struct traits *a, const struct traits *b)
{
    float sum = 0;
    for (int t = 0; t < TRAITS_TIMBRE; t++) {
        float difference = a->timbre[t] - b->timbre[t];
        sum += difference * difference;
    }
    return sqrt((double)sum);
}

static double by_fit(const struct traits *a, const struct traits *b)
{
    const struct traits_edge *out = &a->outro, *in = &b->intro;
    float alike = 0;
    if (isnan(out->level_db) || isnan(in->level_db))
        return NAN;
    for (int c = 0; c < FV_CHROMA; c++)
        alike += out->chroma[c] * in->chroma[c];
    double step = at_most_1(fabs((double)(out->level_db - in->level_db)) / FIT_DB);
    return (step + 1 - (double)fminf(alike, 1)) / 2;
}

double distance_by(const struct distance *distance, enum criterion criterion,
                   const struct traits *from, const struct traits *to)
{
    switch (criterion) {
    case TEMPO:
        return by_tempo(distance, from, to);
    case SPREAD:
        return from->artist && to->artist ? from->artist == to->artist : NAN;
    case ENERGY:
        return at_most_1(fabs((double)(from->energy - to->energy)));
    case DANCEABILITY:
        return at_most_1(fabs((double)(from->danceability - to->danceability)));
    case LOUDNESS:
        return at_most_1(fabs((double)(from->loudness_db - to->loudness_db)) /
                         LOUDNESS_DB);
    case GENRE:
        return by_genre(distance, from, to);
    case TAG:
        return by_tag(from, to);
    case LENGTH:
        return at_most_1(fabs((double)(from->length_s - to->length_s)) / LENGTH_S);
    case KEY:
        return by_key(distance, from, to);
    case TIMBRE:
        return isnan(from->timbre[0]) || isnan(to->timbre[0])
                   ? NAN
                   : at_most_1(timbre_apart(from, to) / distance->timbre_scale);
    case FIT:
        return by_fit(from, to);
    default:
        return NAN;
    }
}

double distance_between(const struct distance *distance, const struct traits *from,
                        const struct traits *to, double *differences)
{
    double sum = 0;
    for (int c = 0; c < CRITERIA; c++) {
        if (distance->weights[c] == 0 && !differences)
            continue;
        double difference = distance_by(distance, (enum criterion)c, from, to);
        if (isnan(difference))
            difference = distance->expected[c];
        if (differences)
            differences[c] = difference;
        sum += distance->weights[c] * difference;
    }
    return sum / distance->total;
}

/* ---- what is to be expected -----------------------------------------------------------
 */

static uint32_t roll(uint64_t *dice, size_t sides)
{
    uint64_t x = *dice += 0x9e3779b97f4a7c15u; /* splitmix64 */
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    x ^= x >> 31;
    return (uint32_t)((x >> 32) * sides >> 32);
}

/* The mean of what pairs say that can say something; `otherwise` when few can. */
static double mean_of(const struct distance *distance, int criterion,
                      const struct traits *const *tracks, size_t count, uint64_t dice,
                      double otherwise)
{
    double sum = 0;
    int known = 0;
    for (int i = 0; i < PAIRS; i++) {
        uint32_t a = roll(&dice, count), b = roll(&dice, count);
        double difference =
            a == b ? NAN
            : criterion == CRITERIA
                ? timbre_apart(tracks[a], tracks[b])
                : distance_by(distance, (enum criterion)criterion, tracks[a], tracks[b]);
        if (!isnan(difference)) {
            sum += difference;
            known++;
        }
    }
    return known >= 10 ? sum / known : otherwise;
}

void distance_expect(struct distance *distance, const struct traits *const *tracks,
                     size_t count, uint64_t seed)
{
    if (count < 2)
        return;
    distance->timbre_scale = 2 * mean_of(distance, CRITERIA, tracks, count, seed, 0.5);
    if (!(distance->timbre_scale > 0))
        distance->timbre_scale = 1;
    for (int c = 0; c < CRITERIA; c++)
        distance->expected[c] = mean_of(distance, c, tracks, count,
                                        seed + (uint64_t)c + 1, usual_expected[c]);
}
