/* zoo.h - a mixer and a brain that behave, for plugins that differ from them in one way.
 *
 * The mixer hands everything on to the one in $FOREVER_BUILD, so that its sound is right
 * until it misbehaves. A plugin of the zoo changes its table before anyone reads it.
 */
#ifndef ZOO_H
#define ZOO_H

#include <forever/plugin.h>

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ZOO_UNUSED __attribute__((unused))
#define MISBEHAVE __attribute__((constructor)) static void misbehave(void)
#define PLUGIN(kind)                                                                     \
    FV_EXPORT const struct fv_plugin forever_plugin = {                                  \
        .struct_size = sizeof(struct fv_plugin),                                         \
        .abi_major = FV_ABI_MAJOR,                                                       \
        .abi_minor = FV_ABI_MINOR,                                                       \
        .name = "zoo",                                                                   \
        .version = "1",                                                                  \
        .kind = &kind,                                                                   \
    }

ZOO_UNUSED static void crash(void)
{
    volatile int *volatile nowhere = (volatile int *)16;
    *nowhere = 0;
}

ZOO_UNUSED static void hang(void)
{
    for (;;)
        pause();
}

/* returns the one in $FOREVER_BUILD; NULL: there is none */
ZOO_UNUSED static const struct fv_plugin *real_plugin(const char *name)
{
    char path[600];
    const char *build = getenv("FOREVER_BUILD");
    snprintf(path, sizeof path, "%.500s/plugins/%.50s.so", build ? build : "build", name);
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    return handle ? dlsym(handle, FV_SYMBOL) : NULL;
}

/* ---- a mixer: the real one ------------------------------------------------------------
 */

static const struct fv_mixer_methods *real;

ZOO_UNUSED static int mixer_create(const struct fv_host *host, struct fv_mixer **self)
{
    const struct fv_plugin *plugin = real_plugin("mixer");
    if (!plugin)
        return -ENOENT;
    real = plugin->mixer;
    return real->create(host, self);
}

ZOO_UNUSED static void mixer_destroy(struct fv_mixer *self)
{
    real->destroy(self);
}

ZOO_UNUSED static int mixer_save(const struct fv_mixer *self, const struct fv_writer *to)
{
    return real->save(self, to);
}

ZOO_UNUSED static int mixer_load(struct fv_mixer *self, const struct fv_reader *from)
{
    return real->load(self, from);
}

ZOO_UNUSED static int mixer_plan(struct fv_mixer *self, const struct fv_plan *ask,
                                 const struct fv_plan_sink *sink,
                                 struct fv_cursor *cursor)
{
    return real->plan(self, ask, sink, cursor);
}

ZOO_UNUSED static int mixer_open(struct fv_mixer *self, const struct fv_segment *segment,
                                 const struct fv_pcm *const *pcm, int64_t offset,
                                 struct fv_render **render)
{
    return real->open(self, segment, pcm, offset, render);
}

ZOO_UNUSED static int mixer_render(struct fv_render *render, float *out, int frames)
{
    return real->render(render, out, frames);
}

ZOO_UNUSED static void mixer_close(struct fv_render *render)
{
    real->close(render);
}

ZOO_UNUSED static struct fv_mixer_methods mixer = {
    .struct_size = sizeof(struct fv_mixer_methods),
    .create = mixer_create,
    .destroy = mixer_destroy,
    .save = mixer_save,
    .load = mixer_load,
    .plan = mixer_plan,
    .open = mixer_open,
    .render = mixer_render,
    .close = mixer_close,
};

/* ---- a brain without a thought --------------------------------------------------------
 */

ZOO_UNUSED static int brain_create(const struct fv_host *host, struct fv_brain **self)
{
    (void)host;
    *self = malloc(1);
    return *self ? 0 : -ENOMEM;
}

ZOO_UNUSED static void brain_destroy(struct fv_brain *self)
{
    free(self);
}

ZOO_UNUSED static int brain_save(const struct fv_brain *self, const struct fv_writer *to)
{
    (void)self;
    (void)to;
    return 0;
}

ZOO_UNUSED static int brain_load(struct fv_brain *self, const struct fv_reader *from)
{
    (void)self;
    (void)from;
    return 0;
}

ZOO_UNUSED static int brain_analyse(const struct fv_host *host, const struct fv_pcm *pcm,
                                    const struct fv_analysis_sink *sink)
{
    struct fv_analysis found = {.struct_size = sizeof found,
                                .duration = (double)pcm->length / FV_RATE,
                                .key = -1,
                                .loudness_lufs = -70};
    (void)host;
    return sink->found(sink->ctx, &found);
}

ZOO_UNUSED static int brain_refresh(struct fv_brain *self, struct fv_error *error)
{
    (void)self;
    (void)error;
    return 0;
}

ZOO_UNUSED static int brain_pool(struct fv_brain *self,
                                 const struct fv_candidate_sink *sink)
{
    (void)self;
    (void)sink;
    return 0;
}

ZOO_UNUSED static int brain_next(struct fv_brain *self, uint32_t flags,
                                 struct fv_choice *out)
{
    (void)self;
    (void)flags;
    (void)out;
    return -ENOENT;
}

ZOO_UNUSED static void brain_report(struct fv_brain *self, const char *uri,
                                    enum fv_outcome outcome, const char *reason)
{
    (void)self;
    (void)uri;
    (void)outcome;
    (void)reason;
}

ZOO_UNUSED static struct fv_brain_methods brain = {
    .struct_size = sizeof(struct fv_brain_methods),
    .create = brain_create,
    .destroy = brain_destroy,
    .save = brain_save,
    .load = brain_load,
    .analyse = brain_analyse,
    .refresh = brain_refresh,
    .pool = brain_pool,
    .next = brain_next,
    .report = brain_report,
};

#endif
