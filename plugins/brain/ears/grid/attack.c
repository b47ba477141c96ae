/* attack.c - a tenth of the way up the sum of the fine envelopes. */
#include "attack.h"

#include <math.h>
#include <string.h>

#include "decibel.h"

#define LOUD_SHARE 0.95
#define QUIETEST_DB -70.0f /* that loud parts are taken to be */
#define HEARD_DB 30.0f     /* a band that is softer by so much says the less */
#define BEFORE 7 /* envelope points (10 ms) that the level before is taken from */
#define AFTER 8  /* and the height */
#define RISEN 0.1f
#define RIPPLE 20 /* points that a rise is above */
#define LEAD_S                                                                           \
    0.0005 /* from a hop's place to the beginning of the rises that it holds             \
            */

static const float band_weight[BANDS] = {1.0f, 0.5f, 0.5f, 0.7f};

static float loud_level(const struct strip_b *envelope, int band)
{
    size_t histogram[256] = {0}, seen = 0, points = envelope->count / BANDS;
    for (size_t i = 0; i < points; i++)
        histogram[envelope->at[i * BANDS + (size_t)band]]++;
    for (int code = 0; code < 256; code++) {
        seen += histogram[code];
        if ((double)seen >= LOUD_SHARE * (double)points)
            return decibel_of((float)code);
    }
    return 0.0f;
}

void attacks_init(struct attacks *attacks, const struct bands *bands, double origin)
{
    attacks->envelope = &bands->envelope;
    attacks->origin = origin;
    float loud[BANDS], loudest = QUIETEST_DB;
    for (int b = 0; b < BANDS; b++) {
        loud[b] = loud_level(&bands->envelope, b);
        loudest = fmaxf(loudest, loud[b]);
    }
    for (int b = 0; b < BANDS; b++) {
        loud[b] = fmaxf(loud[b], fmaxf(loudest - HEARD_DB, QUIETEST_DB));
        for (int code = 0; code < 256; code++)
            attacks->loud[b][code] =
                band_weight[b] * powf(10.0f, (decibel_of((float)code) - loud[b]) / 20.0f);
    }
}

struct attacks attacks_of_band(const struct attacks *attacks, int band)
{
    struct attacks one = *attacks;
    for (int b = 0; b < BANDS; b++)
        if (b != band)
            memset(one.loud[b], 0, sizeof one.loud[b]);
    return one;
}

size_t attacks_points(const struct attacks *attacks)
{
    return attacks->envelope->count / BANDS;
}

static float amplitude(const struct attacks *attacks, long n)
{
    float sum = 0.0f;
    if (n < 0 || (size_t)n >= attacks_points(attacks))
        return 0.0f;
    const uint8_t *code = attacks->envelope->at + n * BANDS;
    for (int b = 0; b < BANDS; b++)
        sum += attacks->loud[b][code[b]];
    return sum;
}

/* The time at which the rise that begins near point `at` has come RISEN of the way. */
static double rise_time(const struct attacks *attacks, long at, float low, float high)
{
    float mark = low + RISEN * (high - low);
    long n = at - 1;
    while (n < at + AFTER && amplitude(attacks, n) < mark)
        n++;
    float before = amplitude(attacks, n - 1), here = amplitude(attacks, n);
    float part = here > before ? (mark - before) / (here - before) : 1.0f;
    part = fminf(fmaxf(part, 0.0f), 1.0f);
    /* a point stands for the hop that ends with it */
    return attacks->origin + ((double)(n - 1) + (double)part) / BANDS_FPS + LEAD_S;
}

/* The middle of a step, as rise_time counts. */
#define STEP_S (LEAD_S - 0.5 / BANDS_FPS)

double attacks_point(const struct attacks *attacks, double time)
{
    return (time - attacks->origin - STEP_S) * BANDS_FPS;
}

double attacks_time(const struct attacks *attacks, double point)
{
    return attacks->origin + point / BANDS_FPS + STEP_S;
}

void attacks_rises(const struct attacks *attacks, float *out)
{
    float last[RIPPLE] = {0};
    for (size_t n = 0; n < attacks_points(attacks); n++) {
        float here = amplitude(attacks, (long)n), above = 0.0f;
        for (int k = 0; k < RIPPLE; k++)
            above = fmaxf(above, last[k]);
        last[n % RIPPLE] = here;
        out[n] = fmaxf(0.0f, here - above);
    }
}

struct attack attack_find(const struct attacks *attacks, double near, double reach)
{
    long first = lrint((near - reach - attacks->origin) * BANDS_FPS);
    long last = lrint((near + reach - attacks->origin) * BANDS_FPS);
    struct attack best = {near, 0.0f};
    float line[512], best_low = 0.0f, best_high = 0.0f;
    long best_at = first, room = (long)(sizeof line / sizeof *line);
    if (last - first + BEFORE + AFTER >= room)
        last = first + room - BEFORE - AFTER - 1;
    for (long n = first - BEFORE; n <= last + AFTER; n++)
        line[n - first + BEFORE] = amplitude(attacks, n);
    for (long n = 0; n <= last - first; n++) {
        float low = 0.0f, high = 0.0f;
        for (int k = 0; k < BEFORE; k++)
            low = fmaxf(low, line[n + k]);
        for (int k = 0; k < AFTER; k++)
            high = fmaxf(high, line[n + BEFORE + k]);
        if (high - low > best.height) {
            best.height = high - low;
            best_low = low;
            best_high = high;
            best_at = first + n;
        }
    }
    if (best.height > 0.0f)
        best.time = rise_time(attacks, best_at, best_low, best_high);
    return best;
}
