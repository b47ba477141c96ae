/* level.c - loudness by libebur128 in its histogram mode, so that hours cost no memory.
 *
 * Its true-peak meter costs more than all the rest of it; ours (truepeak.h) gives the
 * same reading for a tenth of that.
 */
#include "level.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#define RATE 44100
#define QUIET 0.001f /* -60 dBFS */
#define SILENT_LUFS -70.0
#define SILENT_DBTP -120.0

int level_init(struct level *level)
{
    memset(level, 0, sizeof *level);
    level->first_loud = -1;
    level->meter =
        ebur128_init(2, RATE, EBUR128_MODE_I | EBUR128_MODE_LRA | EBUR128_MODE_HISTOGRAM);
    return level->meter ? 0 : -ENOMEM;
}

void level_release(struct level *level)
{
    if (level->meter)
        ebur128_destroy(&level->meter);
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
    int err = ebur128_add_frames_float(level->meter, stereo, (size_t)frames);
    return err == EBUR128_SUCCESS ? 0 : -ENOMEM;
}

void level_find(const struct level *level, struct level_found *out)
{
    double lufs = SILENT_LUFS, range = 0.0;
    double peak = truepeak_of(&level->peak);
    bool heard = level->first_loud >= 0;
    if (ebur128_loudness_global(level->meter, &lufs) != EBUR128_SUCCESS ||
        !(lufs > SILENT_LUFS))
        lufs = SILENT_LUFS;
    if (ebur128_loudness_range(level->meter, &range) != EBUR128_SUCCESS ||
        !isfinite(range))
        range = 0.0;
    out->lufs = lufs;
    out->range_lu = range;
    out->true_peak_dbtp = peak > 1e-6 ? 20.0 * log10(peak) : SILENT_DBTP;
    out->silence_head = (double)(heard ? level->first_loud : level->frames) / RATE;
    out->silence_tail = heard ? (double)(level->frames - level->end_loud) / RATE : 0.0;
}
