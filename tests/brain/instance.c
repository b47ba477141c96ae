/* instance.c - genres gather tempos and tags, artists have a handful of tracks each, and
 * of every second track energy, danceability and loudness are unknown. */
#include "instance.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define GENRES 12
#define TAGS 4

struct made {
    double bpm, energy, danceability, loudness, seconds; /* < 0: unknown */
    double intro, outro;
    uint32_t artist, genre, tags[TAGS];
};

static uint32_t roll(uint64_t *dice, uint32_t sides)
{
    uint64_t x = *dice += 0x9e3779b97f4a7c15u; /* splitmix64 */
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    x ^= x >> 31;
    return (uint32_t)((x >> 32) * sides >> 32);
}

static double share(uint64_t *dice)
{
    return roll(dice, 1u << 20) / (double)(1u << 20);
}

static struct made make_track(uint64_t *dice, uint32_t count)
{
    static const double tempos[GENRES] = {85,  95,  100, 110, 120, 124,
                                          126, 128, 130, 138, 150, 174};
    uint32_t genre = roll(dice, GENRES), artists = count * 7 / 10 + 1;
    double spread = share(dice) + share(dice) + share(dice) - 1.5;
    struct made made = {.bpm = floor((tempos[genre] + spread * 6) * 100) / 100,
                        .genre = genre,
                        .artist = roll(dice, artists),
                        .seconds = 90 + roll(dice, 310),
                        .intro = share(dice),
                        .outro = share(dice),
                        .energy = -1,
                        .danceability = -1,
                        .loudness = -1};
    for (int i = 0; i < TAGS; i++)
        made.tags[i] = i < 2 ? genre * 5 + roll(dice, 5) : 100 + roll(dice, 40);
    if (roll(dice, 2)) {
        made.energy = share(dice);
        made.danceability = share(dice);
        made.loudness = 4 + 10 * share(dice);
    }
    return made;
}

static double apart(double a, double b, double scale)
{
    if (a < 0 || b < 0)
        return 1 / 3.0; /* of two numbers drawn evenly */
    double difference = fabs(a - b) / scale;
    return difference < 1 ? difference : 1;
}

static double tags_apart(const struct made *a, const struct made *b)
{
    int shared = 0;
    for (int i = 0; i < TAGS; i++)
        for (int j = 0; j < TAGS; j++)
            shared += a->tags[i] == b->tags[j];
    return shared < TAGS ? (2 * TAGS - 2 * shared) / 10.0 : 0;
}

static double distance(const struct made *a, const struct made *b)
{
    double sum = 999 * apart(a->bpm, b->bpm, 100) + 999 * (a->artist == b->artist) +
                 300 * apart(a->energy, b->energy, 1) +
                 100 * apart(a->danceability, b->danceability, 1) +
                 50 * apart(a->loudness, b->loudness, 10) +
                 40 * (a->genre != b->genre) * 0.7 + 20 * tags_apart(a, b) +
                 5 * apart(a->seconds, b->seconds, 100);
    return sum / (999 + 999 + 300 + 100 + 50 + 40 + 20 + 5);
}

static double onward(const struct made *a, const struct made *b)
{
    double slower = a->bpm > b->bpm ? apart(a->bpm, b->bpm, 100) : 0;
    return (200 * fabs(a->outro - b->intro) + 200 * slower) / 2513;
}

int instance_make(struct instance *instance, uint32_t count, uint32_t number,
                  bool is_directed)
{
    uint64_t dice = ((uint64_t)number << 32) + count;
    struct made *tracks = calloc(count, sizeof *tracks);
    instance->matrix = calloc((size_t)count * count, sizeof *instance->matrix);
    instance->terrain = (struct terrain){
        .count = count, .is_directed = is_directed, .matrix = instance->matrix};
    if (!tracks || !instance->matrix) {
        free(tracks);
        return -ENOMEM;
    }
    for (uint32_t i = 0; i < count; i++)
        tracks[i] = make_track(&dice, count);
    for (uint32_t a = 0; a < count; a++)
        for (uint32_t b = 0; b < count; b++) {
            double cost = distance(&tracks[a], &tracks[b]);
            if (is_directed)
                cost += onward(&tracks[a], &tracks[b]);
            instance->matrix[(size_t)a * count + b] =
                a == b ? 0 : (int32_t)lround(cost * TERRAIN_UNIT);
        }
    free(tracks);
    return 0;
}

void instance_release(struct instance *instance)
{
    free(instance->matrix);
    *instance = (struct instance){0};
}

uint64_t instance_hash(const struct instance *instance)
{
    uint64_t hash = 14695981039346656037u;
    size_t cells = (size_t)instance->terrain.count * instance->terrain.count;
    for (size_t i = 0; i < cells; i++)
        hash = (hash ^ (uint32_t)instance->matrix[i]) * 1099511628211u;
    return hash;
}
