/* plain.c - the automatic mix as most stations have it: each track to its end, the last
 * six seconds faded into the next at equal power, loudness normalised, peaks clipped. */
#include "rival.h"

#define FADE ((int64_t)6 * FV_RATE)

static double rival_gain_db(const struct fv_track *track)
{
    return track->analysis ? -14 - track->analysis->loudness_lufs : 0;
}

static float fade_out(double share)
{
    return (float)cos(share * M_PI / 2);
}

static float fade_in(double share)
{
    return (float)sin(share * M_PI / 2);
}

static int rival_plan(const struct fv_plan *ask, const struct fv_plan_sink *sink,
                      struct fv_cursor *cursor)
{
    int64_t at = ask->at;
    if (!ask->from && ask->to) {
        double from = 0;
        *cursor = (struct fv_cursor){(double)FADE, 1};
        return rival_put_plain(ask, sink, FV_FADEIN, FADE, &ask->to, &from, 1, &at);
    }
    if (!ask->from)
        return 0;
    int64_t left = ask->from->length - (int64_t)ask->cursor.track;
    int64_t fade = left < FADE ? left : FADE;
    double from[2] = {ask->cursor.track, 0};
    if (!ask->to)
        return rival_put_plain(ask, sink, FV_PLAY, left, &ask->from, from, 1, &at);
    int rc = rival_put_plain(ask, sink, FV_PLAY, left - fade, &ask->from, from, 1, &at);
    const struct fv_track *both[2] = {ask->from, ask->to};
    from[0] += (double)(left - fade);
    *cursor = (struct fv_cursor){(double)fade, 1};
    return rc ? rc : rival_put_plain(ask, sink, FV_CROSSFADE, fade, both, from, 2, &at);
}

static int rival_mix(struct fv_render *render, int64_t pos, int frames, float *out)
{
    enum fv_kind kind = render->segment->kind;
    memset(out, 0, (size_t)frames * 2 * sizeof *out);
    int rc = rival_add(render, 0, pos, frames,
                       kind == FV_CROSSFADE ? fade_out
                       : kind == FV_FADEIN  ? fade_in
                                            : NULL,
                       out);
    if (rc == 0 && render->segment->part_count == 2)
        rc = rival_add(render, 1, pos, frames, fade_in, out);
    for (int i = 0; i < 2 * frames; i++)
        out[i] = out[i] > 1 ? 1 : out[i] < -1 ? -1 : out[i];
    return rc;
}

RIVAL("plain");
