/* rival.h - what the mixers that ours is measured against have in common: the plugin
 * around a plan and a function that mixes one block. Included once by each of them. */
#ifndef RIVAL_H
#define RIVAL_H

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <forever/plugin.h>

struct fv_mixer {
    const struct fv_host *host;
};

/* A pair of beats, stretched. */
struct beat {
    int index, length; /* frames */
    float *pcm[2];     /* NULL: none yet */
};

struct fv_render {
    const struct fv_segment *segment;
    const struct fv_pcm *pcm[2];
    int64_t pos;
    struct beat own; /* the last one that was made: the same however often it is */
};

static inline void drop_beat(struct beat *beat)
{
    free(beat->pcm[0]);
    free(beat->pcm[1]);
    beat->pcm[0] = beat->pcm[1] = NULL;
}

static int rival_plan(const struct fv_plan *ask, const struct fv_plan_sink *sink,
                      struct fv_cursor *cursor);
/* Fill out with frames pos.. of a segment, pos + frames <= length. */
static int rival_mix(struct fv_render *render, int64_t pos, int frames, float *out);
static double rival_gain_db(const struct fv_track *track);

static int rival_create(const struct fv_host *host, struct fv_mixer **self)
{
    *self = calloc(1, sizeof **self);
    if (!*self)
        return -ENOMEM;
    (*self)->host = host;
    return 0;
}

static void rival_destroy(struct fv_mixer *self)
{
    free(self);
}

static int rival_save(const struct fv_mixer *self, const struct fv_writer *to)
{
    (void)self;
    (void)to;
    return 0;
}

static int rival_load(struct fv_mixer *self, const struct fv_reader *from)
{
    (void)self;
    (void)from;
    return 0;
}

static int rival_do_plan(struct fv_mixer *self, const struct fv_plan *ask,
                         const struct fv_plan_sink *sink, struct fv_cursor *cursor)
{
    (void)self;
    *cursor = ask->cursor;
    return rival_plan(ask, sink, cursor);
}

static int rival_open(struct fv_mixer *self, const struct fv_segment *segment,
                      const struct fv_pcm *const *pcm, int64_t offset,
                      struct fv_render **render)
{
    (void)self;
    *render = calloc(1, sizeof **render);
    if (!*render)
        return -ENOMEM;
    (*render)->segment = segment;
    (*render)->pos = offset;
    for (uint32_t i = 0; i < segment->part_count; i++)
        (*render)->pcm[i] = pcm[i];
    return 0;
}

static int rival_render(struct fv_render *render, float *out, int frames)
{
    int64_t left = render->segment->length - render->pos;
    int run = left < frames ? (int)left : frames;
    int rc = rival_mix(render, render->pos, run, out);
    render->pos += run;
    return rc < 0 ? rc : run;
}

static void rival_close(struct fv_render *render)
{
    drop_beat(&render->own);
    free(render);
}

/* ---- segments -------------------------------------------------------------------------
 */

struct rival_line {
    const struct fv_track *track;
    const struct fv_warp *warp;
    uint32_t count;
};

static int rival_put(const struct fv_plan *ask, const struct fv_plan_sink *sink,
                     enum fv_kind kind, int64_t length, const struct rival_line *lines,
                     uint32_t count, int64_t *at)
{
    struct fv_part parts[2];
    if (length > ask->until - *at)
        length = ask->until - *at;
    if (length <= 0)
        return 0;
    for (uint32_t i = 0; i < count; i++)
        parts[i] = (struct fv_part){.struct_size = sizeof parts[i],
                                    .id = lines[i].track->id,
                                    .gain_db = rival_gain_db(lines[i].track),
                                    .warp = lines[i].warp,
                                    .warp_count = lines[i].count};
    struct fv_segment segment = {.struct_size = sizeof segment,
                                 .kind = kind,
                                 .length = length,
                                 .parts = parts,
                                 .part_count = count,
                                 .params = "{}",
                                 .why = ""};
    *at += length;
    return sink->segment(sink->ctx, &segment);
}

/* A stretch at the recorded speed of one track or of two. */
static int rival_put_plain(const struct fv_plan *ask, const struct fv_plan_sink *sink,
                           enum fv_kind kind, int64_t length,
                           const struct fv_track *const *tracks, const double *from,
                           uint32_t count, int64_t *at)
{
    struct fv_warp warps[2][2];
    struct rival_line lines[2];
    for (uint32_t i = 0; i < count; i++) {
        warps[i][0] = (struct fv_warp){0, from[i]};
        warps[i][1] = (struct fv_warp){(double)length, from[i] + (double)length};
        lines[i] = (struct rival_line){tracks[i], warps[i], 2};
    }
    return rival_put(ask, sink, kind, length, lines, count, at);
}

/* Add a part at the recorded speed, times a gain. */
static inline int rival_add(const struct fv_render *render, uint32_t part, int64_t pos,
                            int frames, float (*fade)(double share), float *out)
{
    const struct fv_part *from = &render->segment->parts[part];
    float *pcm = malloc((size_t)frames * 2 * sizeof *pcm);
    float gain = (float)pow(10, from->gain_db / 20);
    if (!pcm)
        return -ENOMEM;
    int rc = render->pcm[part]->read(render->pcm[part]->ctx,
                                     llround(from->warp[0].track) + pos, pcm, frames);
    for (int i = 0; i < frames; i++) {
        double share = (double)(pos + i) / (double)render->segment->length;
        float now = gain * (fade ? fade(share) : 1);
        out[2 * i] += pcm[2 * i] * now;
        out[2 * i + 1] += pcm[2 * i + 1] * now;
    }
    free(pcm);
    return rc < 0 ? rc : 0;
}

static const struct fv_mixer_methods rival_methods = {
    .struct_size = sizeof rival_methods,
    .create = rival_create,
    .destroy = rival_destroy,
    .save = rival_save,
    .load = rival_load,
    .plan = rival_do_plan,
    .open = rival_open,
    .render = rival_render,
    .close = rival_close,
};

#define RIVAL(plugin_name)                                                               \
    FV_EXPORT const struct fv_plugin forever_plugin = {                                  \
        .struct_size = sizeof forever_plugin,                                            \
        .abi_major = FV_ABI_MAJOR,                                                       \
        .abi_minor = FV_ABI_MINOR,                                                       \
        .name = plugin_name,                                                             \
        .version = "1.0",                                                                \
        .mixer = &rival_methods,                                                         \
    }

#endif
