/* render.c - keeps a window of the unlimited mix around the frames that are due; the mix
 * goes on a little beyond both ends of the segment, as its neighbours do, so that the
 * limiter hears no edge. */
#include "render.h"

#include "limiter.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CEILING 0.8810f /* -1.1 dBTP: a tenth for what 4 times oversampling misses */
#define WINDOW (LIMITER_FRAMES + 2 * LIMITER_REACH)
#define PARTS 2

struct fv_render {
    const struct fv_segment *segment;
    const struct fv_pcm *pcm[PARTS];
    float gains[PARTS];
    double fade_from, fade_to; /* of the whole, at the end of the show; none: both huge */
    int64_t pos;               /* next frame to give, from the segment's start */
    int64_t window_at;         /* segment position of window[0] */
    int window_length;         /* frames of the mix in it */
    float window[WINDOW * 2];
    float limited[WINDOW * 2];
};

/* ---- fades ----------------------------------------------------------------------------
 */

static float clamp01(double x)
{
    return (float)(x < 0 ? 0 : x > 1 ? 1 : x);
}

/* Equal power: the squares of both sides of a crossfade add up to 1. */
static float fade_gain(const struct fv_render *render, uint32_t part, int64_t pos)
{
    const struct fv_segment *segment = render->segment;
    float t = clamp01((double)pos / (double)segment->length);
    const float quarter = (float)(M_PI / 2);
    switch (segment->kind) {
    case FV_CROSSFADE:
        return part == 0 ? cosf(t * quarter) : sinf(t * quarter);
    case FV_FADEIN:
        return sinf(t * quarter);
    default:
        return 1;
    }
}

static bool has_fade(const struct fv_segment *segment)
{
    return segment->kind == FV_CROSSFADE || segment->kind == FV_FADEIN;
}

static float end_gain(const struct fv_render *render, int64_t pos)
{
    double length = render->fade_to - render->fade_from;
    double t = length > 0 ? ((double)pos - render->fade_from) / length : 0;
    return cosf(clamp01(t) * (float)(M_PI / 2));
}

/* ---- the mix --------------------------------------------------------------------------
 */

/* Add a part's frames from segment position `pos` on. returns 0 or -errno */
static int add_part(const struct fv_render *render, uint32_t part, int64_t pos,
                    int frames, float *sum)
{
    float pcm[LIMITER_FRAMES * 2];
    const struct fv_part *from = &render->segment->parts[part];
    int64_t track = (int64_t)llround(from->warp[0].track - from->warp[0].mix) + pos;
    const struct fv_pcm *source = render->pcm[part];
    int rc = source->read(source->ctx, track, pcm, frames);
    if (rc < 0)
        return rc;
    float gain = render->gains[part];
    for (int i = 0; i < frames; i++) {
        float faded =
            has_fade(render->segment) ? gain * fade_gain(render, part, pos + i) : gain;
        sum[2 * i] += pcm[2 * i] * faded;
        sum[2 * i + 1] += pcm[2 * i + 1] * faded;
    }
    return 0;
}

static int mix_frames(const struct fv_render *render, int64_t pos, int frames, float *out)
{
    int rc = 0;
    memset(out, 0, (size_t)frames * 2 * sizeof *out);
    for (uint32_t part = 0; rc == 0 && part < render->segment->part_count; part++)
        rc = add_part(render, part, pos, frames, out);
    if ((double)(pos + frames) > render->fade_from)
        for (int i = 0; i < frames; i++) {
            float gain = end_gain(render, pos + i);
            out[2 * i] *= gain;
            out[2 * i + 1] *= gain;
        }
    return rc;
}

/* Fill the window so that `frames` frames at pos can be limited. */
static int fill_window(struct fv_render *render, int frames)
{
    int64_t first = render->pos - LIMITER_REACH;
    int64_t gone = first - render->window_at;
    if (gone > 0 && gone < render->window_length) {
        render->window_length -= (int)gone;
        memmove(render->window, render->window + 2 * gone,
                (size_t)render->window_length * 2 * sizeof *render->window);
    } else if (gone != 0) {
        render->window_length = 0;
    }
    render->window_at = first;
    int want = frames + 2 * LIMITER_REACH;
    while (render->window_length < want) {
        int run = want - render->window_length;
        run = run < LIMITER_FRAMES ? run : LIMITER_FRAMES;
        int rc = mix_frames(render, first + render->window_length, run,
                            render->window + 2 * render->window_length);
        if (rc)
            return rc;
        render->window_length += run;
    }
    return 0;
}

int render_run(struct fv_render *render, float *out, int frames)
{
    int done = 0;
    while (done < frames && render->pos < render->segment->length) {
        int64_t left = render->segment->length - render->pos;
        int run = frames - done < LIMITER_FRAMES ? frames - done : LIMITER_FRAMES;
        run = left < run ? (int)left : run;
        int rc = fill_window(render, run);
        if (rc)
            return rc;
        size_t size = (size_t)(run + 2 * LIMITER_REACH) * 2 * sizeof(float);
        memcpy(render->limited, render->window, size);
        limiter_run(render->limited, run, CEILING);
        memcpy(out + 2 * done, render->limited + 2 * LIMITER_REACH,
               (size_t)run * 2 * sizeof *out);
        render->pos += run;
        done += run;
    }
    return done;
}

/* ---- open and close -------------------------------------------------------------------
 */

static void read_params(struct fv_render *render)
{
    json_t *params = json_loads(render->segment->params, 0, NULL);
    const json_t *fade = json_object_get(params, "fade");
    render->fade_from = render->fade_to = HUGE_VAL;
    if (json_array_size(fade) == 2) {
        render->fade_from = json_number_value(json_array_get(fade, 0));
        render->fade_to = json_number_value(json_array_get(fade, 1));
    }
    json_decref(params);
}

int render_open(const struct fv_segment *segment, const struct fv_pcm *const *pcm,
                int64_t offset, struct fv_render **render)
{
    struct fv_render *made = calloc(1, sizeof *made);
    if (!made)
        return -ENOMEM;
    made->segment = segment;
    for (uint32_t i = 0; i < segment->part_count; i++) {
        made->pcm[i] = pcm[i];
        made->gains[i] = (float)pow(10, segment->parts[i].gain_db / 20);
    }
    made->pos = offset;
    made->window_at = INT64_MIN / 2;
    read_params(made);
    *render = made;
    return 0;
}

void render_close(struct fv_render *render)
{
    free(render);
}
