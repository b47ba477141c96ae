/* compose.c - see compose.h. */
#include "compose.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TAIL_S = 3 }; /* for the last echoes */

/* Steps on the Camelot wheel from the crate's first key: neighbours in tempo are mostly
 * neighbours in key, too, so that there is always a harmonic way on. */
static const struct {
    int step, is_minor;
} wheel[] = {{0, 1}, {1, 1},  {1, 0},  {2, 1},  {1, 1},  {0, 1},
             {0, 0}, {11, 1}, {11, 1}, {10, 1}, {11, 0}, {0, 1}};

static void choose_names(struct song *song, struct rng *rng)
{
    static const char *const firsts[] = {"Amber",    "Cobalt", "Distant", "Electric",
                                         "Glass",    "Hollow", "Liquid",  "Midnight",
                                         "Northern", "Paper",  "Quiet",   "Silver",
                                         "Slow",     "Solar",  "Velvet",  "Winter"};
    static const char *const seconds[] = {"Arcade", "Avenue",  "Circuit", "Coast",
                                          "Engine", "Garden",  "Harbor",  "Horizon",
                                          "Letter", "Machine", "Mirror",  "Motion",
                                          "Orbit",  "Signal",  "Station", "Weather"};
    static const char *const artists[] = {
        "Ada Lumen",     "Kestrel & Co", "Mirela Voss",    "The Night Porters",
        "Otto Fenn",     "Sana Oduya",   "Parallel Youth", "Juno Hartmann",
        "Field Theory",  "Low Tide",     "Ines Calder",    "Tomo Arai",
        "Blue Corridor", "Vera Novak",   "Hexagon Club",   "Milo Strand"};
    static const char *const albums[] = {"After Hours", "Rooms", "First Light",
                                         "City Limits"};
    int count = (int)(sizeof artists / sizeof *artists);
    /* 5 and 7 have no factor in common with 16: no name comes twice in a crate. */
    snprintf(song->title, sizeof song->title, "%s %s",
             firsts[(5 * song->number + (int)(song->seed % 16)) % 16],
             seconds[rng_below(rng, 16)]);
    snprintf(song->artist, sizeof song->artist, "%s",
             artists[(7 * song->number + (int)(song->seed % 16)) % count]);
    snprintf(song->album, sizeof song->album, "%s", albums[rng_below(rng, 4)]);
}

static void choose_chords(struct song *song, struct rng *rng)
{
    static const int minor[][PROGRESSION] = {{0, 5, 2, 6}, {0, 3, 5, 4}, {0, 6, 5, 6},
                                             {0, 2, 6, 3}, {0, 5, 3, 4}, {5, 6, 0, 2}};
    static const int major[][PROGRESSION] = {{0, 5, 3, 4}, {3, 4, 5, 2}, {0, 4, 5, 3},
                                             {5, 3, 0, 4}, {1, 4, 0, 5}, {0, 2, 3, 4}};
    const int *degrees =
        song->key.is_minor ? minor[rng_below(rng, 6)] : major[rng_below(rng, 6)];
    for (int i = 0; i < PROGRESSION; i++)
        song->chords[i] = chord_on(song->key, degrees[i], song->style->seventh,
                                   i > 0 ? &song->chords[i - 1] : NULL);
}

/* A rhythm that is easy to remember, and a line that moves by steps and lands on tones of
 * the chord. The answer has the same first bar and comes home. */
static void choose_motifs(struct song *song, struct rng *rng)
{
    static const char *const rhythms[] = {
        "x--x--x---x-x---x--x--x-------..", "x---x-x--x--x-..x---x-x-x-------",
        "..x-x-x---x-x---..x-x-x-x-------", "x-----x-x---x---x-----x-x-----..",
        "x--x--x--x--x-x-x--x--x-----....", "x-x---x-x---x-x-x-------x-------"};
    static const int landing[] = {0, 2, 4, 2};
    const char *rhythm = rhythms[rng_below(rng, 6)];
    int degree = landing[rng_below(rng, 3)], note = 0;
    memset(song->motifs, 0, sizeof song->motifs);
    for (int i = 0; i < MOTIF_STEPS; i++) {
        if (rhythm[i] != 'x')
            continue;
        int length = 1;
        while (i + length < MOTIF_STEPS && rhythm[i + length] == '-')
            length++;
        if (i % 8 == 0)
            degree = landing[rng_below(rng, 4)] + (degree > 4 ? 7 : 0);
        else
            degree += rng_below(rng, 2) ? 1 + (note % 3 == 2) : -1;
        if (degree < -2 || degree > 9)
            degree = 4;
        song->motifs[0].step[i].degree = song->motifs[1].step[i].degree = degree;
        song->motifs[0].step[i].length = song->motifs[1].step[i].length = length;
        if (i >= 16)
            song->motifs[1].step[i].degree = i >= 22 ? 0 : 9 - degree;
        note++;
    }
}

void compose(struct song *song, uint64_t seed, int number)
{
    struct rng crate = {seed};
    int first_key = 1 + rng_below(&crate, 12);
    struct rng rng = {seed * 1000003u + (uint64_t)number};
    rng_next(&rng);

    *song = (struct song){.style = &styles[number], .number = number + 1, .seed = seed};
    float share = rng_unit(&rng);
    song->bpm = roundf(song->style->bpm_low +
                       share * (song->style->bpm_high - song->style->bpm_low));
    int camelot = (first_key - 1 + wheel[number].step) % 12 + 1;
    song->key = key_from_camelot(camelot, wheel[number].is_minor);
    song->first_beat_s = 0.03 + 0.2 * (double)rng_unit(&rng);
    for (const struct section *section = song->style->form; section->label; section++)
        song->bars += section->bars;
    choose_names(song, &rng);
    choose_chords(song, &rng);
    choose_motifs(song, &rng);
}

static double sixteenth_s(const struct song *song)
{
    return 15.0 / (double)song->bpm;
}

int64_t song_beat(const struct song *song, int beat)
{
    return llround((song->first_beat_s + beat * 4 * sixteenth_s(song)) * RATE);
}

int64_t song_step(const struct song *song, int bar, int step)
{
    double late = step % 2 ? (double)song->style->swing : 0.0;
    double sixteenths = bar * 16 + step + late;
    return llround((song->first_beat_s + sixteenths * sixteenth_s(song)) * RATE);
}

int64_t song_frames(const struct song *song)
{
    return song_beat(song, song->bars * 4) + TAIL_S * RATE;
}
