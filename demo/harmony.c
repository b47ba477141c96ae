/* harmony.c - see harmony.h. */
#include "harmony.h"

#include <math.h>
#include <stdio.h>

struct key key_from_camelot(int number, int is_minor)
{
    /* 8A is A minor, 8B C major; each step is a fifth up. */
    int root = (is_minor ? 9 : 0) + 7 * (number - 8 + 12);
    return (struct key){root % 12, is_minor};
}

int key_to_camelot(struct key key)
{
    for (int number = 1; number <= 12; number++)
        if (key_from_camelot(number, key.is_minor).root == key.root)
            return number;
    return 0;
}

void key_name(struct key key, char out[16])
{
    static const char *const names[12] = {"C",  "C#", "D",  "D#", "E",  "F",
                                          "F#", "G",  "G#", "A",  "A#", "B"};
    snprintf(out, 16, "%s %s", names[key.root], key.is_minor ? "minor" : "major");
}

float key_degree(struct key key, int degree)
{
    static const int scales[2][7] = {{0, 2, 4, 5, 7, 9, 11}, {0, 2, 3, 5, 7, 8, 10}};
    int octave = (degree + 70) / 7 - 10;
    int step = (degree + 70) % 7;
    return (float)(60 + key.root + scales[key.is_minor][step] + 12 * octave);
}

/* Shift by octaves into the octave above `low`. */
static float fold(float pitch, float low)
{
    return low + fmodf(pitch - low + 120.0f, 12.0f);
}

static void sort(float tones[CHORD_TONES])
{
    for (int i = 1; i < CHORD_TONES; i++)
        for (int j = i; j > 0 && tones[j] < tones[j - 1]; j--) {
            float tone = tones[j];
            tones[j] = tones[j - 1];
            tones[j - 1] = tone;
        }
}

static float distance(const struct chord *a, const struct chord *b)
{
    float sum = 0.0f;
    for (int i = 0; i < CHORD_TONES; i++)
        sum += fabsf(a->tones[i] - b->tones[i]);
    return sum;
}

struct chord chord_on(struct key key, int degree, int seventh, const struct chord *before)
{
    enum { LOWEST = 54, HIGHEST = 60 }; /* where the lowest voice may fold */
    const int steps[CHORD_TONES] = {0, 2, 4, seventh ? 6 : 7};
    struct chord best = {.degree = degree};
    float best_distance = INFINITY;
    for (int low = LOWEST; low <= HIGHEST; low++) {
        struct chord chord = {.degree = degree};
        for (int i = 0; i < CHORD_TONES; i++)
            chord.tones[i] = fold(key_degree(key, degree + steps[i]), (float)low);
        if (!seventh)
            chord.tones[3] = chord.tones[0] + 12.0f;
        sort(chord.tones);
        float far = before ? distance(&chord, before) : fabsf(chord.tones[0] - 57.0f);
        if (far < best_distance) {
            best = chord;
            best_distance = far;
        }
    }
    return best;
}
