/* score.c - `score-mix NAME AUDIO TIMELINE [WAV] ...`: score mixes side by side. */
#include "figures.h"

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
                       figure_holds((enum figure)f, value) ? ' ' : '!');
        }
    }
    printf("\n");
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
        struct mix mix;
        names[count] = argv[i];
        if (mix_load(&mix, argv[i + 1], argv[i + 2],
                     strcmp(argv[i + 3], "-") ? argv[i + 3] : NULL))
            return 1;
        score_mix(&scores[count], &mix);
        mix_release(&mix);
    }
    print(scores, names, count);
    return 0;
}
