/* level.c - loudness, true peak, and where the sound begins and ends. */
#include "level.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define RATE 44100
#define QUIET 0.001f /* -60 dBFS */
#define SILENT_DBTP -120.0

void level_init(struct level *level)
{
    memset(level, 0, sizeof *level);
    level->first_loud = -1;
    loudness_init(&level->loudness);
}

void level_release(struct level *level)
{
    loudness_release(&level->loudness);
}

static bool is_loud(const float *frame)
{
    return fabsf(frame[0]) >= QUIET || fabsf(frame[1]) >= QUIET;
}

/* Move the span's ends; looks at few samples where the music is loud. */
static void note_loud_span(struct level *level, const float *stereo, int frames)
{
    int first = 0, end = frames;
    while (end > 0 && !is_loud(stereo + 2 * (end - 1)))
        end--;
    if (end == 0)
        return;
    level->end_loud = level->frames + end;
    if (level->first_loud >= 0)
        return;
    while (!is_loud(stereo + 2 * first))
        first++;
    level->first_loud = level->frames + first;
}

int level_feed(struct level *level, const float *stereo, int frames)
{
    note_loud_span(level, stereo, frames);
    level->frames += frames;
    truepeak_feed(&level->peak, stereo, frames);
    return loudness_feed(&level->loudness, stereo, frames);
}

int level_find(const struct level *level, struct level_found *out)
{
    double peak = truepeak_of(&level->peak);
    bool heard = level->first_loud >= 0;
    out->lufs = loudness_integrated(&level->loudness);
    out->true_peak_dbtp = peak > 1e-6 ? 20.0 * log10(peak) : SILENT_DBTP;
    out->silence_head = (double)(heard ? level->first_loud : level->frames) / RATE;
    out->silence_tail = heard ? (double)(level->frames - level->end_loud) / RATE : 0.0;
    return loudness_range(&level->loudness, &out->range_lu);
}
