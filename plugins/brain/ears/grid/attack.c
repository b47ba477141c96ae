/* attack.c - a tenth of the way up the sum of the fine envelopes. */
#include "attack.h"

#include <math.h>
#include <string.h>

#define LOUD_SHARE 0.95
#define QUIETEST_DB -70.0f /* that loud parts are taken to be */
#define HEARD_DB 30.0f     /* a band that is softer by so much says the less */
#define BEFORE 7 /* envelope points (10 ms) that the level before is taken from */
#define AFTER 8  /* and the height */
#define RISEN 0.1f
#define WINDOW 512    /* points that are looked at at once */
#define APART 8       /* points (12 ms) between two attacks */
#define RIPPLE 20     /* points that a rise is above */
#define KNEE 0.5f     /* of what is loud in a band, from which on it rises by less */
#define LEAD_S 0.0005 /* from a hop's place to where the rises in it begin */

static const float band_weight[BANDS] = {1.0f, 0.5f, 0.5f, 0.7f};

static float loud_level(const struct strip_w *envelope, int band)
{
    size_t histogram[DECIBEL_FINE_CODES] = {0}, seen = 0,
           points = envelope->count / BANDS;
    for (size_t i = 0; i < points; i++)
        histogram[envelope->at[i * BANDS + (size_t)band]]++;
    for (int code = 0; code < DECIBEL_FINE_CODES; code++) {
        seen += histogram[code];
        if ((double)seen >= LOUD_SHARE * (double)points)
            return decibel_of_fine((float)code);
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
        for (int code = 0; code < DECIBEL_FINE_CODES; code++)
            attacks->loud[b][code] =
                band_weight[b] *
                powf(10.0f, (decibel_of_fine((float)code) - loud[b]) / 20.0f);
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
    const uint16_t *code = attacks->envelope->at + n * BANDS;
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

/* A loud band ripples at its height, by as much as a soft attack rises, and differently
 * in each encoding: what an amplitude counts for has a soft knee. */
static void bow(float bowed[BANDS][DECIBEL_FINE_CODES], const struct attacks *attacks)
{
    for (int b = 0; b < BANDS; b++)
        for (int code = 0; code < DECIBEL_FINE_CODES; code++) {
            float amplitude = attacks->loud[b][code], knee = KNEE * band_weight[b];
            bowed[b][code] = amplitude * (band_weight[b] + knee) / (amplitude + knee);
        }
}

void attacks_rises(const struct attacks *attacks, float *out)
{
    float last[BANDS][RIPPLE] = {{0}}, bowed[BANDS][DECIBEL_FINE_CODES];
    bow(bowed, attacks);
    for (size_t n = 0; n < attacks_points(attacks); n++) {
        const uint16_t *code = attacks->envelope->at + n * BANDS;
        out[n] = 0.0f;
        for (int b = 0; b < BANDS; b++) {
            float here = bowed[b][code[b]], above = 0.0f;
            for (int k = 0; k < RIPPLE; k++)
                above = fmaxf(above, last[b][k]);
            last[b][n % RIPPLE] = here;
            out[n] += fmaxf(0.0f, here - above);
        }
    }
}

/* How far the level climbs from just before to just behind each point of a window. */
struct climb {
    long first, count;
    float low[WINDOW], high[WINDOW];
};

static void climb_make(struct climb *climb, const struct attacks *attacks, double near,
                       double reach)
{
    long first = lrint((near - reach - attacks->origin) * BANDS_FPS);
    long last = lrint((near + reach - attacks->origin) * BANDS_FPS);
    float line[WINDOW + BEFORE + AFTER];
    climb->first = first;
    climb->count = last - first + 1 < WINDOW ? last - first + 1 : WINDOW;
    for (long n = 0; n < climb->count + BEFORE + AFTER; n++)
        line[n] = amplitude(attacks, first - BEFORE + n);
    for (long n = 0; n < climb->count; n++) {
        climb->low[n] = climb->high[n] = 0.0f;
        for (int k = 0; k < BEFORE; k++)
            climb->low[n] = fmaxf(climb->low[n], line[n + k]);
        for (int k = 0; k < AFTER; k++)
            climb->high[n] = fmaxf(climb->high[n], line[n + BEFORE + k]);
    }
}

/* The highest climb that is left in the window, and none any more around it. */
static struct attack climb_take(struct climb *climb, const struct attacks *attacks)
{
    struct attack best = {0.0, 0.0f};
    long at = 0;
    for (long n = 0; n < climb->count; n++)
        if (climb->high[n] - climb->low[n] > best.height) {
            best.height = climb->high[n] - climb->low[n];
            at = n;
        }
    if (best.height > 0.0f)
        best.time =
            rise_time(attacks, climb->first + at, climb->low[at], climb->high[at]);
    for (long n = at - APART; n <= at + APART; n++)
        if (n >= 0 && n < climb->count)
            climb->high[n] = 0.0f;
    return best;
}

struct attack attack_find(const struct attacks *attacks, double near, double reach)
{
    struct climb climb;
    climb_make(&climb, attacks, near, reach);
    struct attack best = climb_take(&climb, attacks);
    if (best.height == 0.0f)
        best.time = near;
    return best;
}

int attack_find_some(const struct attacks *attacks, double near, double reach,
                     struct attack *out, int most)
{
    struct climb climb;
    int count = 0;
    climb_make(&climb, attacks, near, reach);
    while (count < most) {
        out[count] = climb_take(&climb, attacks);
        if (out[count].height <= 0.0f)
            break;
        count++;
    }
    return count;
}
