/* slide.c - what is left of a line that was looked at is moved to its start. */
#include "slide.h"

#include <string.h>

int slide_feed(struct slide *slide, int window, int hop, const float *in, int count,
               int (*frame)(void *ctx, const float *samples), void *ctx)
{
    while (count > 0) {
        int take = 2 * window - slide->filled, used = 0;
        if (take > count)
            take = count;
        memcpy(slide->line + slide->filled, in, (size_t)take * sizeof *in);
        slide->filled += take;
        in += take;
        count -= take;
        for (; used + window <= slide->filled; used += hop) {
            int err = frame(ctx, slide->line + used);
            if (err)
                return err;
        }
        slide->filled -= used;
        memmove(slide->line, slide->line + used, (size_t)slide->filled * sizeof *in);
    }
    return 0;
}
