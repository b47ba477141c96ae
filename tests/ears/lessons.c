/* lessons.c - `lessons OUT SONGS [NAME...]`: compose songs, listen, write what train.c
 * learns from.
 *
 * Lessons of a song: the whole of it, its halves, its middle. SONGS are of each series;
 * then come those that grooves.py made, NAME.flac with NAME.truth. What is composed is
 * written twice, for it counts twice: it has styles and faults that the others have not.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "audio_file.h"
#include "lesson.h"
#include "maps.h"
#include "series.h"
#include "truth.h"

#define OF_SONG 4

static bool never(void *ctx)
{
    (void)ctx;
    return false;
}

static void ignore(void *ctx, double share)
{
    (void)ctx;
    (void)share;
}

static void need(int err)
{
    if (err) {
        fprintf(stderr, "lessons: out of memory\n");
        exit(1);
    }
}

static void make_lessons(struct lesson out[OF_SONG], const struct song *song,
                         const struct meter_ears *ears)
{
    size_t count = ears->pulse->time.count;
    const size_t first[OF_SONG] = {0, 0, count / 2, count / 4};
    const size_t length[OF_SONG] = {count, count / 2, count / 2, count / 2};
    for (int k = 0; k < OF_SONG; k++)
        lesson_make(out + k, song, ears, first[k], length[k]);
}

static void listen(struct lesson out[OF_SONG], const struct song *song)
{
    const struct fv_host host = {
        .struct_size = sizeof host, .cancelled = never, .progress = ignore};
    struct hearing hearing;
    struct maps maps;
    struct tempo tempo;
    struct pulse pulse;
    struct fv_pcm pcm;
    struct audio_file file = {song->samples, song->frames};
    audio_file_lend(&file, &pcm);
    need(hearing_init(&hearing));
    need(hearing_listen(&hearing, &host, &pcm, pcm.length));
    need(maps_init(&maps, &hearing));
    need(tempo_init(&tempo, &maps.flux));
    need(pulse_init(&pulse, &maps.flux, &tempo));
    make_lessons(
        out, song,
        &(struct meter_ears){&pulse, &maps.flux, &maps.harmony, &maps.novelty, NAN});
    pulse_release(&pulse);
    tempo_release(&tempo);
    maps_release(&maps);
    hearing_release(&hearing);
}

static void teach(void *ctx, int place, int style, uint64_t seed)
{
    struct song song;
    song_make(&song, style, seed, SERIES_LENGTH_S);
    listen((struct lesson *)ctx + OF_SONG * place, &song);
    song_release(&song);
}

struct played {
    struct lesson *lessons;
    char **names;
};

static void teach_played(void *ctx, int place)
{
    struct played *played = ctx;
    struct truth truth;
    struct audio_file file;
    char path[1024];
    snprintf(path, sizeof path, "%s.truth", played->names[place]);
    int err = truth_read(path, &truth);
    snprintf(path, sizeof path, "%s.flac", played->names[place]);
    if (err || audio_file_read(path, &file)) {
        fprintf(stderr, "lessons: %s or its .truth cannot be read\n", path);
        exit(1);
    }
    const struct song song = {.samples = file.samples,
                              .frames = file.frames,
                              .beats = truth.beats,
                              .marks = truth.marks,
                              .beat_count = truth.count,
                              .beats_per_bar = truth.beats_per_bar};
    listen(played->lessons + OF_SONG * place, &song);
    audio_file_release(&file);
    truth_release(&truth);
}

int main(int argc, char **argv)
{
    int songs = argc > 2 ? atoi(argv[2]) : 0, names = argc - 3;
    if (songs < 1) {
        fprintf(stderr, "usage: lessons OUT SONGS [NAME...]\n");
        return 2;
    }
    size_t composed = (size_t)SERIES * (size_t)songs * OF_SONG;
    size_t count = composed + (size_t)names * OF_SONG;
    struct lesson *all = malloc(count * sizeof *all);
    FILE *to = fopen(argv[1], "wb");
    if (!to || !all) {
        perror(argv[1]);
        return 1;
    }
    series_hear(songs, teach, all);
    series_each(names, teach_played, &(struct played){all + composed, argv + 3});
    bool is_written = fwrite(all, sizeof *all, composed, to) == composed &&
                      fwrite(all, sizeof *all, count, to) == count;
    free(all);
    return fclose(to) || !is_written ? 1 : 0;
}
