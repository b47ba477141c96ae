/* neighbours.c - each candidate goes into a short sorted list; lists stay short enough
 * for insertion. */
#include "neighbours.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct nearest {
    uint32_t each, count;
    uint32_t *places;
    int32_t *costs;
};

static void offer(struct nearest *nearest, uint32_t place, int32_t cost)
{
    uint32_t at = nearest->count;
    if (at == nearest->each && cost >= nearest->costs[at - 1])
        return;
    for (uint32_t i = 0; i < at; i++)
        if (nearest->places[i] == place)
            return;
    if (at == nearest->each)
        at--;
    else
        nearest->count++;
    for (; at > 0 && nearest->costs[at - 1] > cost; at--) {
        nearest->costs[at] = nearest->costs[at - 1];
        nearest->places[at] = nearest->places[at - 1];
    }
    nearest->costs[at] = cost;
    nearest->places[at] = place;
}

static int make_room(struct neighbours *out, const struct terrain *terrain, uint32_t each)
{
    uint32_t count = terrain->count;
    if (each + 1 > count)
        each = count ? count - 1 : 0;
    *out = (struct neighbours){.count = count, .each = each};
    out->out = calloc((size_t)count * each + 1, sizeof *out->out);
    out->in = terrain->is_directed ? calloc((size_t)count * each + 1, sizeof *out->in)
                                   : out->out;
    return out->out && out->in ? 0 : -ENOMEM;
}

void neighbours_release(struct neighbours *neighbours)
{
    if (neighbours->in != neighbours->out)
        free(neighbours->in);
    free(neighbours->out);
    *neighbours = (struct neighbours){0};
}

int neighbours_of_all(struct neighbours *out, const struct terrain *terrain,
                      uint32_t each)
{
    int rc = make_room(out, terrain, each);
    int32_t *costs = calloc((size_t)out->each + 1, sizeof *costs);
    each = out->each;
    for (uint32_t a = 0; rc == 0 && costs && each && a < terrain->count; a++) {
        struct nearest to = {.each = each, .costs = costs};
        to.places = out->out + (size_t)a * each;
        for (uint32_t b = 0; b < terrain->count; b++)
            if (b != a)
                offer(&to, b, terrain_cost(terrain, a, b));
        if (out->in == out->out)
            continue;
        struct nearest from = {.each = each, .costs = costs};
        from.places = out->in + (size_t)a * each;
        for (uint32_t b = 0; b < terrain->count; b++)
            if (b != a)
                offer(&from, b, terrain_cost(terrain, b, a));
    }
    free(costs);
    return rc == 0 && !costs ? -ENOMEM : rc;
}

/* Fill the lists of the place at `at` of a line with those around it. */
static void look_around(struct nearest *to, struct nearest *from,
                        const struct terrain *terrain, const uint32_t *line, uint32_t at)
{
    uint32_t count = terrain->count, here = line[at];
    uint32_t width = NEIGHBOURS_LOOKS / count;
    width = width > NEIGHBOURS_WIDTH ? NEIGHBOURS_WIDTH : width < 40 ? 40 : width;
    width = count > 2 * width ? width : count / 2;
    for (uint32_t i = 1; i <= width; i++) {
        uint32_t sides[2] = {line[(at + i) % count], line[(at + count - i) % count]};
        for (int side = 0; side < 2; side++) {
            if (sides[side] == here)
                continue;
            offer(to, sides[side], terrain_cost(terrain, here, sides[side]));
            if (from)
                offer(from, sides[side], terrain_cost(terrain, sides[side], here));
        }
    }
}

int neighbours_in_lines(struct neighbours *out, const struct terrain *terrain,
                        uint32_t each, const uint32_t *const *lines, uint32_t line_count)
{
    int rc = make_room(out, terrain, each);
    size_t cells = (size_t)out->count * out->each;
    bool is_directed = out->in != out->out;
    int32_t *costs = calloc(cells * (is_directed ? 2 : 1) + 1, sizeof *costs);
    uint32_t *found = calloc((size_t)out->count * 2 + 1, sizeof *found);
    each = out->each;
    for (uint32_t l = 0; rc == 0 && costs && found && l < line_count; l++) {
        for (uint32_t i = 0; i < terrain->count; i++) {
            size_t here = lines[l][i];
            struct nearest to = {each, found[2 * here], out->out + here * each,
                                 costs + here * each};
            struct nearest from = {each, found[2 * here + 1], out->in + here * each,
                                   costs + (is_directed ? cells : 0) + here * each};
            look_around(&to, is_directed ? &from : NULL, terrain, lines[l], i);
            found[2 * here] = to.count;
            found[2 * here + 1] = from.count;
        }
    }
    rc = rc == 0 && (!costs || !found) ? -ENOMEM : rc;
    free(costs);
    free(found);
    return rc;
}
