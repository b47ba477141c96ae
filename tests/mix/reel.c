/* reel.c - see reel.h. */
#include "reel.h"

#include "audio_file.h"
#include "tape.h"

#include <ebur128.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLOSING_S 2.0 /* in which every mix fades away */
#define EDGE_S 1.0    /* of audio before and behind a slice's segments */

/* ---- audio ----------------------------------------------------------------------------
 */

static void hold_room(struct reel *reel, int64_t frames)
{
    if (frames <= reel->room)
        return;
    reel->room = frames;
    reel->samples = realloc(reel->samples, (size_t)frames * 2 * sizeof *reel->samples);
    if (!reel->samples)
        abort();
}

/* Forget what is before `from`, read until `to` or the end. */
static void wind(struct reel *reel, int64_t from, int64_t to)
{
    int64_t kept = reel->to > from ? reel->to - from : 0;
    if (kept > 0)
        memmove(reel->samples, reel->samples + 2 * (reel->to - kept - reel->from),
                (size_t)kept * 2 * sizeof *reel->samples);
    hold_room(reel, to - from > MIX_RATE ? to - from : MIX_RATE);
    for (; reel->to < from; reel->to += MIX_RATE) /* nothing skips as much as a slice */
        tape_read(reel->tape, reel->samples,
                  from - reel->to < MIX_RATE ? from - reel->to : MIX_RATE);
    reel->from = from;
    reel->to = from + kept;
    if (to > reel->to)
        reel->to += tape_read(reel->tape, reel->samples + 2 * kept, to - reel->to);
}

static int rewind_to(struct reel *reel, int delay)
{
    float skipped[2 * 256];
    tape_close(reel->tape);
    reel->next = 0;
    reel->from = reel->to = 0;
    if (tape_open(reel->path, &reel->tape)) {
        fprintf(stderr, "cannot read %s\n", reel->path);
        return -EINVAL;
    }
    for (; delay > 0; delay -= 256)
        tape_read(reel->tape, skipped, delay < 256 ? delay : 256);
    return 0;
}

static double peak_of(const char *path)
{
    enum { RUN = 4096 };
    float samples[2 * RUN];
    struct tape *tape;
    double peak = 1e-9;
    if (tape_open(path, &tape))
        return NAN;
    ebur128_state *meter = ebur128_init(2, MIX_RATE, EBUR128_MODE_TRUE_PEAK);
    for (int64_t got; (got = tape_read(tape, samples, RUN)) > 0;)
        ebur128_add_frames_float(meter, samples, (size_t)got);
    for (unsigned c = 0; c < 2; c++) {
        double one = 0;
        ebur128_true_peak(meter, c, &one);
        peak = fmax(peak, one);
    }
    ebur128_destroy(&meter);
    tape_close(tape);
    return 20 * log10(peak);
}

/* ---- slices ---------------------------------------------------------------------------
 */

static void drop_slice(struct reel *reel)
{
    for (int i = 0; i < reel->slice.segment_count; i++)
        for (int p = 0; p < reel->slice.segments[i].part_count; p++)
            free(reel->slice.segments[i].parts[p].points);
    free(reel->slice.segments);
    reel->slice = (struct mix){0};
}

/* A copy whose mix times begin `origin` seconds later. */
static struct mix_segment segment_from(const struct mix_segment *whole, double origin)
{
    struct mix_segment segment = *whole;
    segment.start -= origin;
    segment.end -= origin;
    for (int p = 0; p < segment.part_count; p++) {
        struct mix_part *part = &segment.parts[p];
        size_t size = (size_t)part->count * sizeof *part->points;
        part->points = malloc(size);
        if (!part->points)
            abort();
        memcpy(part->points, whole->parts[p].points, size);
        for (int i = 0; i < part->count; i++)
            part->points[i].mix -= origin;
    }
    return segment;
}

static bool needs(const struct mix *slice, int track)
{
    for (int i = 0; i < slice->segment_count; i++)
        for (int p = 0; p < slice->segments[i].part_count; p++)
            if (slice->segments[i].parts[p].track == track)
                return true;
    return false;
}

static int bring_tracks(const struct mix *slice)
{
    for (int i = 0; i < slice->track_count; i++) {
        struct mix_track *track = &slice->tracks[i];
        struct audio_file audio = {0};
        bool is_needed = needs(slice, i);
        if (is_needed == (track->samples != NULL))
            continue;
        free(track->samples);
        track->samples = NULL;
        if (is_needed && audio_file_read(track->path, &audio)) {
            fprintf(stderr, "cannot read %s\n", track->path);
            return -EINVAL;
        }
        if (is_needed) {
            track->samples = audio.samples;
            track->frames = audio.frames;
        }
    }
    return 0;
}

static bool is_alone(const struct mix_segment *s)
{
    return s->part_count == 1 && s->kind == MIX_PLAY && s->parts[0].count == 2;
}

int reel_next(struct reel *reel, const struct mix **slice, int64_t *fresh)
{
    const struct mix *whole = &reel->whole;
    int first = reel->next, end = first;
    drop_slice(reel);
    if (first == whole->segment_count)
        return 0;
    while (end < whole->segment_count &&
           (end == first || !is_alone(&whole->segments[end - 1])))
        end++;
    reel->next = end;
    int64_t from = llround((whole->segments[first].start - EDGE_S) * MIX_RATE);
    int64_t to = llround((whole->segments[end - 1].end + EDGE_S) * MIX_RATE);
    from = from < 0 ? 0 : from;
    *fresh = reel->to > from ? reel->to - from : 0;
    wind(reel, from, to);
    reel->slice = (struct mix){.samples = reel->samples,
                               .frames = reel->to - from,
                               .tracks = whole->tracks,
                               .track_count = whole->track_count,
                               .segment_count = end - first,
                               .origin = (double)from / MIX_RATE,
                               .closing = whole->segments[whole->segment_count - 1].end -
                                          CLOSING_S - (double)from / MIX_RATE,
                               .pcm_peak_db = NAN};
    reel->slice.segments = calloc((size_t)(end - first), sizeof *reel->slice.segments);
    if (!reel->slice.segments)
        abort();
    for (int i = first; i < end; i++)
        reel->slice.segments[i - first] =
            segment_from(&whole->segments[i], (double)from / MIX_RATE);
    *slice = &reel->slice;
    return bring_tracks(&reel->slice) ? -EINVAL : 1;
}

/* ---- where the stream lies ------------------------------------------------------------
 */

static bool find_lag(const struct mix *slice, const struct mix_segment *s, int *lag)
{
    enum { COUNT = 16384, MOST = 3000 };
    static float heard[COUNT], source[COUNT + 2 * MOST];
    const struct mix_track *track = &slice->tracks[s->parts[0].track];
    double at = s->end - 1, alike;
    int64_t from = llround(mix_track_time(&s->parts[0], at) * MIX_RATE);
    mix_mono(slice->samples, slice->frames, llround(at * MIX_RATE), COUNT, heard);
    mix_mono(track->samples, track->frames, from - MOST, COUNT + 2 * MOST, source);
    *lag = mix_lag(heard, source, COUNT, MOST, &alike);
    return alike > 0.8;
}

static int compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* How many frames it lies behind the timeline: the median over tracks that play alone. */
static int find_delay(struct reel *reel, int *delay)
{
    enum { PROBES = 5 };
    const struct mix *slice;
    int64_t fresh;
    int lags[PROBES], found = 0, rc = 1;
    while (found < PROBES && (rc = reel_next(reel, &slice, &fresh)) > 0) {
        const struct mix_segment *s = &slice->segments[slice->segment_count - 1];
        if (is_alone(s) && s->end - s->start > 2 && find_lag(slice, s, &lags[found]))
            found++;
    }
    qsort(lags, (size_t)found, sizeof *lags, compare);
    *delay = found ? lags[found / 2] : 0;
    return rc < 0 ? rc : 0;
}

/* ---- opening --------------------------------------------------------------------------
 */

int reel_open(struct reel *reel, const char *audio, const char *timeline, const char *wav)
{
    int delay = 0;
    *reel = (struct reel){.path = strdup(audio)};
    int rc = mix_load(&reel->whole, timeline);
    if (rc)
        fprintf(stderr, "cannot read the timeline %s\n", timeline);
    if (rc == 0)
        rc = rewind_to(reel, 0);
    if (rc == 0)
        rc = find_delay(reel, &delay);
    if (rc == 0)
        rc = rewind_to(reel, delay);
    if (rc == 0 && wav)
        reel->whole.pcm_peak_db = peak_of(wav);
    if (rc)
        reel_close(reel);
    return rc;
}

void reel_close(struct reel *reel)
{
    drop_slice(reel);
    tape_close(reel->tape);
    mix_release(&reel->whole);
    free(reel->samples);
    free(reel->path);
    *reel = (struct reel){0};
}
