/* voices.c - plain synthesis: enough variety that no single trick can learn it. */
#include "voices.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define RATE 44100.0

double dice_roll(struct dice *dice)
{
    uint64_t x = dice->state += 0x9E3779B97F4A7C15u; /* splitmix64 */
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return (double)((x ^ (x >> 31)) >> 11) * 0x1p-53;
}

double dice_between(struct dice *dice, double low, double high)
{
    return low + (high - low) * dice_roll(dice);
}

double dice_normal(struct dice *dice)
{
    double far = sqrt(-2.0 * log(1.0 - dice_roll(dice)));
    return far * cos(2.0 * M_PI * dice_roll(dice));
}

int dice_below(struct dice *dice, int sides)
{
    return (int)(dice_roll(dice) * sides);
}

static float noise(struct dice *dice)
{
    return (float)(2.0 * dice_roll(dice) - 1.0);
}

static double share_of(double hz) /* of a one-pole filter */
{
    return 1.0 - exp(-2.0 * M_PI * hz / RATE);
}

static void kick(struct strike *s, enum kit kit, struct dice *dice)
{
    double low = dice_between(dice, 42, 62), top = dice_between(dice, 110, 420);
    double fall = dice_between(dice, 0.008, 0.045), ring = dice_between(dice, 0.06, 0.22);
    double click = dice_between(dice, 0.0, 0.5), drive = dice_between(dice, 0.6, 3.0);
    if (kit == KIT_LIVE) {
        top = dice_between(dice, 90, 160);
        ring = dice_between(dice, 0.05, 0.14);
        click = dice_between(dice, 0.1, 0.6);
        low += 12;
    } else if (kit == KIT_DEEP) {
        ring = dice_between(dice, 0.25, 0.6);
    } else if (kit == KIT_CHIP) {
        ring = dice_between(dice, 0.03, 0.09);
    }
    double turn = dice_roll(dice) < 0.5 ? 0.0 : 0.25 * M_PI, body = 0.0;
    double share = share_of(dice_between(dice, 1500, 7000));
    for (int i = 0; i < s->count; i++) {
        double t = i / RATE;
        turn += 2.0 * M_PI * (low + (top - low) * exp(-t / fall)) / RATE;
        double hit = noise(dice) * exp(-t / 0.003) * click;
        body += share * (hit - body);
        s->at[i] = (float)tanh(drive * (sin(turn) * exp(-t / ring) + 2.0 * body));
    }
}

static void snare(struct strike *s, enum kit kit, struct dice *dice)
{
    double tone = dice_between(dice, 150, 240), ring = dice_between(dice, 0.03, 0.12);
    double wires = dice_between(dice, 0.05, 0.22), mix = dice_between(dice, 0.2, 1.0);
    bool claps = kit != KIT_LIVE && dice_roll(dice) < 0.4;
    double low = 0, band = 0, open = share_of(dice_between(dice, 400, 1800));
    double dark = share_of(dice_between(dice, 4000, 14000));
    for (int i = 0; i < s->count; i++) {
        double t = i / RATE, shape = exp(-t / wires);
        if (claps) /* three hands, nine milliseconds apart, then the room */
            shape = t < 0.027 ? exp(-fmod(t, 0.009) / 0.003)
                              : 0.8 * exp(-(t - 0.027) / wires);
        double n = noise(dice) * shape;
        low += open * (n - low);
        band += dark * ((n - low) - band);
        double skin =
            claps ? 0.0
                  : sin(2 * M_PI * tone * t) * exp(-t / ring) +
                        0.5 * sin(2 * M_PI * tone * 1.78 * t) * exp(-t / ring * 1.5);
        s->at[i] = (float)tanh(1.5 * (mix * skin + 1.4 * band));
    }
}

static void cymbal(struct strike *s, double ring, struct dice *dice)
{
    double pitch = dice_between(dice, 280, 520), metal = dice_roll(dice), low = 0.0;
    double share = share_of(dice_between(dice, 4000, 9000)), last = 0.0;
    static const double ratio[6] = {1.0, 1.34, 1.79, 2.12, 2.64, 3.27};
    for (int i = 0; i < s->count; i++) {
        double t = i / RATE, sum = 0.0;
        for (int k = 0; k < 6; k++)
            sum += fmod(t * pitch * ratio[k] * 4.0, 1.0) < 0.5 ? 0.25 : -0.25;
        double x = metal * sum + (1.0 - metal) * noise(dice);
        low += share * (x - low);
        double high = x - low;
        s->at[i] = (float)((high - 0.5 * last) * exp(-t / ring));
        last = high;
    }
}

static void skin(struct strike *s, double low_hz, double high_hz, struct dice *dice)
{
    double hz = dice_between(dice, low_hz, high_hz),
           ring = dice_between(dice, 0.03, 0.16);
    double wood = dice_between(dice, 0.0, 0.5), turn = 0.0;
    for (int i = 0; i < s->count; i++) {
        double t = i / RATE;
        turn += 2 * M_PI * hz * (1.0 + 0.3 * exp(-t / 0.02)) / RATE;
        s->at[i] =
            (float)(sin(turn) * exp(-t / ring) + wood * noise(dice) * exp(-t / 0.006));
    }
}

/* The noise channel of an old machine: held noise, short. */
static void chip_noise(struct strike *s, double ring, double hold, struct dice *dice)
{
    double x = 0.0, left = 0.0;
    for (int i = 0; i < s->count; i++) {
        if ((left -= 1.0) <= 0.0) {
            x = dice_roll(dice) < 0.5 ? 0.6 : -0.6;
            left += hold;
        }
        s->at[i] = (float)(x * exp(-i / RATE / ring));
    }
}

static void normalise(struct strike *s)
{
    float most = 1e-6f;
    for (int i = 0; i < s->count; i++)
        most = fmaxf(most, fabsf(s->at[i]));
    for (int i = 0; i < s->count; i++)
        s->at[i] *= (i > s->count - 400 ? (float)(s->count - i) / 400.0f : 1.0f) / most;
}

struct strike strike_new(enum drum drum, enum kit kit, struct dice *dice)
{
    static const double length_s[DRUMS] = {0.7, 0.5, 0.12, 0.5, 0.3, 1.8, 0.8, 0.4};
    struct strike s = {.count = (int)(length_s[drum] * RATE)};
    s.at = calloc((size_t)s.count, sizeof *s.at);
    if (!s.at)
        abort();
    bool chip = kit == KIT_CHIP && drum != DRUM_KICK && drum != DRUM_TOM;
    if (chip)
        chip_noise(&s, length_s[drum] / 5, drum == DRUM_SNARE ? 5.0 : 1.5, dice);
    else if (drum == DRUM_KICK)
        kick(&s, kit, dice);
    else if (drum == DRUM_SNARE)
        snare(&s, kit, dice);
    else if (drum == DRUM_TOM)
        skin(&s, 80, 180, dice);
    else if (drum == DRUM_PERC && dice_roll(dice) < 0.5)
        skin(&s, 200, 900, dice);
    else
        cymbal(&s, length_s[drum] / 6 * dice_between(dice, 0.5, 1.5), dice);
    normalise(&s);
    return s;
}

/* ---- notes ---------------------------------------------------------------------------
 */

static double wave_at(enum wave wave, double turn, double t)
{
    double x = turn - floor(turn);
    switch (wave) {
    case WAVE_SAW:
        return 1.0 - 2.0 * x;
    case WAVE_SQUARE:
        return x < 0.5 ? 0.7 : -0.7;
    case WAVE_TRIANGLE:
        return 4.0 * fabs(x - 0.5) - 1.0;
    case WAVE_BELL:
        return sin(2 * M_PI * turn + 2.5 * exp(-t / 0.25) * sin(2 * M_PI * 3.0 * turn));
    case WAVE_ORGAN:
        return 0.5 * sin(2 * M_PI * turn) + 0.3 * sin(4 * M_PI * turn) +
               0.2 * sin(6 * M_PI * turn);
    default:
        return sin(2 * M_PI * turn);
    }
}

/* A plucked string (Karplus and Strong), its tuning by interpolation. */
static void pluck(const struct note *n, struct dice *dice, float *track, long frames,
                  long start)
{
    float line[2048];
    double period = RATE / n->hz;
    int size = (int)period + 2;
    if (size > 2047)
        return;
    float last = 0.0f;
    for (int i = 0; i < size; i++)
        last = line[i] = 0.5f * last + 0.9f * noise(dice);
    long count = (long)((n->length_s + n->release_s) * RATE);
    float keep = (float)exp(-1.0 / (n->hz * (n->decay_s > 0 ? n->decay_s : 1.5)));
    for (long i = 0, w = 0; i < count; i++) {
        double back = (double)w - period;
        back += back < 0 ? size : 0;
        int at = (int)back;
        float part = (float)(back - at), next = line[(at + 1) % size];
        float x = line[at] + part * (next - line[at]);
        line[w] = keep * (0.5f * x + 0.5f * last);
        last = x;
        w = (w + 1) % size;
        double fade = i > (long)(n->length_s * RATE)
                          ? exp(-((double)i / RATE - n->length_s) / (n->release_s / 4))
                          : 1.0;
        double out = n->drive > 0 ? tanh(x * n->drive * 3.0) * 0.7 : x;
        if (start + i >= 0 && start + i < frames)
            track[start + i] += (float)(out * n->gain * fade);
    }
}

static double envelope(const struct note *n, double t)
{
    double e = n->attack_s > 0 && t < n->attack_s ? t / n->attack_s : 1.0;
    if (n->decay_s > 0)
        e *= exp(-t / n->decay_s);
    if (t > n->length_s)
        e *= fmax(0.0, 1.0 - (t - n->length_s) / n->release_s);
    return e;
}

/* Two resonances turn a saw into something like a vowel. */
struct throat {
    double hz[2], x1[2], x2[2];
};

static double throat_say(struct throat *throat, double in)
{
    double out = 0.0;
    for (int k = 0; k < 2; k++) {
        double r = 0.985, c = 2 * r * cos(2 * M_PI * throat->hz[k] / RATE);
        double y = in * 0.06 + c * throat->x1[k] - r * r * throat->x2[k];
        throat->x2[k] = throat->x1[k];
        throat->x1[k] = y;
        out += y;
    }
    return out;
}

void note_play(const struct note *n, struct dice *dice, float *track, long frames,
               long start)
{
    if (n->wave == WAVE_STRING) {
        pluck(n, dice, track, frames, start);
        return;
    }
    struct throat throat = {
        .hz = {dice_between(dice, 300, 850), dice_between(dice, 900, 2400)}};
    double turn = dice_roll(dice), second = dice_roll(dice), low = 0.0;
    double share = n->bright_hz > 0 ? share_of(n->bright_hz) : 1.0;
    long count = (long)((n->length_s + n->release_s) * RATE);
    if (n->wave <= WAVE_BELL && n->attack_s == 0)
        turn = 0.0;
    for (long i = 0; i < count; i++) {
        double t = (double)i / RATE;
        double hz = n->hz;
        if (n->vibrato > 0)
            hz *= 1.0 + n->vibrato * sin(2 * M_PI * 5.3 * t);
        turn += hz / RATE;
        second += hz * (1.0 + n->detune) / RATE;
        double x = wave_at(n->wave == WAVE_VOICE ? WAVE_SAW : n->wave, turn, t);
        if (n->detune > 0)
            x = 0.6 * (x + wave_at(n->wave, second, t));
        if (n->wave == WAVE_VOICE)
            x = throat_say(&throat, x);
        low += share * (x - low);
        x = low * envelope(n, t);
        if (n->drive > 0)
            x = tanh(x * n->drive) / tanh(n->drive);
        if (start + i >= 0 && start + i < frames)
            track[start + i] += (float)(x * n->gain);
    }
}
