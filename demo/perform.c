/* perform.c - see perform.h. Bar by bar, each layer of a section plays its pattern. */
#include "perform.h"

#include <stdbool.h>
#include <string.h>

/* Where we are: everything a layer needs to know to play one bar. */
struct bar {
    const struct song *song;
    const struct section *section;
    struct mix *mix;
    struct rng *rng;
    int number; /* in the song */
    int in_section;
    float open; /* brightness */
    const struct chord *chord;
    bool is_fill; /* the last of eight */
    bool is_last; /* of its section */
};

static bool has_layer(const struct section *section, char layer)
{
    return strchr(section->layers, layer) != NULL;
}

static float velocity_of(char mark)
{
    switch (mark) {
    case 'X':
        return 1.0f;
    case 'x':
        return 0.8f;
    case 'o':
        return 0.45f;
    default:
        return 0.0f;
    }
}

/* Frames from one sixteenth to another of the same bar, swing included. */
static int64_t span_of(const struct bar *bar, int from, int to)
{
    return song_step(bar->song, bar->number, to) -
           song_step(bar->song, bar->number, from);
}

static int held(const char *line, int step)
{
    int length = 1;
    while (step + length < 16 && line[step + length] == '-')
        length++;
    return length;
}

static void play_kick(const struct bar *bar)
{
    const struct style *style = bar->song->style;
    const char *line = style->kick[bar->number % 2];
    bool is_build_end = has_layer(bar->section, 'r') && bar->is_last;
    for (int step = 0; step < 16; step++) {
        float velocity = velocity_of(line[step]);
        if (velocity == 0.0f || (is_build_end && step >= 8))
            continue;
        int64_t at = song_step(bar->song, bar->number, step);
        drum_kick(bar->mix, &style->kit, at, velocity > 0.7f ? 1.0f : velocity);
        mix_duck(bar->mix, at, style->duck_depth * velocity, style->duck_release);
    }
}

static void play_snare(const struct bar *bar)
{
    const struct style *style = bar->song->style;
    const char *line = style->snare[bar->number % 2];
    /* A fill of its own at the end of each eight bars, another at the end of sections. */
    static const char *const fills[] = {"..........x.o.xo", "........x.ox.xXx",
                                        "............oxxX", "...........x..xX"};
    const char *fill =
        bar->is_fill ? fills[(bar->number / 8 + (int)bar->song->seed) % 4] : "";
    for (int step = 0; step < 16; step++) {
        float velocity = velocity_of(line[step]);
        if (*fill)
            velocity = fmaxf(velocity, 0.7f * velocity_of(fill[step]));
        if (velocity > 0.0f)
            drum_snare(bar->mix, &style->kit, song_step(bar->song, bar->number, step),
                       velocity, bar->rng);
    }
}

static void play_hats(const struct bar *bar)
{
    const struct style *style = bar->song->style;
    const char *closed =
        has_layer(bar->section, 'H') ? style->hat[bar->number % 2] : NULL;
    const char *open = has_layer(bar->section, 'O') ? style->open : NULL;
    for (int step = 0; step < 16; step++) {
        int64_t at = song_step(bar->song, bar->number, step);
        float human = 0.85f + 0.15f * rng_unit(bar->rng);
        if (open && velocity_of(open[step]) > 0.0f)
            drum_hat(bar->mix, &style->kit, at, human * velocity_of(open[step]), 1,
                     bar->rng);
        else if (closed && velocity_of(closed[step]) > 0.0f)
            drum_hat(bar->mix, &style->kit, at, human * velocity_of(closed[step]), 0,
                     bar->rng);
    }
}

static void play_percussion(const struct bar *bar)
{
    const char *line = bar->song->style->perc[bar->number % 2];
    for (int step = 0; step < 16; step++) {
        float velocity = velocity_of(line[step]);
        float hz = 190.0f + 70.0f * (float)((step * 5 + bar->number) % 3);
        if (velocity > 0.0f)
            drum_perc(bar->mix, song_step(bar->song, bar->number, step), velocity, hz,
                      step % 4 < 2 ? -0.4f : 0.4f);
    }
}

static void play_bass(const struct bar *bar)
{
    const struct part *part = &bar->song->style->bass;
    const char *line = part->lines[bar->number % 2];
    int root = bar->chord->degree > 4 ? bar->chord->degree - 7 : bar->chord->degree;
    for (int step = 0; step < 16; step++) {
        static const char names[] = "r357oR357O";
        static const int degrees[] = {0, 2, 4, 6, 7, 0, 2, 4, 6, 7};
        const char *name =
            line[step] == '.' || line[step] == '-' ? NULL : strchr(names, line[step]);
        if (!name)
            continue;
        bool is_accent = line[step] == 'R' || line[step] == 'O';
        float pitch = key_degree(bar->song->key, root + degrees[name - names]);
        struct note note = {
            .at = song_step(bar->song, bar->number, step),
            .length = span_of(bar, step, step + held(line, step)) * 9 / 10,
            .pitch = pitch + 12.0f * (float)part->octave -
                     (bar->song->key.root > 5 ? 12.0f : 0.0f),
            .velocity = is_accent ? 1.0f : 0.8f,
            .brightness = bar->open * (is_accent ? 1.4f : 1.0f),
        };
        synth_note(bar->mix, &part->strip, part->patch, &note, bar->rng);
    }
}

static void play_chord(const struct bar *bar, const struct part *part, int step,
                       int length, float velocity)
{
    for (int i = 0; i < CHORD_TONES; i++) {
        struct note note = {
            .at = song_step(bar->song, bar->number, step),
            .length = span_of(bar, step, step + length),
            .pitch = bar->chord->tones[i] + 12.0f * (float)part->octave,
            .velocity = velocity,
            .brightness = bar->open,
        };
        synth_note(bar->mix, &part->strip, part->patch, &note, bar->rng);
    }
}

static void play_chords(const struct bar *bar)
{
    const struct part *part = &bar->song->style->chords;
    const char *line = part->lines[bar->number % 2];
    for (int step = 0; step < 16; step++)
        if (velocity_of(line[step]) > 0.0f)
            play_chord(bar, part, step, held(line, step), velocity_of(line[step]));
}

/* One long chord for as long as it lasts. */
static void play_pad(const struct bar *bar)
{
    int bars = bar->song->style->bars_per_chord;
    if (bar->number % bars == 0)
        play_chord(bar, &bar->song->style->pad, 0, 16 * bars, 0.8f);
}

static void play_arpeggio(const struct bar *bar)
{
    const struct part *part = &bar->song->style->arp;
    const char *line = part->lines[bar->number % 2];
    for (int step = 0; step < 16; step++) {
        if (line[step] < '0' || line[step] > '7')
            continue;
        int tone = line[step] - '0';
        struct note note = {
            .at = song_step(bar->song, bar->number, step),
            .length = span_of(bar, step, step + 1),
            .pitch = bar->chord->tones[tone % CHORD_TONES] +
                     12.0f * (float)(part->octave + tone / CHORD_TONES),
            .velocity = step % 4 == 0 ? 0.9f : 0.7f,
            .brightness = bar->open,
        };
        synth_note(bar->mix, &part->strip, part->patch, &note, bar->rng);
    }
}

/* Statement, statement, statement, answer: two bars each. */
static void play_lead(const struct bar *bar)
{
    const struct part *part = &bar->song->style->lead;
    const struct motif *motif = &bar->song->motifs[bar->number % 8 >= 6];
    int first = bar->number % 2 * 16;
    for (int step = 0; step < 16; step++) {
        int length = motif->step[first + step].length;
        if (length == 0)
            continue;
        int degree = motif->step[first + step].degree;
        /* What falls on a beat fits the chord: the line moves along with it. */
        if (step % 4 == 0)
            degree += bar->chord->degree % 2 && degree % 2 == 0 ? 1 : 0;
        struct note note = {
            .at = song_step(bar->song, bar->number, step),
            .length = span_of(bar, step, step + length) * 9 / 10,
            .pitch = key_degree(bar->song->key, degree) + 12.0f * (float)part->octave,
            .velocity = step % 4 == 0 ? 0.9f : 0.75f,
            .brightness = bar->open,
        };
        synth_note(bar->mix, &part->strip, part->patch, &note, bar->rng);
    }
}

/* What announces the next section, and what opens this one. */
static void play_effects(const struct bar *bar)
{
    const struct song *song = bar->song;
    int bars = bar->section->bars;
    if (has_layer(bar->section, 'c') && bar->in_section == 0)
        drum_crash(bar->mix, song_step(song, bar->number, 0), 0.8f, bar->rng);
    if (!has_layer(bar->section, 'r'))
        return;
    int rise = bars < 8 ? bars : 8;
    if (bar->in_section == bars - rise)
        drum_riser(bar->mix, song_step(song, bar->number, 0),
                   song_step(song, bar->number + rise, 0) -
                       song_step(song, bar->number, 0),
                   0.9f, bar->rng);
    if (bar->in_section < bars - 4)
        return;
    /* A roll that doubles: eighths, then sixteenths. */
    int every = bar->in_section < bars - 2 ? 2 : 1;
    for (int step = 0; step < 16; step += every) {
        float share =
            ((float)(bar->in_section - (bars - 4)) + (float)step / 16.0f) / 4.0f;
        drum_snare(bar->mix, &song->style->kit, song_step(song, bar->number, step),
                   0.15f + 0.45f * share, bar->rng);
    }
}

static void play_bar(const struct bar *bar)
{
    static const struct {
        char layer;
        void (*play)(const struct bar *);
    } layers[] = {
        {'K', play_kick}, {'S', play_snare},  {'P', play_percussion}, {'B', play_bass},
        {'D', play_pad},  {'C', play_chords}, {'A', play_arpeggio},   {'L', play_lead},
    };
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++)
        if (has_layer(bar->section, layers[i].layer))
            layers[i].play(bar);
    play_hats(bar);
    play_effects(bar);
}

int perform(const struct song *song, struct mix *mix)
{
    const struct style *style = song->style;
    int status = mix_init(mix, song_frames(song));
    if (status < 0)
        return status;
    struct rng rng = {song->seed ^ (uint64_t)song->number << 32};
    struct bar bar = {.song = song, .mix = mix, .rng = &rng};
    for (bar.section = style->form; bar.section->label; bar.section++) {
        for (bar.in_section = 0; bar.in_section < bar.section->bars; bar.in_section++) {
            float share = (float)bar.in_section / (float)bar.section->bars;
            bar.open = bar.section->open_from *
                       powf(bar.section->open_to / bar.section->open_from, share);
            bar.chord = &song->chords[bar.number / style->bars_per_chord % PROGRESSION];
            bar.is_fill = bar.number % 8 == 7;
            bar.is_last = bar.in_section == bar.section->bars - 1;
            play_bar(&bar);
            bar.number++;
        }
    }
    struct mastering how = {song->bpm, style->reverb_s, style->echo_beats, style->drive,
                            style->target_lufs};
    status = mix_master(mix, &how);
    if (status < 0)
        mix_release(mix);
    return status;
}
