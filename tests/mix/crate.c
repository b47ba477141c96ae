/* crate.c - `mix-crate FOLDER COUNT SEED [SECONDS]`: songs composed for the ears' tests,
 * as files with the truth beside them. All sorts: straight, swung, moving, without a
 * beat.
 */
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "song.h"

static void print_times(FILE *file, const char *name, const struct song *song,
                        unsigned mark)
{
    const char *comma = "";
    fprintf(file, " \"%s\": [", name);
    for (int i = 0; i < song->beat_count; i++) {
        if (mark && !(song->marks[i] & mark))
            continue;
        fprintf(file, "%s%.6f", comma, song->beats[i]);
        comma = ", ";
    }
    fprintf(file, "],\n");
}

/* Camelot's number of a key, 0..11 C major .. B major, 12..23 C minor .. B minor. */
static int camelot_of(int key)
{
    int tonic = key < 12 ? key : (key + 3) % 12;
    return (tonic * 7 + 7) % 12 + 1;
}

static int write_truth(const struct song *song, const char *path)
{
    FILE *file = fopen(path, "w");
    if (!file)
        return -1;
    fprintf(file, "{\"genre\": \"%s\", \"bpm\": %.4f, \"camelot\": \"%d%c\",\n",
            song->style, song->bpm, camelot_of(song->key), song->key < 12 ? 'B' : 'A');
    print_times(file, "beats", song, 0);
    print_times(file, "downbeats", song, SONG_ONE);
    print_times(file, "phrases", song, SONG_PHRASE);
    fprintf(file, " \"steady\": %s}\n", song->is_steady ? "true" : "false");
    return fclose(file);
}

static int write_audio(const struct song *song, const char *path)
{
    SF_INFO about = {
        .samplerate = 44100, .channels = 2, .format = SF_FORMAT_FLAC | SF_FORMAT_PCM_16};
    SNDFILE *to = sf_open(path, SFM_WRITE, &about);
    if (!to)
        return -1;
    sf_count_t wrote = sf_writef_float(to, song->samples, song->frames);
    return sf_close(to) || wrote != song->frames;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "usage: mix-crate FOLDER COUNT SEED [SECONDS]\n");
        return 2;
    }
    int count = atoi(argv[2]);
    unsigned long long first = strtoull(argv[3], NULL, 10);
    double seconds = argc > 4 ? atof(argv[4]) : 150;
    mkdir(argv[1], 0755);
    for (int i = 0; i < count; i++) {
        struct song song;
        char base[3800], path[4096];
        song_make(&song, -1, first + (unsigned long long)i, seconds);
        snprintf(base, sizeof base, "%s/%llu %s", argv[1], first + (unsigned long long)i,
                 song.style);
        for (char *c = base + strlen(argv[1]) + 1; *c; c++)
            if (*c == '/')
                *c = '-';
        snprintf(path, sizeof path, "%s.flac", base);
        int failed = write_audio(&song, path);
        snprintf(path, sizeof path, "%s.truth.json", base);
        failed |= write_truth(&song, path);
        song_release(&song);
        if (failed) {
            fprintf(stderr, "mix-crate: cannot write %s\n", path);
            return 1;
        }
    }
    return 0;
}
