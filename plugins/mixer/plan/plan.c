/* plan.c - how one track leaves and the next comes in: beats on beats where the ears are
 * sure and the tempos meet; on a downbeat where they are sure and tempos do not; else by
 * loudness alone. */
#include "plan.h"

#include "planning.h"
#include "styles.h"

#include <math.h>

#define PEAK_DB (-2.8)     /* dBTP that no track's gain should lift it above ... */
#define LIMITED_DB 4.8     /* ... by more than this, which the limiter takes */
#define SHORTEST_FADE 2205 /* frames: no click, whatever else */
#define TRACK_SHARE 0.33   /* of a track that a fade may take */

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

/* ---- begin and end --------------------------------------------------------------------
 */

static int begin(struct planning *p, struct fv_cursor *cursor)
{
    struct warp_line line;
    struct piece piece = {&p->to, &line};
    int64_t length = planning_frames(p, "mixer.fade_s", 6);
    double share = TRACK_SHARE * (p->to.ends - p->to.begins);
    length = (int64_t)fmax(fmin((double)length, share), SHORTEST_FADE);
    warp_straight(p->to.begins, 1, length, &line);
    *cursor = (struct fv_cursor){p->to.begins + (double)length, 1};
    return planning_put(p, FV_FADEIN, &piece, 1, "fadein", "nothing plays before it");
}

/* Bring `from` home to its own tempo, unless it is there or has no time for that. */
static int go_home(struct planning *p)
{
    struct warp_line line;
    struct piece piece = {&p->from, &line};
    warp_home(&p->from, p->at_track, p->rate, &line);
    if (line.count < 2)
        return 0;
    p->at_track = line.points[line.count - 1].track;
    p->rate = 1;
    return planning_put(p, FV_PLAY, &piece, 1, "glide",
                        "on the way back to its own tempo");
}

/* Whether the show ends with `from`, or so soon behind it that nobody wants the few
 * seconds of another. */
static bool is_last(const struct planning *p)
{
    double left = (p->from.ends - p->at_track) / p->rate;
    return left > 0 && (double)(p->ask->until - p->at) <= left + (double)p->fade;
}

/* Play `from` out: to the end of the show, or, if that is far, to its own. */
static int finish(struct planning *p)
{
    struct fv_plan last = *p->ask;
    int rc = go_home(p);
    int64_t left = (int64_t)((p->from.ends - p->at_track) / p->rate);
    if (rc || left <= 0)
        return rc;
    p->fade_end = p->at + left < last.until ? p->at + left : last.until;
    if (!is_last(p))
        last.until = p->fade_end;
    p->ask = &last;
    if (p->fade > left)
        p->fade = left;
    return planning_put_play(p, &p->from, p->at_track, p->rate, last.until - p->at, "");
}

static int hand_over(struct planning *p, struct fv_cursor *cursor)
{
    char why[512] = "";
    if (is_last(p) && !(p->ask->flags & FV_SOON))
        return finish(p);
    int rc = p->ask->flags & FV_SOON ? 0 : go_home(p);
    if (rc == 0)
        rc = style_match(p, cursor, why, sizeof why);
    if (rc == 0)
        rc = style_cut(p, cursor, why, sizeof why);
    if (rc == 0)
        rc = style_crossfade(p, cursor, why, sizeof why);
    return rc < 0 ? rc : planning_settle(p, cursor);
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
    if (!(p.rate > 0.5 && p.rate < 2) || fabs(p.rate - 1) < WARP_HOME) {
        p.rate = 1;
        p.at_track = round(p.at_track); /* as it is heard */
    }
    p.fade = planning_frames(&p, "mixer.fade_s", 6);
    p.fade_end = ask->until;
    if (ask->from) {
        side_init(&p.from, ask->from, ask->from_pcm, gain_of(&p, ask->from));
        side_goes_out(&p.from);
    }
    if (ask->to) {
        side_init(&p.to, ask->to, ask->to_pcm, gain_of(&p, ask->to));
        side_comes_in(&p.to);
    }
    planning_clear(&p);
    *cursor = ask->cursor;
    if (!ask->from && !ask->to)
        return 0;
    int rc = !ask->from ? begin(&p, cursor)
             : ask->to  ? hand_over(&p, cursor)
                        : finish(&p);
    params_release(&p.params);
    return rc;
}
