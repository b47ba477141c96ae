/* genres.c - a catalogue has few genres: all pairs of names are compared once. */
#include "distance.h"
#include "fold.h"

#include <stdlib.h>
#include <string.h>

#define COMPARED_MAX 400 /* genres; more are compared as they are asked for */

uint32_t genres_number(struct genres *genres, const char *name)
{
    char folded[128];
    if (!name || fold_text(name, folded, sizeof folded) == 0)
        return 0;
    for (size_t i = 0; i < genres->count; i++)
        if (strcmp(genres->names[i], folded) == 0)
            return (uint32_t)i + 1;
    if (genres->count == genres->room) {
        size_t room = genres->room ? genres->room * 2 : 16;
        char **names = realloc(genres->names, room * sizeof *names);
        if (!names)
            return 0;
        genres->names = names;
        genres->room = room;
    }
    genres->names[genres->count] = strdup(folded);
    return genres->names[genres->count] ? (uint32_t)++genres->count : 0;
}

void genres_compare(struct genres *genres)
{
    size_t count = genres->count < COMPARED_MAX ? genres->count : COMPARED_MAX;
    if (count == genres->compared)
        return;
    free(genres->likeness);
    genres->compared = 0;
    genres->likeness = calloc(count * count, sizeof *genres->likeness);
    if (!genres->likeness)
        return;
    for (size_t a = 0; a < count; a++)
        for (size_t b = 0; b < count; b++)
            genres->likeness[a * count + b] =
                (float)fold_likeness(genres->names[a], genres->names[b]);
    genres->compared = count;
}

void genres_release(struct genres *genres)
{
    for (size_t i = 0; i < genres->count; i++)
        free(genres->names[i]);
    free(genres->names);
    free(genres->likeness);
    *genres = (struct genres){0};
}
