/* bench.c - `bench-real NAME...`: ask every tracker about real music, and score.
 *
 * NAME.wav and NAME.truth are what corpus.py makes; the group is what comes before the
 * first '-' of the file's name. Keys, phrases and sections have no truth there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "asking.h"
#include "audio_file.h"
#include "judge.h"
#include "truth.h"

#define GROUPS 8

struct group {
    char name[32];
    struct tally tally;
};

static double cpu_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static struct group *group_of(struct group *groups, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    size_t length = strcspn(name, "-"), g = 0;
    if (length >= sizeof groups->name)
        length = sizeof groups->name - 1;
    while (g + 1 < GROUPS && groups[g].name[0] &&
           (strncmp(groups[g].name, name, length) || groups[g].name[length]))
        g++;
    memcpy(groups[g].name, name, length);
    return &groups[g];
}

static void print_piece(const char *path, const struct song *song,
                        const struct answer *answer, const double f[FIGURES])
{
    printf("%-52s %7.2f found %7.2f F %.2f %.2f down %.2f, sure %.2f %.2f %.2f\n", path,
           song->bpm, answer->bpm, f[BEAT_F], f[BEAT_FORGIVING], f[DOWNBEAT_F],
           answer->confidence[0], answer->confidence[1], answer->confidence[2]);
}

static int bench_piece(const char *name, struct tally *all, struct group *groups)
{
    static struct kept kept;
    struct truth truth;
    struct audio_file file;
    char path[1024];
    double f[FIGURES];
    snprintf(path, sizeof path, "%s.truth", name);
    if (truth_read(path, &truth))
        return -1;
    struct song song = {.style = "real",
                        .beats = truth.beats,
                        .marks = truth.marks,
                        .beat_count = truth.count,
                        .beats_per_bar = truth.beats_per_bar,
                        .bpm = truth.bpm,
                        .is_steady = truth.is_steady,
                        .key = -1,
                        .section_count = 1};
    snprintf(path, sizeof path, "%s.wav", name);
    for (int t = 0; t < TRACKERS; t++) {
        double start = cpu_s();
        if (audio_file_read(path, &file)) {
            truth_release(&truth);
            return -1;
        }
        song.frames = file.frames;
        ask((enum tracker)t, &file, &kept);
        kept.answer.cpu_s = cpu_s() - start;
        audio_file_release(&file);
        judge(&all[t], &song, &kept.answer, f);
        if (t == EARS) {
            judge(&group_of(groups, name)->tally, &song, &kept.answer, f);
            if (getenv("EARS_VERBOSE"))
                print_piece(name, &song, &kept.answer, f);
        }
    }
    truth_release(&truth);
    return 0;
}

int main(int argc, char **argv)
{
    static struct tally all[TRACKERS];
    static struct group groups[GROUPS];
    for (int k = 1; k < argc; k++)
        if (bench_piece(argv[k], all, groups))
            fprintf(stderr, "cannot read %s.wav and .truth\n", argv[k]);
    if (all[EARS].songs == 0) {
        fprintf(stderr, "usage: bench-real NAME..., of NAME.wav and NAME.truth\n");
        return 2;
    }
    printf("%d pieces, %.0f minutes\n\n", all[EARS].songs, all[EARS].audio_s / 60.0);
    judge_print_head();
    for (int t = 0; t < TRACKERS; t++)
        judge_print(tracker_name[t], &all[t]);
    printf("\nears, by group\n");
    for (int g = 0; g < GROUPS && groups[g].name[0]; g++) {
        printf("%4d ", groups[g].tally.songs);
        judge_print(groups[g].name, &groups[g].tally);
        judge_release(&groups[g].tally);
    }
    judge_print_claims(&all[EARS]);
    for (int t = 0; t < TRACKERS; t++)
        judge_release(&all[t]);
    return 0;
}
