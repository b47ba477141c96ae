/* planning.c - nothing passes the end of the show, and gains that the trim asks for are
 * in every segment that it reaches. */
#include "planning.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

int64_t planning_frames(const struct planning *p, const char *name, double otherwise)
{
    return (int64_t)(p->host->number(p->host->ctx, name, otherwise) * FV_RATE);
}

/* Append a segment of the first `length` frames of its lines. */
static int send(struct planning *p, enum fv_kind kind, int64_t length,
                const struct piece *pieces, uint32_t count, const char *style,
                const char *why)
{
    struct fv_part parts[2];
    int64_t end_fade = p->fade_end - p->fade - p->at; /* where it begins */
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

void planning_clear(struct planning *p)
{
    params_release(&p->params);
    p->params = (struct params){.fade_from = HUGE_VAL, .fade_to = HUGE_VAL};
}

int planning_put(struct planning *p, enum fv_kind kind, const struct piece *pieces,
                 uint32_t count, const char *style, const char *why)
{
    int64_t length = pieces[0].line->length;
    int64_t left = p->ask->until - p->at;
    int rc = 0;
    bool is_trimmed = false;
    length = length < left ? length : left;
    for (uint32_t i = 0; rc >= 0 && i < count; i++) {
        rc = trim_draw(&p->trim, &p->params, i, pieces[i].side == &p->to, p->at,
                       p->at + length);
        is_trimmed |= rc > 0;
    }
    if (is_trimmed && count == 1 && pieces[0].line->count == 2)
        style = "trim";
    if (rc >= 0)
        rc = length > 0 ? send(p, kind, length, pieces, count, style, why) : 0;
    planning_clear(p);
    return rc;
}

void planning_meet(struct planning *p, int64_t play, const struct warp_line *out_line,
                   const struct warp_line *in_line)
{
    const struct warp_line *lines[2] = {out_line, in_line};
    p->trim = (struct trim){.sides = {&p->from, &p->to},
                            .from = p->at,
                            .at = p->at + (play > 0 ? play : 0),
                            .length = out_line->length};
    for (int i = 0; i < 2; i++) {
        const struct fv_warp *points = lines[i]->points,
                             *last = points + lines[i]->count - 1;
        p->trim.tracks[i] = points->track;
        p->trim.rates[i] = (last->track - points->track) / (last->mix - points->mix);
    }
    trim_init(&p->trim);
}

/* How much of what is played next no trim reaches. */
static int64_t untouched_of(const struct planning *p, const struct side *side,
                            int64_t length)
{
    int64_t before = p->trim.at - TRIM_LEAD - p->at;
    if (side != &p->from || p->trim.length == 0 || before >= length)
        return length;
    return before > 0 ? before : 0;
}

int planning_put_play(struct planning *p, const struct side *side, double track,
                      double rate, int64_t length, const char *why)
{
    struct warp_line line;
    struct piece piece = {side, &line};
    int64_t left = p->ask->until - p->at;
    int64_t whole = p->fade_end - p->fade - p->at; /* before the last fade begins */
    length = length < left ? length : left;
    if (length <= 0)
        return 0;
    int64_t plain = length < whole ? length : whole > 0 ? whole : 0;
    int64_t untouched = untouched_of(p, side, plain), done = 0;
    int rc = 0;
    for (int i = 0; rc == 0 && i < 2; i++) { /* as it is, then trimmed */
        int64_t run = i == 0 ? untouched : plain - untouched;
        if (run <= 0)
            continue;
        warp_straight(track + rate * (double)done, rate, run, &line);
        rc = planning_put(p, FV_PLAY, &piece, 1, "play", why);
        done += run;
    }
    if (rc || plain == length)
        return rc;
    warp_straight(track + rate * (double)plain, rate, length - plain, &line);
    return planning_put(p, FV_FADEOUT, &piece, 1, "fadeout", "the show ends");
}

int planning_settle(struct planning *p, struct fv_cursor *cursor)
{
    int64_t left = p->trim.at + p->trim.length + p->trim.lag - p->at;
    if (p->trim.length == 0 || left <= 0)
        return 0;
    int rc = planning_put_play(p, &p->to, cursor->track, cursor->rate, left, "");
    cursor->track += cursor->rate * (double)left;
    return rc;
}
