/* loud.c - see loud.h. */
#include "loud.h"

#include <math.h>

#define RUN 1050         /* frames read at a time; hops are whole runs */
#define OFFSET_DB -0.691 /* of BS.1770, which makes a 1 kHz sine read right */

struct biquad {
    double b[3], a[3];
};

/* The two filters of BS.1770: the head, and no rumble. For any rate, as libebur128 has
 * them. */
static void k_weighting(struct biquad *shelf, struct biquad *pass)
{
    double k = tan(M_PI * 1681.974450955533 / FV_RATE), q = 0.7071752369554196;
    double vh = pow(10, 3.999843853973347 / 20), vb = pow(vh, 0.4996667741545416);
    double a0 = 1 + k / q + k * k;
    *shelf = (struct biquad){{(vh + vb * k / q + k * k) / a0, 2 * (k * k - vh) / a0,
                              (vh - vb * k / q + k * k) / a0},
                             {1, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0}};
    k = tan(M_PI * 38.13547087602444 / FV_RATE);
    q = 0.5003270373238773;
    a0 = 1 + k / q + k * k;
    *pass =
        (struct biquad){{1, -2, 1}, {1, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0}};
}

static double filter(const struct biquad *f, double state[2], double x)
{
    double y = f->b[0] * x + state[0];
    state[0] = f->b[1] * x - f->a[1] * y + state[1];
    state[1] = f->b[2] * x - f->a[2] * y;
    return y;
}

void loud_listen(struct loud *loud, const struct side *side, double from, double to)
{
    struct biquad shelf, pass;
    double states[2][2][2] = {{{0}}}, gain = pow(10, side->gain_db / 10);
    float pcm[2 * RUN];
    from = floor(fmax(from, side->begins));
    *loud = (struct loud){.side = side, .first = from};
    int hops = (int)((fmin(to, side->ends) - from) / LOUD_HOP);
    if (!side->pcm || hops <= 0)
        return;
    hops = hops < LOUD_HOPS ? hops : LOUD_HOPS;
    k_weighting(&shelf, &pass);
    for (int i = 0; i < hops * (LOUD_HOP / RUN); i++) {
        if (side->pcm->read(side->pcm->ctx, (int64_t)from + (int64_t)i * RUN, pcm, RUN) <
            RUN)
            return;
        double power = 0;
        for (int n = 0; n < 2 * RUN; n++) {
            double x = filter(&shelf, states[n % 2][0], (double)pcm[n]);
            x = filter(&pass, states[n % 2][1], x);
            power += x * x;
        }
        loud->powers[i * RUN / LOUD_HOP] += gain * power / LOUD_HOP;
        loud->count = (i + 1) * RUN / LOUD_HOP;
    }
}

double loud_level(const struct loud *loud, double from, double to)
{
    double sum = 0;
    int heard = 0;
    if (loud->count == 0)
        return side_level(loud->side, from, to);
    for (int i = 0; i < loud->count; i++) {
        double middle = loud->first + (i + 0.5) * LOUD_HOP;
        if (middle < from || middle >= to)
            continue;
        sum += loud->powers[i];
        heard++;
    }
    return sum > 0 ? OFFSET_DB + 10 * log10(sum / heard) : -HUGE_VAL;
}
