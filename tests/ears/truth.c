/* truth.c - read the truth about a piece. */
#include "truth.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define ROOM 4096 /* beats: 20 minutes at 200 BPM */

int truth_read(const char *path, struct truth *out)
{
    *out = (struct truth){0};
    FILE *from = fopen(path, "r");
    if (!from)
        return -ENOENT;
    int steady = 0, mark;
    bool good = fscanf(from, "%lf %d %d", &out->bpm, &steady, &out->beats_per_bar) == 3;
    out->is_steady = steady != 0;
    out->beats = malloc(ROOM * sizeof *out->beats);
    out->marks = malloc(ROOM * sizeof *out->marks);
    if (!out->beats || !out->marks)
        abort();
    while (out->count < ROOM &&
           fscanf(from, "%lf %d", &out->beats[out->count], &mark) == 2)
        out->marks[out->count++] = (unsigned char)mark;
    fclose(from);
    if (good && out->count >= 8)
        return 0;
    truth_release(out);
    return -EINVAL;
}

void truth_release(struct truth *truth)
{
    free(truth->beats);
    free(truth->marks);
    truth->beats = NULL;
    truth->marks = NULL;
}
