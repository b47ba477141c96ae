/* score.c - `score-mix NAME AUDIO TIMELINE [WAV] ...`: score mixes side by side. */
#include "figures.h"
#include "reel.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIXES 8

static void print(const struct score *scores, char *const *names, int count)
{
    printf("%-30s%10s", "", "wanted");
    for (int i = 0; i < count; i++)
        printf("%12s", names[i]);
    printf("\n%-30s%10s", "transitions (on the beat)", "");
    for (int i = 0; i < count; i++)
        printf("%7d (%2d)", scores[i].transitions, scores[i].beatmatched);
    for (int f = 0; f < FIGURES; f++) {
        printf("\n%-30s%10s", figure_name((enum figure)f), figure_target((enum figure)f));
        for (int i = 0; i < count; i++) {
            double value = scores[i].value[f];
            if (isnan(value))
                printf("%12s", "-");
            else
                printf("%11.2f%c", value,
                       figure_holds(&scores[i], (enum figure)f) ? ' ' : '!');
        }
    }
    printf("\n");
}

/* What is heard is scored as it was encoded, but for the attacks: an encoder blunts those
 * of clipped drums, whether they were stretched or not. */
static int score_files(struct score *score, const char *audio, const char *timeline,
                       const char *wav)
{
    struct reel reel;
    const struct mix *slice;
    int64_t fresh;
    int rc = reel_open(&reel, audio, timeline, wav);
    if (rc)
        return rc;
    score_begin(score, &reel.whole);
    while ((rc = reel_next(&reel, &slice, &fresh)) > 0) {
        score_hear(score, slice->samples + 2 * fresh, slice->frames - fresh);
        score_slice(score, slice);
        if (!wav)
            score_attacks(score, slice);
    }
    if (rc == 0)
        score_end(score, &reel.whole);
    reel_close(&reel);
    if (rc || !wav)
        return rc;
    rc = reel_open(&reel, wav, timeline, NULL);
    if (rc)
        return rc;
    while ((rc = reel_next(&reel, &slice, &fresh)) > 0)
        score_attacks(score, slice);
    reel_close(&reel);
    return rc;
}

/* Arguments in fours: name, audio, timeline, WAV or "-". */
int main(int argc, char **argv)
{
    struct score scores[MIXES];
    char *names[MIXES];
    int count = 0;
    if (argc < 5 || (argc - 1) % 4 != 0 || argc > 1 + 4 * MIXES) {
        fprintf(stderr, "usage: score-mix [NAME AUDIO TIMELINE WAV|-]...\n");
        return 2;
    }
    for (int i = 1; i < argc; i += 4, count++) {
        names[count] = argv[i];
        if (score_files(&scores[count], argv[i + 1], argv[i + 2],
                        strcmp(argv[i + 3], "-") ? argv[i + 3] : NULL))
            return 1;
    }
    print(scores, names, count);
    for (int i = 0; i < count; i++)
        score_release(&scores[i]);
    return 0;
}
