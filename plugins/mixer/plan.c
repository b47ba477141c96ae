/* plan.c - how one track leaves and the next comes in: beats on beats where the ears are
 * sure and the tempos meet; on a downbeat where they are sure and tempos do not; else by
 * loudness alone. */
#include "plan.h"

#include "fade.h"
#include "lock.h"
#include "match.h"
#include "params.h"
#include "side.h"
#include "warp.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PEAK_DB (-1.0)          /* dBTP that no track's gain should lift it above ... */
#define LIMITED_DB 3.0          /* ... by more than this, which the limiter takes */
#define SOON_S 4.0              /* crossfade of a skip */
#define SHORTEST_FADE 2205      /* frames: no click, whatever else */
#define TRACK_SHARE 0.33        /* of a track that a fade may take */
#define TAIL_IN (1.0 * FV_RATE) /* in which a track comes in over a quiet end */
#define CUT_FADE 220            /* frames of a cut's ramps */
#define DEAREST 3.0             /* a beatmatch that costs more is worse than none */

struct planning {
    const struct fv_host *host;
    const struct fv_plan *ask;
    const struct fv_plan_sink *sink;
    struct side from, to;
    double at_track; /* frame of `from` that is heard at `at`, and its rate there */
    double rate;
    int64_t at;           /* output frame where the next segment begins */
    int64_t fade;         /* frames of the fade at the very end */
    struct params params; /* of the segment that is being made */
};

static double gain_of(const struct planning *p, const struct fv_track *track)
{
    const struct fv_analysis *found = track->analysis;
    double target = p->host->number(p->host->ctx, "mixer.target_lufs", -14);
    if (!found || !(found->loudness_lufs > -60))
        return 0;
    return fmax(
        fmin(target - found->loudness_lufs, PEAK_DB + LIMITED_DB - found->true_peak_dbtp),
        -60);
}

static double setting(const struct planning *p, const char *name, double otherwise)
{
    return p->host->number(p->host->ctx, name, otherwise);
}

static int64_t frames_setting(const struct planning *p, const char *name,
                              double otherwise)
{
    return (int64_t)(setting(p, name, otherwise) * FV_RATE);
}

/* ---- segments -------------------------------------------------------------------------
 */

struct piece {
    const struct side *side;
    const struct warp_line *line;
};

/* Append a segment of the first `length` frames of its lines. */
static int send(struct planning *p, enum fv_kind kind, int64_t length,
                const struct piece *pieces, uint32_t count, const char *style,
                const char *why)
{
    struct fv_part parts[2];
    int64_t end_fade = p->ask->until - p->fade - p->at; /* where it begins */
    if (end_fade < length) {
        p->params.fade_from = (double)end_fade;
        p->params.fade_to = (double)(end_fade + p->fade);
    }
    for (uint32_t i = 0; i < count; i++)
        parts[i] = (struct fv_part){.struct_size = sizeof parts[i],
                                    .id = pieces[i].side->track->id,
                                    .gain_db = pieces[i].side->gain_db,
                                    .warp = pieces[i].line->points,
                                    .warp_count = pieces[i].line->count};
    char *params = params_write(&p->params, style);
    if (!params)
        return -ENOMEM;
    struct fv_segment segment = {.struct_size = sizeof segment,
                                 .kind = kind,
                                 .length = length,
                                 .parts = parts,
                                 .part_count = count,
                                 .params = params,
                                 .why = why};
    p->at += length;
    int rc = p->sink->segment(p->sink->ctx, &segment);
    free(params);
    return rc;
}

static void clear_params(struct planning *p)
{
    params_release(&p->params);
    p->params = (struct params){.fade_from = HUGE_VAL, .fade_to = HUGE_VAL};
}

/* Append a segment, or what of it lies before the end of the show. */
static int put(struct planning *p, enum fv_kind kind, const struct piece *pieces,
               uint32_t count, const char *style, const char *why)
{
    int64_t length = pieces[0].line->length;
    int64_t left = p->ask->until - p->at;
    length = length < left ? length : left;
    int rc = length > 0 ? send(p, kind, length, pieces, count, style, why) : 0;
    clear_params(p);
    return rc;
}

/* Play on at a steady rate for some frames; what passes the end of the show fades out. */
static int put_play(struct planning *p, const struct side *side, double track,
                    double rate, int64_t length, const char *why)
{
    struct warp_line line;
    struct piece piece = {side, &line};
    int64_t left = p->ask->until - p->at;
    int64_t whole = left - p->fade; /* before the last fade begins */
    length = length < left ? length : left;
    if (length <= 0)
        return 0;
    int64_t plain = length < whole ? length : whole > 0 ? whole : 0;
    int rc = 0;
    if (plain > 0) {
        warp_straight(track, rate, plain, &line);
        rc = put(p, FV_PLAY, &piece, 1, "play", why);
    }
    if (rc || plain == length)
        return rc;
    warp_straight(track + rate * (double)plain, rate, length - plain, &line);
    return put(p, FV_FADEOUT, &piece, 1, "fadeout", "the show ends");
}

/* ---- begin and end --------------------------------------------------------------------
 */

static int begin(struct planning *p, struct fv_cursor *cursor)
{
    struct warp_line line;
    struct piece piece = {&p->to, &line};
    int64_t length = frames_setting(p, "mixer.fade_s", 6);
    double share = TRACK_SHARE * (p->to.ends - p->to.begins);
    length = (int64_t)fmax(fmin((double)length, share), SHORTEST_FADE);
    warp_straight(p->to.begins, 1, length, &line);
    *cursor = (struct fv_cursor){p->to.begins + (double)length, 1};
    return put(p, FV_FADEIN, &piece, 1, "fadein", "nothing plays before it");
}

/* Bring `from` home to its own tempo, unless it is there. */
static int go_home(struct planning *p)
{
    struct warp_line line;
    struct piece piece = {&p->from, &line};
    warp_home(&p->from, p->at_track, p->rate, &line);
    if (line.count < 2 || line.points[line.count - 1].track > p->from.ends)
        return 0;
    p->at_track = line.points[line.count - 1].track;
    p->rate = 1;
    return put(p, FV_PLAY, &piece, 1, "glide", "on the way back to its own tempo");
}

/* The show ends with `from`: play it out. */
static int finish(struct planning *p)
{
    struct fv_plan last = *p->ask;
    int rc = go_home(p);
    int64_t left = (int64_t)((p->from.ends - p->at_track) / p->rate);
    if (rc || left <= 0)
        return rc;
    if (last.until - p->at > left)
        last.until = p->at + left;
    p->ask = &last;
    if (p->fade > left)
        p->fade = left;
    return put_play(p, &p->from, p->at_track, p->rate, left, "");
}

/* ---- styles ---------------------------------------------------------------------------
 */

static int point(struct planning *p, uint32_t part, enum band band, double at,
                 double value)
{
    return params_point(&p->params, part, band, at, value);
}

/* The curves that match_gains draws, as points. */
static int draw_beatmatch(struct planning *p, const struct match *match,
                          const struct warp_line *in_line)
{
    double length = (double)in_line->length, step = length / match->steps;
    double from = 0.125 * match->steps * step, to = length, swap = match->swap * step;
    int rc = 0;
    if (match->swap < match->steps)
        to = 2 * swap - from;
    double low_from = swap - MATCH_SWAP_STEPS * step;
    for (uint32_t part = 0; part < 2; part++) {
        double before = part == 0, behind = part == 1;
        rc |= point(p, part, BAND_LOW, low_from, before);
        rc |= point(p, part, BAND_LOW, swap, behind);
        for (int band = BAND_MID; band <= BAND_HIGH; band++) {
            rc |= point(p, part, (enum band)band, from, before);
            rc |= point(p, part, (enum band)band, to, behind);
        }
    }
    return rc ? -ENOMEM : 0;
}

static void say_match(const struct planning *p, const struct match *best,
                      const struct match *second, const char *style, char *why,
                      size_t cap)
{
    int dear[2] = {0, 1};
    for (int i = 0; i < REASONS; i++) {
        if (best->reasons[i] > best->reasons[dear[0]]) {
            dear[1] = dear[0];
            dear[0] = i;
        } else if (i != dear[0] && best->reasons[i] > best->reasons[dear[1]]) {
            dear[1] = i;
        }
    }
    const char *out_label, *in_label;
    side_energy(&p->from, side_beat(&p->from, best->out_beat), &out_label);
    side_energy(&p->to, side_beat(&p->to, best->in_beat), &in_label);
    int used = snprintf(
        why, cap,
        "%s: %d beats, %s from beat %d under %s from beat %d, tempo %+.1f %%, cost %.2f "
        "(%s %.2f, %s %.2f)",
        style, best->steps, out_label[0] ? out_label : "track", best->out_beat,
        in_label[0] ? in_label : "track", best->in_beat, 100 * (best->rate - 1),
        best->cost, match_reason_name((enum reason)dear[0]), best->reasons[dear[0]],
        match_reason_name((enum reason)dear[1]), best->reasons[dear[1]]);
    if (second->cost < HUGE_VAL && used > 0 && (size_t)used < cap)
        snprintf(why + used, cap - (size_t)used,
                 "; beat %d beats from %d over %d at %.2f", second->steps,
                 second->out_beat, second->in_beat, second->cost);
}

static int put_match(struct planning *p, const struct match *match,
                     const struct warp_line *out_line, const struct warp_line *in_line,
                     const char *style, const char *why, struct fv_cursor *cursor)
{
    struct piece both[2] = {{&p->from, out_line}, {&p->to, in_line}};
    int64_t play = (int64_t)(out_line->points[0].track - p->at_track);
    int rc = put_play(p, &p->from, p->at_track, 1, play, "");
    if (rc == 0)
        rc = draw_beatmatch(p, match, in_line);
    if (rc == 0)
        rc = put(p, FV_BEATMATCH, both, 2, style, why);
    const struct fv_warp *last = &in_line->points[in_line->count - 1];
    double rate = (last->track - last[-1].track) / (last->mix - last[-1].mix);
    struct warp_line home;
    struct piece going = {&p->to, &home};
    warp_home(&p->to, last->track, rate, &home);
    *cursor = (struct fv_cursor){last->track, rate};
    if (rc || home.count < 2)
        return rc;
    *cursor = (struct fv_cursor){home.points[home.count - 1].track, 1};
    return put(p, FV_PLAY, &going, 1, "glide", "on the way back to its own tempo");
}

/* returns 1: done; 0: it can't be done well; or -errno */
static int try_match(struct planning *p, struct fv_cursor *cursor, char *why, size_t cap)
{
    bool is_sure = p->from.has_bar && p->to.has_bar;
    bool has_lines = p->from.has_phrase && p->to.has_phrase;
    struct match best, second;
    struct match_wish wish = {.from = p->at_track,
                              .is_soon = p->ask->flags & FV_SOON,
                              .longest = p->from.beats_per_bar == 3 ? 48 : 64,
                              .is_by_bars = !has_lines};
    wish.longest = wish.is_soon ? wish.longest / 4 : wish.longest;
    if (!is_sure || p->rate != 1 || p->from.beats_per_bar != p->to.beats_per_bar) {
        snprintf(why, cap, "no beatmatch: %s",
                 p->rate != 1 ? "it is still gliding"
                 : is_sure    ? "three beats in a bar do not go with four"
                              : "the beat is not sure enough");
        return 0;
    }
    if (!match_search(&p->from, &p->to, &wish, &best, &second) || best.cost > DEAREST) {
        snprintf(why, cap, "no beatmatch: %s",
                 best.cost < HUGE_VAL ? "nothing fits well enough"
                                      : "tempos do not meet within 6 %, or no room");
        return 0;
    }
    struct warp_line *lines = calloc(2, sizeof *lines);
    if (!lines)
        return -ENOMEM;
    double shift = lock_shift(&p->from, &p->to, &best);
    const char *style = has_lines ? "beatmatch" : "capsule";
    int rc = 0;
    if (warp_overlap(&p->from, &p->to, &best, shift, &lines[0], &lines[1])) {
        say_match(p, &best, &second, style, why, cap);
        rc = put_match(p, &best, &lines[0], &lines[1], style, why, cursor);
        rc = rc ? rc : 1;
    } else {
        snprintf(why, cap, "no beatmatch: the tempo moves too much");
    }
    free(lines);
    return rc;
}

/* On the downbeat: the last beat of `from` ramps out into the first of `to`. */
static int try_cut(struct planning *p, struct fv_cursor *cursor, char *why, size_t cap)
{
    bool is_soon = p->ask->flags & FV_SOON;
    if (!p->from.has_bar || !p->to.has_bar || p->rate != 1)
        return 0;
    struct cut cut;
    if (!fade_find_cut(&p->from, &p->to, p->at_track, is_soon, &cut))
        return 0;
    double out_end = round(side_beat(&p->from, cut.out_beat));
    double in_end = round(side_beat(&p->to, cut.in_beat));
    int64_t length = (int64_t)p->from.period;
    if (out_end - (double)length < p->at_track || out_end > p->from.ends + p->from.period)
        return 0;
    struct warp_line lines[2];
    struct piece both[2] = {{&p->from, &lines[0]}, {&p->to, &lines[1]}};
    warp_straight(out_end - (double)length, 1, length, &lines[0]);
    warp_straight(in_end - (double)length, 1, length, &lines[1]);
    int64_t play = (int64_t)(lines[0].points[0].track - p->at_track);
    int rc = put_play(p, &p->from, p->at_track, 1, play, "");
    double end = (double)length;
    rc = rc ? rc : point(p, 0, BAND_ALL, end - CUT_FADE, 1);
    rc = rc ? rc : point(p, 0, BAND_ALL, end, 0);
    rc = rc ? rc : point(p, 1, BAND_ALL, end - CUT_FADE, 0);
    rc = rc ? rc : point(p, 1, BAND_ALL, end - CUT_FADE / 2.0, 1);
    char text[400];
    snprintf(text, sizeof text, "cut on a downbeat; %.300s", why);
    snprintf(why, cap, "%s", text);
    rc = rc ? rc : put(p, FV_CUT, both, 2, "cut", why);
    *cursor = (struct fv_cursor){in_end, 1};
    return rc ? rc : 1;
}

/* Over a tail that has become quiet the next comes in at once; over one that is still
 * loud both change places at equal power. */
static int draw_crossfade(struct planning *p, double length, bool is_tail)
{
    double in = is_tail ? fmin(length / 2, TAIL_IN) : length;
    double out = is_tail ? length / 2 : 0;
    int rc = point(p, 0, BAND_ALL, out, 1);
    rc = rc ? rc : point(p, 0, BAND_ALL, length, 0);
    rc = rc ? rc : point(p, 1, BAND_ALL, 0, 0);
    return rc ? rc : point(p, 1, BAND_ALL, in, 1);
}

/* By loudness: the next begins where this one has become quiet, or at its end. */
static int put_crossfade(struct planning *p, struct fv_cursor *cursor, char *why,
                         size_t cap)
{
    bool is_soon = p->ask->flags & FV_SOON;
    double left = fmax((p->from.ends - p->at_track) / p->rate, 0);
    double share = TRACK_SHARE * (p->to.ends - p->to.begins);
    double most = (double)frames_setting(p, "mixer.crossfade_s", 12);
    struct fade fade = {fmin(most, SOON_S * FV_RATE), p->to.begins, false};
    if (!is_soon)
        fade_plan(&p->from, &p->to, most, &fade);
    double length = floor(fmax(fmin(fmin(fade.length, share), left), SHORTEST_FADE));
    int64_t play = (int64_t)(is_soon ? 0 : fmax(left - length, 0));
    struct warp_line lines[2];
    struct piece both[2] = {{&p->from, &lines[0]}, {&p->to, &lines[1]}};
    int rc = put_play(p, &p->from, p->at_track, p->rate, play, "");
    warp_straight(p->at_track + p->rate * (double)play, p->rate, (int64_t)length,
                  &lines[0]);
    warp_straight(fade.entry, 1, (int64_t)length, &lines[1]);
    char text[400];
    snprintf(text, sizeof text, "%s of %.1f s%s%s%.300s",
             is_soon ? "skipped: crossfade" : "crossfade by loudness", length / FV_RATE,
             fade.is_tail ? " over a quiet end" : "", why[0] ? "; " : "", why);
    snprintf(why, cap, "%s", text);
    rc = rc ? rc : draw_crossfade(p, length, fade.is_tail);
    rc = rc ? rc : put(p, FV_CROSSFADE, both, 2, "crossfade", why);
    *cursor = (struct fv_cursor){fade.entry + length, 1};
    return rc;
}

static int hand_over(struct planning *p, struct fv_cursor *cursor)
{
    char why[512] = "";
    int rc = p->ask->flags & FV_SOON ? 0 : go_home(p);
    if (rc == 0)
        rc = try_match(p, cursor, why, sizeof why);
    if (rc == 0)
        rc = try_cut(p, cursor, why, sizeof why);
    if (rc == 0)
        rc = put_crossfade(p, cursor, why, sizeof why);
    return rc < 0 ? rc : 0;
}

int plan_make(const struct fv_host *host, const struct fv_plan *ask,
              const struct fv_plan_sink *sink, struct fv_cursor *cursor)
{
    struct planning p = {.host = host,
                         .ask = ask,
                         .sink = sink,
                         .at = ask->at,
                         .at_track = ask->cursor.track,
                         .rate = ask->cursor.rate};
    if (!(p.rate > 0.5 && p.rate < 2) || fabs(p.rate - 1) < 1e-9)
        p.rate = 1;
    p.fade = frames_setting(&p, "mixer.fade_s", 6);
    if (ask->from)
        side_init(&p.from, ask->from, ask->from_pcm, gain_of(&p, ask->from));
    if (ask->to)
        side_init(&p.to, ask->to, ask->to_pcm, gain_of(&p, ask->to));
    clear_params(&p);
    *cursor = ask->cursor;
    if (!ask->from && !ask->to)
        return 0;
    int rc = !ask->from ? begin(&p, cursor)
             : ask->to  ? hand_over(&p, cursor)
                        : finish(&p);
    params_release(&p.params);
    return rc;
}
