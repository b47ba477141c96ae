/* harmony.h - keys, chords, and how one chord leads to the next. */
#ifndef DEMO_HARMONY_H
#define DEMO_HARMONY_H

enum { CHORD_TONES = 4 };

struct key {
    int root; /* 0 = C */
    int is_minor;
};

/* On the Camelot wheel: 1A..12A are minor, 1B..12B major; neighbours go together. */
struct key key_from_camelot(int number, int is_minor);
int key_to_camelot(struct key key);

/* "A minor", "C# major" */
void key_name(struct key key, char out[16]);

/* MIDI pitch of a scale degree, 0 = the root in the octave of C4, 7 = an octave higher.
 */
float key_degree(struct key key, int degree);

struct chord {
    int degree;               /* of its root, 0..6 */
    float tones[CHORD_TONES]; /* as voiced, ascending */
};

/* The chord on a degree, voiced as near to `before` as it can be (NULL: in the middle).
 * With a `seventh` it has four different tones, else its root is doubled. */
struct chord chord_on(struct key key, int degree, int seventh,
                      const struct chord *before);

#endif
