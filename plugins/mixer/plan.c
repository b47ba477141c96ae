/* plan.c - a track plays to the end of its sound; the next comes in under it with an
 * equal-power crossfade, at the same loudness. */
#include "plan.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define PEAK_DB (-1.0)     /* dBTP that no track's gain should lift it above ... */
#define LIMITED_DB 3.0     /* ... by more than this, which the limiter takes */
#define SOON_S 4.0         /* crossfade of a skip */
#define SHORTEST_FADE 2205 /* frames: no click, whatever else */
#define TRACK_SHARE 0.33   /* of a track that a fade may take */

struct planning {
    const struct fv_host *host;
    const struct fv_plan *ask;
    const struct fv_plan_sink *sink;
    int64_t at;   /* output frame where the next segment begins */
    int64_t fade; /* frames of the fade at the very end */
};

static double gain_of(const struct planning *p, const struct fv_track *track)
{
    const struct fv_analysis *found = track->analysis;
    double target = p->host->number(p->host->ctx, "mixer.target_lufs", -14);
    if (!found || found->loudness_lufs < -60)
        return 0;
    return fmin(target - found->loudness_lufs,
                PEAK_DB + LIMITED_DB - found->true_peak_dbtp);
}

static int64_t frames_setting(const struct planning *p, const char *name,
                              double otherwise)
{
    return (int64_t)(p->host->number(p->host->ctx, name, otherwise) * FV_RATE);
}

/* ---- segments -------------------------------------------------------------------------
 */

struct piece {
    const struct fv_track *track;
    double from; /* track frame at the segment's start */
};

static int send(struct planning *p, enum fv_kind kind, int64_t length,
                const struct piece *pieces, uint32_t count, const char *why)
{
    struct fv_part parts[2];
    struct fv_warp warps[2][2];
    char params[96] = "{}";
    int64_t end_fade =
        p->ask->until - p->fade - p->at; /* where it begins in the segment */
    for (uint32_t i = 0; i < count; i++) {
        warps[i][0] = (struct fv_warp){0, pieces[i].from};
        warps[i][1] = (struct fv_warp){(double)length, pieces[i].from + (double)length};
        parts[i] = (struct fv_part){.struct_size = sizeof parts[i],
                                    .id = pieces[i].track->id,
                                    .gain_db = gain_of(p, pieces[i].track),
                                    .warp = warps[i],
                                    .warp_count = 2};
    }
    if (end_fade < length)
        snprintf(params, sizeof params, "{\"fade\":[%lld,%lld]}", (long long)end_fade,
                 (long long)(end_fade + p->fade));
    struct fv_segment segment = {.struct_size = sizeof segment,
                                 .kind = kind,
                                 .length = length,
                                 .parts = parts,
                                 .part_count = count,
                                 .params = params,
                                 .why = why};
    p->at += length;
    return p->sink->segment(p->sink->ctx, &segment);
}

/* Append a segment, or what of it lies before the end of the show. */
static int put(struct planning *p, enum fv_kind kind, int64_t length,
               const struct piece *pieces, uint32_t count, const char *why)
{
    int64_t left = p->ask->until - p->at;
    int64_t whole = left - p->fade; /* before the last fade begins */
    if (length > left)
        length = left;
    if (length <= 0)
        return 0;
    if (kind != FV_PLAY || length <= whole)
        return send(p, kind, length, pieces, count, why);
    struct piece rest = pieces[0];
    int rc = 0;
    if (whole > 0) {
        rc = send(p, FV_PLAY, whole, pieces, 1, why);
        rest.from += (double)whole;
        length -= whole;
    }
    return rc ? rc : send(p, FV_FADEOUT, length, &rest, 1, "the show ends");
}

/* ---- the plan -------------------------------------------------------------------------
 */

static double sound_begins(const struct fv_track *track)
{
    double silent = track->analysis ? floor(track->analysis->silence_head * FV_RATE) : 0;
    return silent < (double)track->length / 2 ? silent : 0;
}

static double sound_ends(const struct fv_track *track)
{
    double silent = track->analysis ? track->analysis->silence_tail * FV_RATE : 0;
    return floor((double)track->length - fmin(silent, (double)track->length / 2));
}

static int begin(struct planning *p, struct fv_cursor *cursor)
{
    struct piece piece = {p->ask->to, sound_begins(p->ask->to)};
    int64_t length = frames_setting(p, "mixer.fade_s", 6);
    double share = TRACK_SHARE * (sound_ends(p->ask->to) - piece.from);
    length = (int64_t)fmax(fmin((double)length, share), SHORTEST_FADE);
    *cursor = (struct fv_cursor){piece.from + (double)length, 1};
    return put(p, FV_FADEIN, length, &piece, 1, "nothing plays before it");
}

/* The show ends with `from`: play it out. */
static int finish(struct planning *p)
{
    struct piece piece = {p->ask->from, p->ask->cursor.track};
    struct fv_plan last = *p->ask;
    int64_t left = (int64_t)(sound_ends(piece.track) - piece.from);
    if (left <= 0)
        return 0;
    if (last.until - p->at > left)
        last.until = p->at + left;
    p->ask = &last;
    if (p->fade > left)
        p->fade = left;
    return put(p, FV_PLAY, left, &piece, 1, "");
}

static int hand_over(struct planning *p, struct fv_cursor *cursor)
{
    bool is_soon = p->ask->flags & FV_SOON;
    struct piece out = {p->ask->from, p->ask->cursor.track};
    struct piece both[2] = {out, {p->ask->to, sound_begins(p->ask->to)}};
    double left = sound_ends(out.track) - out.from;
    double share = TRACK_SHARE * (sound_ends(both[1].track) - both[1].from);
    double fade = (double)frames_setting(p, "mixer.crossfade_s", 12);
    if (is_soon)
        fade = fmin(fade, SOON_S * FV_RATE);
    fade = floor(fmax(fmin(fmin(fade, share), left), SHORTEST_FADE));
    double play = is_soon ? 0 : fmax(left - fade, 0);
    int rc = put(p, FV_PLAY, (int64_t)play, &out, 1, "");
    both[0].from += floor(play);
    if (rc == 0)
        rc = put(p, FV_CROSSFADE, (int64_t)fade, both, 2,
                 is_soon ? "skipped" : "equal-power crossfade where the sound ends");
    *cursor = (struct fv_cursor){both[1].from + fade, 1};
    return rc;
}

int plan_make(const struct fv_host *host, const struct fv_plan *ask,
              const struct fv_plan_sink *sink, struct fv_cursor *cursor)
{
    struct planning planning = {.host = host, .ask = ask, .sink = sink, .at = ask->at};
    planning.fade = frames_setting(&planning, "mixer.fade_s", 6);
    *cursor = ask->cursor;
    if (!ask->from && !ask->to)
        return 0;
    if (!ask->from)
        return begin(&planning, cursor);
    return ask->to ? hand_over(&planning, cursor) : finish(&planning);
}
