/* styles.c - beats on beats, a cut on a downbeat, a crossfade by loudness: their gains,
 * and what is said of them. */
#include "styles.h"

#include "cross.h"
#include "cut.h"
#include "lock.h"
#include "match.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define SOON_S 4.0              /* crossfade of a skip */
#define SHORTEST_FADE 2205      /* frames: no click, whatever else */
#define TRACK_SHARE 0.33        /* of a track that a fade may take */
#define TAIL_IN (1.0 * FV_RATE) /* in which a track comes in over a quiet end */
#define CROSS_SWAP 17640        /* frames in which a crossfade's bass changes hands ... */
#define SHORTEST_SWAP FV_RATE   /* ... if it is no shorter than this */
#define LISTENED_S 0.005        /* that beats may leave their grid in ... */
#define LISTENED_STEPS 32       /* ... an overlap of this length or more */
#define CUT_FADE 220            /* frames of a cut's ramps */
#define ECHO_BEATS 4
#define ECHO_GAIN 0.6
#define DEAREST 2.5 /* a beatmatch that costs more is worse than none */

static int point(struct planning *p, uint32_t part, enum band band, double at,
                 double value)
{
    return params_point(&p->params, part, band, at, value);
}

/* The curves that overlap_gains draws, as points. */
static int draw_beatmatch(struct planning *p, const struct match *match,
                          const struct warp_line *in_line)
{
    double length = (double)in_line->length, step = length / match->steps;
    double from = 0.125 * match->steps * step, to = length, swap = match->swap * step;
    int rc = 0;
    if (match->swap < match->steps)
        to = 2 * swap - from;
    double low_from = swap - OVERLAP_SWAP_STEPS * step;
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

/* What is dear about a match: "cost 2.80 (structure 1.56, tempo 0.30)" */
static void say_cost(const struct match *match, char *text, size_t cap)
{
    int dear[2] = {0, 1};
    for (int i = 0; i < REASONS; i++) {
        if (match->reasons[i] > match->reasons[dear[0]]) {
            dear[1] = dear[0];
            dear[0] = i;
        } else if (i != dear[0] && match->reasons[i] > match->reasons[dear[1]]) {
            dear[1] = i;
        }
    }
    snprintf(text, cap, "cost %.2f (%s %.2f, %s %.2f)", match->cost,
             overlap_reason_name((enum reason)dear[0]), match->reasons[dear[0]],
             overlap_reason_name((enum reason)dear[1]), match->reasons[dear[1]]);
}

static void say_match(const struct planning *p, const struct match *best,
                      const struct match *second, const char *style, char *why,
                      size_t cap)
{
    char cost[100];
    const char *out_label, *in_label;
    side_energy(&p->from, side_beat(&p->from, best->out_beat), &out_label);
    side_energy(&p->to, side_beat(&p->to, best->in_beat), &in_label);
    say_cost(best, cost, sizeof cost);
    int used = snprintf(
        why, cap,
        "%s: %d beats, %s from beat %d under %s from beat %d, tempo %+.1f %%, %s", style,
        best->steps, out_label[0] ? out_label : "track", best->out_beat,
        in_label[0] ? in_label : "track", best->in_beat, 100 * (best->rate - 1), cost);
    if (second->cost < HUGE_VAL && used > 0 && (size_t)used < cap)
        snprintf(why + used, cap - (size_t)used,
                 "; beat %d beats from %d over %d at %.2f", second->steps,
                 second->out_beat, second->in_beat, second->cost);
}

/* The lines of a beatmatch: of the outgoing track on the way there, and of both in it. */
struct meeting {
    struct warp_line lean, out, in;
};

static bool lay_meeting(const struct planning *p, const struct match *match, double shift,
                        struct meeting *meeting)
{
    struct warp_line *lean = &meeting->lean;
    double begin = round(side_beat(&p->from, match->out_beat));
    warp_lean(&p->from, match->out_beat, match->lean, lean);
    if (lean->count > 0)
        begin = lean->points[lean->count - 1].track;
    return warp_overlap(&p->from, &p->to, match, begin, shift, &meeting->out,
                        &meeting->in);
}

static int put_match(struct planning *p, const struct match *match,
                     const struct meeting *meeting, const char *style, const char *why,
                     struct fv_cursor *cursor)
{
    const struct warp_line *lean = &meeting->lean, *in_line = &meeting->in;
    struct piece both[2] = {{&p->from, &meeting->out}, {&p->to, in_line}};
    struct piece leaning = {&p->from, lean};
    double begin = lean->count > 0 ? lean->points[0].track : meeting->out.points[0].track;
    int64_t play = (int64_t)(begin - p->at_track);
    planning_meet(p, play + lean->length, &meeting->out, in_line);
    int rc = planning_put_play(p, &p->from, p->at_track, 1, play, "");
    if (rc == 0 && lean->count > 0)
        rc = planning_put(p, FV_PLAY, &leaning, 1, "glide",
                          "on the way to the next one's tempo");
    if (rc == 0)
        rc = draw_beatmatch(p, match, in_line);
    if (rc == 0)
        rc = planning_put(p, FV_BEATMATCH, both, 2, style, why);
    const struct fv_warp *last = &in_line->points[in_line->count - 1];
    double rate = (last->track - last[-1].track) / (last->mix - last[-1].mix);
    struct warp_line home;
    struct piece going = {&p->to, &home};
    warp_home(&p->to, last->track, rate, &home);
    *cursor = (struct fv_cursor){last->track, rate};
    if (rc || home.count < 2)
        return rc;
    *cursor = (struct fv_cursor){home.points[home.count - 1].track, 1};
    return planning_put(p, FV_PLAY, &going, 1, "glide",
                        "on the way back to its own tempo");
}

/* The cheapest whose grids hold when they are listened to. What does not hold long may
 * hold for half as long, but of a shorter while too little is heard to tell. */
static bool find_match(const struct planning *p, struct match_wish *wish,
                       struct match *best, struct match *second, double *shift)
{
    while (match_search(&p->from, &p->to, wish, best, second)) {
        double share = fmin(1, (double)best->steps / LISTENED_STEPS);
        if (lock_find(&p->from, &p->to, best, LISTENED_S * share, shift) || wish->is_soon)
            return true;
        wish->longest = best->steps / 2;
        if (wish->longest < LISTENED_STEPS)
            return false;
    }
    return false;
}

/* What stands against any overlap on the beat; NULL: nothing does. */
static const char *find_obstacle(const struct planning *p)
{
    struct match match;
    if (p->rate != 1)
        return "it is still gliding";
    if (!p->from.has_beat || !p->to.has_beat)
        return "the beat is not sure enough";
    if (!p->from.has_bar || !p->to.has_bar)
        return "the downbeat is not sure enough";
    if (p->from.beats_per_bar != p->to.beats_per_bar)
        return "three beats in a bar do not go with four";
    return match_fold(&p->from, &p->to, &match) ? NULL : "tempos do not meet within 6 %";
}

int style_match(struct planning *p, struct fv_cursor *cursor, char *why, size_t cap)
{
    const char *obstacle = find_obstacle(p);
    bool has_lines = p->from.has_phrase && p->to.has_phrase;
    struct match best, second;
    double shift;
    struct match_wish wish = {.from = p->at_track,
                              .is_soon = p->ask->flags & FV_SOON,
                              .longest = p->from.beats_per_bar == 3 ? 48 : 64};
    wish.longest = wish.is_soon ? wish.longest / 4 : wish.longest;
    if (obstacle) {
        snprintf(why, cap, "no beatmatch: %s", obstacle);
        return 0;
    }
    if (!find_match(p, &wish, &best, &second, &shift)) {
        snprintf(why, cap, "no beatmatch: no room, or no grid that holds");
        return 0;
    }
    if (best.cost > DEAREST) {
        char cost[100];
        say_cost(&best, cost, sizeof cost);
        snprintf(why, cap, "no beatmatch: the best one's %s", cost);
        return 0;
    }
    struct meeting *meeting = calloc(1, sizeof *meeting);
    if (!meeting)
        return -ENOMEM;
    const char *style = has_lines ? "beatmatch" : "capsule";
    int rc = 0;
    if (lay_meeting(p, &best, shift, meeting)) {
        say_match(p, &best, &second, style, why, cap);
        rc = put_match(p, &best, meeting, style, why, cursor);
        rc = rc ? rc : 1;
    } else {
        snprintf(why, cap, "no beatmatch: the tempo moves too much");
    }
    free(meeting);
    return rc;
}

/* Ramps at the downbeat; behind it, if there is room, the last beat echoes away without
 * its bass. */
static int draw_cut(struct planning *p, double beat, double length)
{
    bool is_echo = length > beat;
    int rc = point(p, 1, BAND_ALL, beat - CUT_FADE, 0);
    rc = rc ? rc : point(p, 1, BAND_ALL, beat - CUT_FADE / 2.0, 1);
    rc = rc ? rc : point(p, 0, BAND_ALL, beat - CUT_FADE, 1);
    if (rc || !is_echo)
        return rc ? rc : point(p, 0, BAND_ALL, beat, 0);
    p->params.echo_at = beat;
    p->params.echo_beat = beat;
    rc = point(p, 0, BAND_ALL, beat, ECHO_GAIN);
    rc = rc ? rc : point(p, 0, BAND_ALL, length - beat, ECHO_GAIN / 4);
    rc = rc ? rc : point(p, 0, BAND_ALL, length, 0);
    rc = rc ? rc : point(p, 0, BAND_LOW, beat - CUT_FADE, 1);
    return rc ? rc : point(p, 0, BAND_LOW, beat, 0);
}

/* On the downbeat: the last beat of `from` ramps out into the first of `to`. */
int style_cut(struct planning *p, struct fv_cursor *cursor, char *why, size_t cap)
{
    bool is_soon = p->ask->flags & FV_SOON;
    if (!p->from.has_bar || !p->to.has_bar || p->rate != 1)
        return 0;
    struct cut cut;
    if (!cut_find(&p->from, &p->to, p->at_track, is_soon, &cut))
        return 0;
    double out_end = round(side_beat(&p->from, cut.out_beat));
    double in_end = round(side_beat(&p->to, cut.in_beat));
    int64_t beat = (int64_t)p->from.period, length = beat;
    if (out_end - (double)beat < p->at_track || out_end > p->from.ends + p->from.period)
        return 0;
    if (cut.is_drop && in_end + ECHO_BEATS * (double)beat < p->to.ends)
        length += ECHO_BEATS * beat;
    struct warp_line lines[2];
    struct piece both[2] = {{&p->from, &lines[0]}, {&p->to, &lines[1]}};
    warp_straight(out_end - (double)beat, 1, length, &lines[0]);
    warp_straight(in_end - (double)beat, 1, length, &lines[1]);
    int64_t play = (int64_t)(lines[0].points[0].track - p->at_track);
    planning_meet(p, play, &lines[0], &lines[1]);
    int rc = planning_put_play(p, &p->from, p->at_track, 1, play, "");
    rc = rc ? rc : draw_cut(p, (double)beat, (double)length);
    bool is_echo = length > beat;
    char text[400];
    snprintf(text, sizeof text, "%s on a downbeat, cost %.2f; %.300s",
             is_echo ? "echo out" : "cut", cut.cost, why);
    snprintf(why, cap, "%s", text);
    rc = rc ? rc : planning_put(p, FV_CUT, both, 2, is_echo ? "echo" : "cut", why);
    *cursor = (struct fv_cursor){in_end + (double)(length - beat), 1};
    return rc ? rc : 1;
}

/* One bass at a time: where both are as loud it changes hands, and keeps its level till
 * then; over a quiet end it is the second's from the start. */
static int draw_cross_bass(struct planning *p, const struct cross *cross, double in)
{
    double middle = cross->length / 2, half = fmin(cross->length / 8, CROSS_SWAP / 2);
    double from = cross->is_tail ? 0 : middle - half;
    double to = cross->is_tail ? in : middle + half;
    int rc = point(p, 0, BAND_LOW, 0, 1);
    if (!cross->is_tail) {
        rc = rc ? rc : point(p, 0, BAND_LOW, from, M_SQRT2);
        rc = rc ? rc : point(p, 1, BAND_LOW, from, 0);
        rc = rc ? rc : point(p, 1, BAND_LOW, to, M_SQRT2);
        rc = rc ? rc : point(p, 1, BAND_LOW, cross->length, 1);
    }
    return rc ? rc : point(p, 0, BAND_LOW, to, 0);
}

/* The curves that cross_gains draws, as points. */
static int draw_cross(struct planning *p, const struct cross *cross)
{
    double length = cross->length;
    double in = cross->is_tail ? fmin(length / 2, TAIL_IN) : length;
    double out = cross->is_tail ? length / 2 : 0;
    int rc = point(p, 0, BAND_ALL, out, 1);
    rc = rc ? rc : point(p, 0, BAND_ALL, length, 0);
    rc = rc ? rc : point(p, 1, BAND_ALL, 0, 0);
    rc = rc ? rc : point(p, 1, BAND_ALL, in, 1);
    if (rc || length < SHORTEST_SWAP)
        return rc;
    return draw_cross_bass(p, cross, in);
}

/* A skip leaves here and now; else where loudness changes least. */
static void find_cross(const struct planning *p, bool is_soon, struct cross *cross)
{
    double left = fmax(p->from.ends - p->at_track, 0);
    double share = TRACK_SHARE * (p->to.ends - p->to.begins);
    double most = fmin((double)planning_frames(p, "mixer.crossfade_s", 12), share);
    most = fmin(most, left / p->rate);
    *cross =
        (struct cross){p->at_track, p->to.begins, fmin(most, SOON_S * FV_RATE), false};
    if (!is_soon)
        cross_find(&p->from, &p->to, p->at_track, most, cross);
    cross->length = floor(fmax(cross->length, SHORTEST_FADE));
}

int style_crossfade(struct planning *p, struct fv_cursor *cursor, char *why, size_t cap)
{
    bool is_soon = p->ask->flags & FV_SOON;
    struct cross cross;
    struct warp_line lines[2];
    struct piece both[2] = {{&p->from, &lines[0]}, {&p->to, &lines[1]}};
    find_cross(p, is_soon, &cross);
    int64_t play = (int64_t)fmax((cross.leave - p->at_track) / p->rate, 0);
    warp_straight(p->at_track + p->rate * (double)play, p->rate, (int64_t)cross.length,
                  &lines[0]);
    warp_straight(cross.entry, 1, (int64_t)cross.length, &lines[1]);
    planning_meet(p, play, &lines[0], &lines[1]);
    int rc = planning_put_play(p, &p->from, p->at_track, p->rate, play, "");
    char text[400];
    snprintf(text, sizeof text, "%s of %.1f s%s%s%.300s",
             is_soon ? "skipped: crossfade" : "crossfade by loudness",
             cross.length / FV_RATE, cross.is_tail ? " over a quiet end" : "",
             why[0] ? "; " : "", why);
    snprintf(why, cap, "%s", text);
    rc = rc ? rc : draw_cross(p, &cross);
    rc = rc ? rc : planning_put(p, FV_CROSSFADE, both, 2, "crossfade", why);
    *cursor = (struct fv_cursor){cross.entry + cross.length, 1};
    return rc ? rc : 1;
}
