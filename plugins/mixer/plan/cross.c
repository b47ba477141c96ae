/* cross.c - each place, length and shape is tried; the loudness of the result is the sum
 * of powers, half second by half second. */
#include "cross.h"

#include "loud.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HOP (FV_RATE / 2)
#define HOPS 360      /* of a track, at most */
#define AROUND 12     /* hops beside the fade that count: 6 s */
#define BEHIND 3      /* hops behind it, in which a dip is still the fade's */
#define WIDE 6        /* hops of a short-term loudness */
#define TAIL_S 45.0   /* of a song that may be left out at its end, at most ... */
#define HEAD_S 20.0   /* ... and at its start */
#define LEAST_S 3.0   /* where nothing is known of loudness */
#define TAIL_IN_S 1.0 /* in which a track comes in over a quiet end */
#define FREE_JUMP 1.0 /* dB */
#define FREE_DIP 1.5  /* dB */
#define DEEP_DIP 3.0  /* dB, below which each decibel costs as much as half a song */
#define USUAL_HOPS 8  /* other lengths cost a little */
#define SILENCE 1e-7  /* power, -70 dB */
#define SPAN (2 * AROUND + 32)

static const int lengths[] = {4, 6, 8, 12, 16, 24, 32}; /* hops */

void cross_gains(const struct cross *cross, double share, double gains[2], double lows[2])
{
    double in = share, out = share;
    if (cross->is_tail) {
        in = fmin(1, share * fmax(2, cross->length / (TAIL_IN_S * FV_RATE)));
        out = fmax(0, 2 * share - 1);
    }
    gains[0] = cos(out * M_PI / 2);
    gains[1] = sin(in * M_PI / 2);
    double raised = sqrt(1 + sin(share * M_PI) * sin(share * M_PI));
    bool is_first = cross->is_tail ? in < 1 : share < 0.5;
    lows[0] = !is_first ? 0 : cross->is_tail ? gains[0] : gains[0] * raised;
    lows[1] = cross->is_tail ? gains[1] : is_first ? 0 : gains[1] * raised;
}

/* A stretch of a track. */
struct stretch {
    double first; /* track frame of the first hop */
    int count;
    double powers[HOPS], lows[HOPS]; /* of all, of its bass */
};

static void stretch_init(struct stretch *stretch, const struct side *side, double from,
                         double to)
{
    *stretch = (struct stretch){.first = floor(fmax(from, side->begins))};
    int hops = (int)((fmin(to, side->ends) - stretch->first) / HOP);
    for (; stretch->count < hops && stretch->count < HOPS; stretch->count++) {
        double at = stretch->first + stretch->count * HOP;
        double bands[LOUD_BANDS];
        loud_bands(side, at, at + HOP, bands);
        stretch->powers[stretch->count] = loud_power(side, at, at + HOP);
        stretch->lows[stretch->count] = bands[0];
    }
}

/* The power of a hop at a gain of all and one of its bass; silence outside. */
static double power_of(const struct stretch *stretch, int hop, double gain, double low)
{
    if (hop < 0 || hop >= stretch->count)
        return 0;
    return gain * gain * (stretch->powers[hop] - stretch->lows[hop]) +
           low * low * stretch->lows[hop];
}

static double decibels(double power)
{
    return 10 * log10(power + SILENCE);
}

/* The largest change of short-term loudness within 3 s, and the deepest second below the
 * mean, in units in which what costs 1 is plainly heard. */
static double cost_of_levels(const double *powers, int hops)
{
    double shorts[SPAN], mean = 0, least = HUGE_VAL, jump = 0, sum = 0;
    int count = hops + 2 * AROUND;
    for (int i = 0; i < count; i++) {
        sum += powers[i] - (i >= WIDE ? powers[i - WIDE] : 0);
        shorts[i] = decibels(fmax(sum, 0) / WIDE);
        mean += powers[i] / count;
        bool is_late = i >= 2 * WIDE - 1;
        if (is_late && i <= AROUND + hops + WIDE)
            jump = fmax(jump, fabs(shorts[i] - shorts[i - WIDE]));
        if (i > AROUND && i <= AROUND + hops + BEHIND)
            least = fmin(least, (powers[i] + powers[i - 1]) / 2);
    }
    double dip = decibels(mean) - decibels(least);
    return fmax(0, jump - FREE_JUMP) / 3 + fmax(0, dip - FREE_DIP) / 2 +
           fmax(0, dip - DEEP_DIP);
}

struct crossing {
    const struct side *out, *in;
    struct stretch end, head; /* of the one, of the other */
    struct cross best;
    double cost;
};

static void try_cross(struct crossing *c, int leave, int entry, int hops, bool is_tail)
{
    double powers[SPAN];
    struct cross tried = {.leave = c->end.first + leave * HOP,
                          .entry = c->head.first + entry * HOP,
                          .length = (double)hops * HOP,
                          .is_tail = is_tail};
    double left =
        (c->out->ends - tried.leave - tried.length) / (c->out->ends - c->out->begins);
    double head = (tried.entry - c->in->begins) / (c->in->ends - c->in->begins);
    double cost = 2 * (fmax(0, left) + head) +
                  0.15 * fabs(log2((double)hops / USUAL_HOPS)) + 0.1 * is_tail;
    if (cost >= c->cost)
        return;
    for (int i = -AROUND; i < hops + AROUND; i++) {
        double gains[2] = {i < 0, i >= hops}, lows[2] = {i < 0, i >= hops};
        if (i >= 0 && i < hops)
            cross_gains(&tried, (i + 0.5) / hops, gains, lows);
        powers[i + AROUND] = power_of(&c->end, leave + i, gains[0], lows[0]) +
                             power_of(&c->head, entry + i, gains[1], lows[1]);
    }
    cost += cost_of_levels(powers, hops);
    if (cost < c->cost) {
        c->cost = cost;
        c->best = tried;
    }
}

static void try_all(struct crossing *c, double from, double most)
{
    int first = (int)ceil(fmax(0, from - c->end.first) / HOP);
    int entries = 1 + (int)(fmin(c->in->head, HEAD_S * FV_RATE) / HOP);
    for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
        int hops = lengths[l];
        if (hops * HOP > most)
            continue;
        for (int leave = first; leave + hops <= c->end.count; leave++)
            for (int entry = 0; entry < entries && entry + hops < c->head.count; entry++)
                for (int is_tail = 0; is_tail < 2; is_tail++)
                    try_cross(c, leave, entry, hops, is_tail);
    }
}

void cross_find(const struct side *out, const struct side *in, double from, double most,
                struct cross *cross)
{
    double tail = fmin(out->tail, TAIL_S * FV_RATE);
    double last = fmin(most, LEAST_S * FV_RATE);
    struct crossing *c = calloc(1, sizeof *c);
    *cross = (struct cross){fmax(from, out->ends - last), in->begins, last, false};
    if (!c || !loud_is_known(out) || !loud_is_known(in)) {
        free(c);
        return;
    }
    c->out = out;
    c->in = in;
    c->cost = HUGE_VAL;
    double earliest = fmax(from, out->ends - tail);
    stretch_init(&c->end, out, earliest - AROUND * HOP, out->ends);
    stretch_init(&c->head, in, in->begins,
                 in->begins + HEAD_S * FV_RATE + most + AROUND * HOP);
    try_all(c, earliest, most);
    if (c->cost < HUGE_VAL)
        *cross = c->best;
    free(c);
}
