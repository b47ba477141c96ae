/* lessons.c - `lessons OUT [SONGS]`: compose songs, listen, write what train.c learns
 * from.
 *
 * Lessons of a song: the whole of it, its halves, its middle. SONGS are of each series.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "audio_file.h"
#include "lesson.h"
#include "maps.h"
#include "series.h"

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

static void teach(void *ctx, int place, int style, uint64_t seed)
{
    const struct fv_host host = {
        .struct_size = sizeof host, .cancelled = never, .progress = ignore};
    struct song song;
    struct hearing hearing;
    struct maps maps;
    struct tempo tempo;
    struct pulse pulse;
    struct fv_pcm pcm;
    song_make(&song, style, seed, SERIES_LENGTH_S);
    struct audio_file file = {song.samples, song.frames};
    audio_file_lend(&file, &pcm);
    need(hearing_init(&hearing));
    need(hearing_listen(&hearing, &host, &pcm, pcm.length));
    need(maps_init(&maps, &hearing));
    need(tempo_init(&tempo, &maps.flux));
    need(pulse_init(&pulse, &maps.flux, &tempo));
    make_lessons(
        (struct lesson *)ctx + OF_SONG * place, &song,
        &(struct meter_ears){&pulse, &maps.flux, &maps.harmony, &maps.novelty, NAN});
    pulse_release(&pulse);
    tempo_release(&tempo);
    maps_release(&maps);
    hearing_release(&hearing);
    song_release(&song);
}

int main(int argc, char **argv)
{
    int songs = argc > 2 ? atoi(argv[2]) : SERIES_SONGS;
    if (argc < 2 || songs < 1) {
        fprintf(stderr, "usage: lessons OUT [SONGS]\n");
        return 2;
    }
    size_t count = (size_t)SERIES * (size_t)songs * OF_SONG;
    struct lesson *all = malloc(count * sizeof *all);
    FILE *to = fopen(argv[1], "wb");
    if (!to || !all) {
        perror(argv[1]);
        return 1;
    }
    series_hear(songs, teach, all);
    bool is_written = fwrite(all, sizeof *all, count, to) == count;
    free(all);
    return fclose(to) || !is_written ? 1 : 0;
}
