/* mixer.c - the plugin's entry. There is no state: the plan holds all that was decided.
 */
#include "plan.h"
#include "render.h"

#include <forever/plugin.h>

#include <errno.h>
#include <stdlib.h>

struct fv_mixer {
    const struct fv_host *host;
};

static int mixer_create(const struct fv_host *host, struct fv_mixer **self)
{
    struct fv_mixer *made = calloc(1, sizeof *made);
    if (!made)
        return -ENOMEM;
    made->host = host;
    *self = made;
    return 0;
}

static void mixer_destroy(struct fv_mixer *self)
{
    free(self);
}

static int mixer_save(const struct fv_mixer *self, const struct fv_writer *to)
{
    (void)self;
    (void)to;
    return 0;
}

static int mixer_load(struct fv_mixer *self, const struct fv_reader *from)
{
    (void)self;
    (void)from;
    return 0;
}

static int mixer_plan(struct fv_mixer *self, const struct fv_plan *ask,
                      const struct fv_plan_sink *sink, struct fv_cursor *cursor)
{
    return plan_make(self->host, ask, sink, cursor);
}

static int mixer_open(struct fv_mixer *self, const struct fv_segment *segment,
                      const struct fv_pcm *const *pcm, int64_t offset,
                      struct fv_render **render)
{
    (void)self;
    return render_open(segment, pcm, offset, render);
}

static const struct fv_mixer_methods methods = {
    .struct_size = sizeof methods,
    .create = mixer_create,
    .destroy = mixer_destroy,
    .save = mixer_save,
    .load = mixer_load,
    .plan = mixer_plan,
    .open = mixer_open,
    .render = render_run,
    .close = render_close,
};

FV_EXPORT const struct fv_plugin forever_plugin = {
    .struct_size = sizeof forever_plugin,
    .abi_major = FV_ABI_MAJOR,
    .abi_minor = FV_ABI_MINOR,
    .name = "hands",
    .version = "2.4",
    .mixer = &methods,
};
