/* unsure.c - the tempogram once more, now that the beats are known: how high it is at
 * their period, window by window; and how much rises near beats that bend.
 */
#include "unsure.h"

#include <math.h>
#include <stdlib.h>

#include "bend.h"

#define OTHER 0.5f /* by which another class is higher where the tempo is another */
#define HEARD 0.3f /* height of the beats' class, up to which that goes on around it */
#define CHANGE_BEATS 8 /* whose tempo is compared with that of as many before them */
#define CHANGE 0.02    /* share by which it is another */
#define MUTE 0.15f     /* height below which nothing holds beats of a tempo that moves */
#define FAINT 0.4      /* share of what usually rises near such beats ... */
#define FAINT_BEATS 8  /* ... that less does of, so many in a row, is too little, too */

/* The mean period of the beats between two times, at least one. */
static double period_between(const struct strip_d *beat, double from, double to)
{
    size_t first = 0;
    while (first + 2 < beat->count && beat->at[first] < from)
        first++;
    size_t last = first + 1;
    while (last + 1 < beat->count && beat->at[last] < to)
        last++;
    return (beat->at[last] - beat->at[first]) / (double)(last - first);
}

/* Whether the tempo of beats on lines changes at one of those between two times. */
static bool changes_between(const struct beats *beats, double from, double to)
{
    const double *at = beats->time.at;
    for (size_t i = CHANGE_BEATS; i + CHANGE_BEATS < beats->time.count; i++) {
        double before = at[i] - at[i - CHANGE_BEATS],
               after = at[i + CHANGE_BEATS] - at[i];
        if (at[i] >= from && at[i] < to && fabs(after - before) > CHANGE * before)
            return true;
    }
    return false;
}

struct window {
    bool is_unsure, is_low;
};

static void look(struct window *window, const struct beats *beats,
                 const struct tempo *tempo)
{
    for (size_t w = 0; w < tempo->count; w++) {
        double from = (double)w * TEMPO_HOP_S, most;
        double period = period_between(&beats->time, from, from + TEMPO_WINDOW_S);
        double here = tempo_height(tempo, w, period, &most);
        window[w].is_low = here < HEARD;
        window[w].is_unsure = most - here > OTHER || (beats->bends && here < MUTE);
        double middle = from + 0.5 * TEMPO_WINDOW_S;
        if (!beats->bends && changes_between(beats, middle - 0.5 * TEMPO_HOP_S,
                                             middle + 0.5 * TEMPO_HOP_S))
            window[w].is_unsure = true;
    }
}

/* A doubt goes on where the beats are hardly heard either. */
static void spread(struct window *window, size_t count)
{
    for (size_t w = 1; w < count; w++)
        window[w].is_unsure |= window[w - 1].is_unsure && window[w].is_low;
    for (size_t w = count - 1; w > 0; w--)
        window[w - 1].is_unsure |= window[w].is_unsure && window[w - 1].is_low;
}

/* Add what a window is about, and a hop to both sides: that is how well its place is
 * known. */
static int add(struct strip_span *out, size_t w, size_t windows, double end)
{
    double from = ((double)w - 1.0) * TEMPO_HOP_S;
    double to = ((double)w + 1.0) * TEMPO_HOP_S + TEMPO_WINDOW_S;
    struct fv_span span = {fmax(from, 0.0), w + 1 == windows ? end : fmin(to, end)};
    if (span.start >= end)
        return 0;
    if (out->count == 0 || out->at[out->count - 1].end < span.start)
        return STRIP_PUSH(out, span);
    out->at[out->count - 1].end = span.end;
    return 0;
}

int unsure_find(struct strip_span *out, const struct beats *beats,
                const struct tempo *tempo, double end)
{
    if (beats->time.count < 2 || tempo->count == 0)
        return 0;
    struct window *window = malloc(tempo->count * sizeof *window);
    int err = window ? 0 : -ENOMEM;
    if (!err) {
        look(window, beats, tempo);
        spread(window, tempo->count);
    }
    for (size_t w = 0; !err && w < tempo->count; w++)
        if (window[w].is_unsure)
            err = add(out, w, tempo->count, end);
    free(window);
    return err;
}

static int by_start(const void *a, const void *b)
{
    const struct fv_span *x = a, *y = b;
    return (x->start > y->start) - (x->start < y->start);
}

/* Bring stretches in order, and make one of those that meet. */
static void join(struct strip_span *spans)
{
    size_t count = 0;
    qsort(spans->at, spans->count, sizeof *spans->at, by_start);
    for (size_t i = 0; i < spans->count; i++) {
        struct fv_span *last = count > 0 ? &spans->at[count - 1] : NULL;
        if (last && spans->at[i].start <= last->end)
            last->end = fmax(last->end, spans->at[i].end);
        else
            spans->at[count++] = spans->at[i];
    }
    spans->count = count;
}

/* Faint beats from one up to another; fewer that are heard lie between them. */
struct faint {
    size_t from, to, count;
};

/* At both ends of the beats it is all of the music. */
static int end_faint(struct strip_span *out, const struct faint *faint,
                     const struct strip_d *beat, double end)
{
    struct fv_span span = {faint->from == 0 ? 0.0 : beat->at[faint->from],
                           faint->to == beat->count ? end : beat->at[faint->to]};
    return faint->count < FAINT_BEATS || span.start >= span.end ? 0
                                                                : STRIP_PUSH(out, span);
}

static int find_faint(struct strip_span *out, const double *share,
                      const struct strip_d *beat, double end)
{
    struct faint faint = {0};
    size_t heard = 0; /* in a row */
    int err = 0;
    for (size_t i = 0; !err && i < beat->count; i++) {
        if (share[i] >= FAINT) {
            heard++;
            continue;
        }
        if (heard >= FAINT_BEATS) {
            err = end_faint(out, &faint, beat, end);
            faint = (struct faint){.from = i};
        }
        faint.to = i + 1;
        faint.count++;
        heard = 0;
    }
    if (heard < FAINT_BEATS)
        faint.to = beat->count;
    return err ? err : end_faint(out, &faint, beat, end);
}

int unsure_add_faint(struct strip_span *out, const struct beats *beats,
                     const struct attacks *attacks, double end)
{
    size_t count = beats->time.count;
    if (!beats->bends || count < 2)
        return 0;
    double *share = malloc(count * sizeof *share);
    int err = share ? bend_shares(share, beats->time.at, count, attacks) : -ENOMEM;
    if (!err)
        err = find_faint(out, share, &beats->time, end);
    free(share);
    if (!err && out->count > 0)
        join(out);
    return err;
}
