/* render.c - the strips' sum through the limiter; the mix goes on a little beyond both
 * ends of the segment, as its neighbours do, so that the limiter hears no edge. */
#include "render.h"

#include "limiter.h"
#include "strip.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CEILING 0.7244f /* -2.8 dBTP: MP3 adds up to 2.7 */

struct fv_render {
    const struct fv_segment *segment;
    struct params params;
    struct curve_point end_points[2]; /* of the fade at the end of the show */
    struct curve end_fade;
    int64_t pos;      /* next frame to give, from the segment's start */
    int64_t mixed_to; /* next frame that the limiter gets */
    struct limiter limiter;
    uint32_t strip_count;
    struct strip strips[PARAMS_PARTS];
};

/* ---- the mix --------------------------------------------------------------------------
 */

static void fade_out(const struct fv_render *render, int64_t pos, int frames, float *mix)
{
    for (int n = 0; n < frames; n++) {
        float gain = curve_at(&render->end_fade, (double)(pos + n));
        mix[2 * n] *= gain;
        mix[2 * n + 1] *= gain;
    }
}

/* Mix as much as the limiter wants before it gives `frames` frames. */
static int feed_limiter(struct fv_render *render, int frames)
{
    for (int want; (want = limiter_wants(&render->limiter, frames)) > 0;) {
        int run = want < STRIP_FRAMES ? want : STRIP_FRAMES;
        float *mix = limiter_room(&render->limiter);
        memset(mix, 0, (size_t)run * 2 * sizeof *mix);
        for (uint32_t i = 0; i < render->strip_count; i++) {
            int rc = strip_mix(&render->strips[i], mix, run);
            if (rc)
                return rc;
        }
        if ((double)(render->mixed_to + run) > render->params.fade_from)
            fade_out(render, render->mixed_to, run, mix);
        limiter_put(&render->limiter, run);
        render->mixed_to += run;
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
        int rc = feed_limiter(render, run);
        if (rc)
            return rc;
        limiter_take(&render->limiter, run, CEILING, out + 2 * done);
        render->pos += run;
        done += run;
    }
    return done;
}

/* ---- open and close -------------------------------------------------------------------
 */

static int open_strips(struct fv_render *render, const struct fv_pcm *const *pcm)
{
    const struct fv_segment *segment = render->segment;
    int rc = params_read(&render->params, segment);
    const struct params *params = &render->params;
    render->end_points[0] = (struct curve_point){params->fade_from, 1};
    render->end_points[1] = (struct curve_point){params->fade_to, 0};
    render->end_fade = (struct curve){render->end_points, 2};
    for (uint32_t i = 0; rc == 0 && i < segment->part_count && i < PARAMS_PARTS; i++) {
        rc = strip_open(&render->strips[i], segment, i, pcm[i], params->curves[i],
                        render->mixed_to);
        if (rc == 0 && i == 0 && params->echo_beat > 0 && params->echo_beat < 1e7 &&
            params->echo_at < 1e12)
            voice_echo(&render->strips[0].voice, llround(params->echo_at),
                       llround(params->echo_beat));
        render->strip_count++;
    }
    return rc;
}

int render_open(const struct fv_segment *segment, const struct fv_pcm *const *pcm,
                int64_t offset, struct fv_render **render)
{
    struct fv_render *made = calloc(1, sizeof *made);
    if (!made)
        return -ENOMEM;
    made->segment = segment;
    made->pos = offset;
    made->mixed_to = offset - LIMITER_BEFORE;
    int rc = open_strips(made, pcm);
    if (rc) {
        render_close(made);
        return rc;
    }
    *render = made;
    return 0;
}

void render_close(struct fv_render *render)
{
    if (!render)
        return;
    params_release(&render->params);
    free(render);
}
