/* bound.c - Prim's algorithm on all pairs, as dense as the terrain. */
#include "bound.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

struct trees {
    const struct terrain *terrain;
    double *price, *least;
    int *degree, *before_degree;
    uint32_t *parent;
    bool *is_in;
};

static double priced(const struct trees *trees, uint32_t a, uint32_t b)
{
    return terrain_cost(trees->terrain, a, b) + trees->price[a] + trees->price[b];
}

/* The least tree through the places 1 ... , and place 0 tied to it by its two least
 * edges. returns its length by the prices; the degrees are counted */
static double one_tree(struct trees *trees)
{
    uint32_t count = trees->terrain->count, at = 1;
    double length = 0, first = INFINITY, second = INFINITY;
    uint32_t first_at = 1, second_at = 1;
    for (uint32_t i = 0; i < count; i++) {
        trees->least[i] = INFINITY;
        trees->is_in[i] = false;
        trees->degree[i] = 0;
    }
    trees->is_in[1] = true;
    for (uint32_t done = 2; done < count; done++) {
        uint32_t next = 0;
        double least = INFINITY;
        for (uint32_t b = 2; b < count; b++) {
            if (trees->is_in[b])
                continue;
            double cost = priced(trees, at, b);
            if (cost < trees->least[b]) {
                trees->least[b] = cost;
                trees->parent[b] = at;
            }
            if (trees->least[b] < least) {
                least = trees->least[b];
                next = b;
            }
        }
        trees->is_in[next] = true;
        trees->degree[next]++;
        trees->degree[trees->parent[next]]++;
        length += least;
        at = next;
    }
    for (uint32_t b = 1; b < count; b++) {
        double cost = priced(trees, 0, b);
        if (cost < first) {
            second = first;
            second_at = first_at;
            first = cost;
            first_at = b;
        } else if (cost < second) {
            second = cost;
            second_at = b;
        }
    }
    trees->degree[0] = 2;
    trees->degree[first_at]++;
    trees->degree[second_at]++;
    return length + first + second;
}

static double climb_prices(struct trees *trees, int64_t upper, int steps)
{
    uint32_t count = trees->terrain->count;
    double best = 0, scale = 2;
    int vain = 0;
    for (int step = 0; step < steps; step++) {
        double prices = 0, off = 0;
        for (uint32_t i = 0; i < count; i++)
            prices += trees->price[i];
        double bound = one_tree(trees) - 2 * prices;
        vain++;
        if (bound > best) {
            best = bound;
            vain = 0;
        }
        if (vain > 20) {
            scale *= 0.7;
            vain = 0;
        }
        for (uint32_t i = 0; i < count; i++)
            off += (trees->degree[i] - 2) * (trees->degree[i] - 2);
        if (off == 0)
            break;
        double by = scale * ((double)upper - bound) / off;
        for (uint32_t i = 0; i < count; i++)
            trees->price[i] +=
                by * (0.7 * (trees->degree[i] - 2) + 0.3 * trees->before_degree[i]);
        for (uint32_t i = 0; i < count; i++)
            trees->before_degree[i] = trees->degree[i] - 2;
    }
    return best;
}

int64_t bound_below(const struct terrain *terrain, int64_t upper, int steps)
{
    uint32_t count = terrain->count;
    struct trees trees = {.terrain = terrain,
                          .price = calloc(count, sizeof(double)),
                          .least = calloc(count, sizeof(double)),
                          .degree = calloc(count, sizeof(int)),
                          .before_degree = calloc(count, sizeof(int)),
                          .parent = calloc(count, sizeof(uint32_t)),
                          .is_in = calloc(count, sizeof(bool))};
    int64_t bound = -ENOMEM;
    if (trees.price && trees.least && trees.degree && trees.before_degree &&
        trees.parent && trees.is_in)
        bound = (int64_t)ceil(climb_prices(&trees, upper, steps) - 1e-6);
    free(trees.price);
    free(trees.least);
    free(trees.degree);
    free(trees.before_degree);
    free(trees.parent);
    free(trees.is_in);
    return bound;
}
