/* path.c - an open path is a round tour with one more place: it costs nothing to come to
 * it, and from it one goes as from the track that was played last. */
#include "path.h"

#include "tour.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EACH 12        /* neighbours, then */
#define LOOKS_EACH 2e5 /* a place: for a few tracks more work finds nothing better */
#define LINES 3

struct way {
    const struct distance *distance;
    const struct traits *from;
    struct pool_track **tracks;
    uint32_t count; /* of tracks; the number of the place besides */
};

static int32_t measure(const void *ctx, uint32_t from, uint32_t to)
{
    const struct way *way = ctx;
    if (to == way->count || from == to)
        return 0;
    const struct traits *before =
        from == way->count ? way->from : &way->tracks[from]->traits;
    if (!before)
        return 0;
    return (int32_t)lround(TERRAIN_UNIT * distance_between(way->distance, before,
                                                           &way->tracks[to]->traits,
                                                           NULL));
}

int32_t *path_matrix(const struct distance *distance, const struct traits *from,
                     struct pool_track **tracks, size_t count)
{
    struct way way = {distance, from, tracks, (uint32_t)count};
    uint32_t places = way.count + 1;
    int32_t *matrix = malloc((size_t)places * places * sizeof *matrix);
    for (uint32_t a = 0; matrix && a < places; a++)
        for (uint32_t b = 0; b < places; b++)
            matrix[(size_t)a * places + b] = measure(&way, a, b);
    return matrix;
}

/* ---- lines of many tracks -------------------------------------------------------------
 */

struct spot {
    double key, second;
    uint32_t place;
};

static int by_keys(const void *a, const void *b)
{
    const struct spot *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    if (x->second != y->second)
        return x->second < y->second ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

static double octave_of(double bpm)
{
    double octaves = log2(bpm);
    return bpm > 0 ? octaves - floor(octaves) : 2;
}

static double or_else(double value, double otherwise)
{
    return isnan(value) ? otherwise : value;
}

/* Tracks that are alike in tempo; in tempo, roughly, and energy; in genre and tempo. */
static struct spot spot_in(int line, const struct traits *traits, uint32_t place)
{
    double tempo = octave_of(or_else(traits->bpm, 0));
    double energy = or_else((double)traits->energy, 0.5);
    double key = line == 0 ? tempo : line == 1 ? floor(tempo * 40) : traits->genre;
    return (struct spot){key, line == 1 ? energy : line == 2 ? tempo : 0, place};
}

static int draw_lines(const struct way *way, uint32_t *lines[LINES])
{
    struct spot *spots = malloc(((size_t)way->count + 1) * sizeof *spots);
    int rc = spots ? 0 : -ENOMEM;
    for (int l = 0; rc == 0 && l < LINES; l++) {
        lines[l] = malloc(((size_t)way->count + 1) * sizeof **lines);
        if (!lines[l]) {
            rc = -ENOMEM;
            break;
        }
        for (uint32_t i = 0; i < way->count; i++)
            spots[i] = spot_in(l, &way->tracks[i]->traits, i);
        qsort(spots, way->count, sizeof *spots, by_keys);
        for (uint32_t i = 0; i < way->count; i++)
            lines[l][i] = spots[i].place;
        lines[l][way->count] = way->count;
    }
    free(spots);
    return rc;
}

static int find_neighbours(const struct way *way, const struct terrain *terrain,
                           struct neighbours *neighbours)
{
    uint32_t *lines[LINES] = {0};
    int rc = draw_lines(way, lines);
    if (rc == 0)
        rc = neighbours_in_lines(neighbours, terrain, EACH,
                                 (const uint32_t *const *)lines, LINES);
    for (int l = 0; l < LINES; l++)
        free(lines[l]);
    return rc;
}

/* ---- the way --------------------------------------------------------------------------
 */

/* Cut the tour open behind the place besides. */
static void take_order(const struct way *way, const uint32_t *tour,
                       struct pool_track **sorted)
{
    uint32_t places = way->count + 1, start = 0;
    while (tour[start] != way->count)
        start++;
    for (uint32_t i = 0; i < way->count; i++)
        sorted[i] = way->tracks[tour[(start + 1 + i) % places]];
}

static int solve(struct way *way, const struct path_options *options, uint32_t *tour)
{
    struct terrain terrain = {
        .count = way->count + 1, .is_directed = true, .measure = measure, .ctx = way};
    struct neighbours neighbours = {0};
    double looks =
        fmin(options->budget_ms * TOUR_LOOKS_PER_MS, LOOKS_EACH * (way->count + 1.0));
    struct tour_options how = {.seed = options->seed,
                               .looks = (uint64_t)fmax(looks, 1), /* 0: without end */
                               .is_warm = options->is_warm,
                               .must_stop = options->must_stop,
                               .ctx = options->ctx};
    int32_t *matrix = NULL;
    int64_t length;
    int rc = 0;
    for (uint32_t i = 0; i <= way->count; i++)
        tour[i] = i;
    if (way->count <= PATH_MATRIX_MAX) {
        terrain.matrix = matrix =
            path_matrix(way->distance, way->from, way->tracks, way->count);
        rc = matrix ? 0 : -ENOMEM;
    } else {
        rc = find_neighbours(way, &terrain, &neighbours);
        how.neighbours = &neighbours;
    }
    if (rc == 0)
        rc = tour_solve(&terrain, &how, tour, &length);
    neighbours_release(&neighbours);
    free(matrix);
    return rc;
}

int path_solve(const struct distance *distance, const struct traits *from,
               struct pool_track **tracks, size_t count,
               const struct path_options *options)
{
    struct way way = {distance, from, tracks, (uint32_t)count};
    uint32_t *tour = calloc(count + 1, sizeof *tour);
    struct pool_track **sorted = calloc(count + 1, sizeof *sorted);
    int rc = tour && sorted ? 0 : -ENOMEM;
    if (rc == 0)
        rc = solve(&way, options, tour);
    if (rc == 0) {
        take_order(&way, tour, sorted);
        memcpy(tracks, sorted, count * sizeof *sorted);
    }
    free(tour);
    free(sorted);
    return rc;
}
