/* extend.c - asks the mixer how the plan goes on: all or nothing. */
#include "mix.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct extending {
    struct plan *plan;
    struct track *from, *to;
    struct fv_error *error;
};

static int take_segment(void *ctx, const struct fv_segment *segment)
{
    struct extending *extending = ctx;
    return plan_append(extending->plan, segment, extending->from, extending->to,
                       extending->error);
}

int plan_extend(struct plan *plan, struct show *show, struct track *to, int64_t until,
                uint32_t flags, struct fv_error *error)
{
    struct extending extending = {
        .plan = plan, .from = track_hold(plan->last), .to = to, .error = error};
    struct fv_plan_sink sink = {
        .struct_size = sizeof sink, .ctx = &extending, .segment = take_segment};
    struct fv_cursor cursor = {.rate = 1};
    int64_t begins = plan->end;
    struct fv_plan ask = {.struct_size = sizeof ask,
                          .at = begins,
                          .until = until,
                          .cursor = plan->cursor,
                          .flags = flags};
    int rc = 0;
    error->text[0] = 0;
    show->culprit = NULL;
    if (extending.from) {
        ask.from = &extending.from->abi;
        ask.from_pcm = show_pcm(show, extending.from, error);
    }
    if (to) {
        ask.to = &to->abi;
        ask.to_pcm = show_pcm(show, to, error);
    }
    if ((ask.from && !ask.from_pcm) || (ask.to && !ask.to_pcm)) {
        show->culprit = ask.from && !ask.from_pcm ? extending.from : to;
        rc = -EIO;
    }
    if (rc == 0)
        rc = show->mixer->mixer.plan(show->mixer->self.mixer, &ask, &sink, &cursor);
    if (rc == 0 && to && plan->end == begins)
        rc = -EPROTO;
    const char *fault = rc == 0 ? plan_fault_of_cursor(&cursor) : NULL;
    if (fault) {
        snprintf(error->text, sizeof error->text, "the mixer cannot plan: %s", fault);
        rc = -EDOM;
    }
    if (rc == 0) {
        plan_go_on(plan, to, cursor);
    } else {
        struct fv_cursor back = ask.cursor;
        plan_cut(plan, begins);
        plan_go_on(plan, extending.from, back);
        if (!error->text[0])
            snprintf(error->text, sizeof error->text, "the mixer cannot plan: %s",
                     strerror(-rc));
    }
    track_drop(extending.from);
    return rc;
}
