/* bench.c - `bench-ears [SONGS] [FIRST_SEED] [changes]`: compose songs, ask every
 * tracker, score. With `changes` the tempo of every song changes once.
 *
 * Each song goes through a file, every third one as MP3 at 128 kbit/s, and decoding
 * counts as each tracker's own time. Seeds from 1 on are for the bench; teaching uses
 * others.
 */
#include <limits.h>
#include <malloc.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "asking.h"
#include "audio_file.h"
#include "judge.h"

#define LENGTH_S 90.0

static double cpu_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void write_song(const struct song *song, const char *wav, const char *mp3)
{
    SF_INFO about = {
        .samplerate = 44100, .channels = 2, .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    SNDFILE *to = sf_open(wav, SFM_WRITE, &about);
    if (!to) {
        fprintf(stderr, "cannot write %s\n", wav);
        exit(1);
    }
    sf_command(to, SFC_SET_CLIPPING, NULL, SF_TRUE);
    sf_writef_float(to, song->samples, song->frames);
    sf_close(to);
    if (mp3) {
        char command[600];
        snprintf(command, sizeof command, "lame --quiet -b 128 %s %s", wav, mp3);
        if (system(command) != 0)
            exit(1);
    }
}

typedef void (*make_song)(struct song *song, int style, uint64_t seed, double length_s);

static void bench_song(make_song make, int style, uint64_t seed, const char *folder,
                       struct tally *tally)
{
    static struct kept kept;
    struct song song;
    struct audio_file file;
    char wav[256], mp3[256];
    double f[FIGURES];
    bool lossy = seed % 3 == 0;
    make(&song, style, seed, LENGTH_S);
    snprintf(wav, sizeof wav, "%s/song.wav", folder);
    snprintf(mp3, sizeof mp3, "%s/song.mp3", folder);
    write_song(&song, wav, lossy ? mp3 : NULL);
    for (int t = 0; t < TRACKERS; t++) {
        double start = cpu_s();
        if (audio_file_read(lossy ? mp3 : wav, &file))
            exit(1);
        ask((enum tracker)t, &file, &kept);
        kept.answer.cpu_s = cpu_s() - start;
        audio_file_release(&file);
        judge(&tally[t], &song, &kept.answer, f);
        if (t == EARS && getenv("EARS_VERBOSE"))
            printf("%-14s seed %3lu bpm %7.2f found %7.2f F %.2f down %.2f phrase %.2f "
                   "sections %.2f key %2d found %2d %.1f\n",
                   song.style, (unsigned long)seed, song.bpm, kept.answer.bpm, f[BEAT_F],
                   f[DOWNBEAT_F], f[PHRASE_F], f[SECTION_F], song.key, kept.answer.key,
                   f[KEY]);
    }
    song_release(&song);
}

int main(int argc, char **argv)
{
    /* Memory is kept from song to song: to be given it anew may cost what hearing does.
     */
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, INT_MAX);
    struct tally tally[TRACKERS] = {{0}};
    char folder[] = "/tmp/bench-ears-XXXXXX", command[300];
    int songs = argc > 1 ? atoi(argv[1]) : 2 * style_count;
    uint64_t first = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    if (!mkdtemp(folder))
        return 1;
    for (int k = 0; k < songs; k++)
        bench_song(argc > 3 ? song_make_changing : song_make, k % style_count,
                   first + (uint64_t)k, folder, tally);
    printf("%d songs in %d styles, %.0f minutes\n\n", songs, style_count,
           tally[EARS].audio_s / 60.0);
    judge_print_head();
    for (int t = 0; t < TRACKERS; t++)
        judge_print(tracker_name[t], &tally[t]);
    judge_print_claims(&tally[EARS]);
    for (int t = 0; t < TRACKERS; t++)
        judge_release(&tally[t]);
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command) == 0 ? 0 : 1;
}
