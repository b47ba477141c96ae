/* render.c - the same plan and the same sound as the mix thread makes, with the encoding
 * on all processors and no one to wait for. */
#include "render.h"

#include "bytes.h"
#include "hear.h"
#include "log.h"
#include "mix.h"
#include "order.h"
#include "press.h"
#include "timeline_file.h"
#include "wav.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HORIZON_S 30
#define FAILURES_MAX 1000 /* tracks of an order that fail in a row */

struct rendering {
    const struct render_options *options;
    struct offline rooms;
    struct slot slots[KINDS];
    struct scout scout;
    struct order given, played;
    size_t given_at;
    struct plan plan;
    struct show show;
    struct timeline_file timeline;
    FILE *file;
    struct press *press; /* NULL for WAV */
    int64_t until;       /* last PCM frame */
    bool is_once;        /* no duration is asked for: each track once */
    bool is_over;        /* all were played */
    size_t pool;         /* tracks in it, played or not */
    const char *hopeless;
    char why[512];
};

/* ---- the next track -------------------------------------------------------------------
 */

static void ignore(void *ctx)
{
    (void)ctx;
}

static void ignore_swap(void *ctx, const struct swap *swap)
{
    (void)ctx;
    (void)swap;
}

static void ignore_reply(void *ctx, uint64_t id, json_t *given)
{
    (void)ctx;
    (void)id;
    json_decref(given);
}

static void on_hopeless(void *ctx, const char *why)
{
    struct rendering *r = ctx;
    snprintf(r->why, sizeof r->why, "%s", why);
    r->hopeless = r->why;
    atomic_store(&r->scout.is_cancelled, true);
}

static void on_progress(void *ctx, const char *what, size_t done, size_t of)
{
    (void)ctx;
    (void)what;
    if (done < of)
        progress_show("analysing the crate: %zu of %zu", done, of);
    else
        progress_end();
}

static void open_scout(struct rendering *r)
{
    for (int i = 0; i < KINDS; i++) {
        slot_init(&r->slots[i], (enum kind)i, r->options->offline.plugins_dir, "",
                  &r->rooms.services);
        r->slots[i].current = generation_hold(r->rooms.plugins[i]);
    }
    r->scout = (struct scout){.brain = &r->slots[KIND_BRAIN],
                              .codec = &r->slots[KIND_CODEC],
                              .library = r->rooms.library,
                              .settings = &r->rooms.settings,
                              .is_patient = true,
                              .ctx = r,
                              .on_ready = ignore,
                              .on_change = ignore,
                              .on_hopeless = on_hopeless,
                              .on_reply = ignore_reply,
                              .on_swap = ignore_swap,
                              .on_progress = on_progress};
    scout_init(&r->scout);
}

static struct track *next_by_brain(struct rendering *r)
{
    struct track *track = scout_take(&r->scout);
    while (!track && !r->hopeless) {
        bool is_idle = scout_turn(&r->scout);
        track = scout_take(&r->scout);
        if (!track && is_idle)
            break;
    }
    return track;
}

static struct track *next_by_order(struct rendering *r)
{
    struct hearing hearing = {.brain = r->rooms.plugins[KIND_BRAIN],
                              .codec = r->rooms.plugins[KIND_CODEC],
                              .library = r->rooms.library,
                              .settings = &r->rooms.settings};
    for (int failures = 0; failures < FAILURES_MAX; failures++) {
        if (r->is_once && r->given_at >= r->given.count && r->played.count > 0)
            return NULL;
        const char *uri = r->given.uris[r->given_at % r->given.count];
        struct track *track;
        struct fv_error error = {{0}};
        char id[32];
        if (hear_file(&hearing, uri, uri, &track, &error) == 0) {
            snprintf(id, sizeof id, "%.8s-%zu", track->hash, r->given_at++);
            struct track *play = track_play(track, id, "given order");
            track_drop(track);
            return play;
        }
        log_warning("render", "set aside %s: %s", uri, error.text);
        r->given_at++;
        if (r->given_at >= r->given.count && r->played.count == 0)
            break;
    }
    snprintf(r->why, sizeof r->why, "no track of the order can be played");
    r->hopeless = r->why;
    return NULL;
}

/* Once round: what can't be played is not made up for by what was played before. */
static struct track *next_unplayed(struct rendering *r)
{
    struct track *track = next_by_brain(r);
    for (size_t n = 0; track && order_has(&r->played, track->path); n++) {
        track_drop(track);
        track = n < r->pool ? next_by_brain(r) : NULL;
    }
    return track;
}

static struct track *next_track(struct rendering *r)
{
    struct track *track = r->is_over       ? NULL
                          : r->given.count ? next_by_order(r)
                          : r->is_once     ? next_unplayed(r)
                                           : next_by_brain(r);
    r->is_over = r->is_once && !track;
    if (track)
        order_add(&r->played, track->path);
    return track;
}

/* ---- the plan -------------------------------------------------------------------------
 */

/* Segments that end at or before `at` are over: they go into the timeline. */
static void leave_behind(struct rendering *r, int64_t at)
{
    for (size_t i = 0; i < r->plan.count; i++)
        if (r->plan.segments[i]->start + r->plan.segments[i]->heard <= at)
            timeline_file_add(&r->timeline, r->plan.segments[i], r->until);
    plan_trim(&r->plan, at);
}

/* returns 0; 1 when the show is planned to its end */
static int extend(struct rendering *r)
{
    struct fv_error error;
    while (r->plan.end - r->show.at < (int64_t)HORIZON_S * FV_RATE) {
        int64_t begins = r->plan.end;
        struct track *to = r->plan.end < r->until ? next_track(r) : NULL;
        if (!to && (!r->plan.last || r->hopeless || begins >= r->until))
            return 1;
        int rc = plan_extend(&r->plan, &r->show, to, r->until, 0, &error);
        if (rc) {
            log_warning("render", "cannot plan %s: %s", to ? to->title : "the end",
                        error.text);
            if (!r->show.culprit || r->show.culprit == r->plan.last)
                plan_go_on(&r->plan, NULL, (struct fv_cursor){0});
        }
        leave_behind(r, r->show.at - FV_RATE);
        bool is_end = !to;
        track_drop(to);
        if (is_end)
            return 1;
    }
    return 0;
}

/* ---- the sound ------------------------------------------------------------------------
 */

static int write_out(struct rendering *r, const float *pcm, int frames)
{
    return r->press ? press_feed(r->press, pcm, frames) : wav_write(r->file, pcm, frames);
}

static void show_progress(const struct rendering *r, int64_t *shown)
{
    if (r->show.at - *shown < 10 * FV_RATE)
        return;
    *shown = r->show.at;
    int64_t end = r->until == INT64_MAX ? r->plan.end : r->until;
    progress_show("rendering: %lld:%02lld of %lld:%02lld",
                  (long long)(r->show.at / FV_RATE / 60),
                  (long long)(r->show.at / FV_RATE % 60), (long long)(end / FV_RATE / 60),
                  (long long)(end / FV_RATE % 60));
}

static int render_all(struct rendering *r)
{
    float block[FV_BLOCK * FV_CHANNELS];
    struct fv_error error;
    int64_t shown = 0;
    for (;;) {
        extend(r);
        if (r->hopeless && r->show.at == 0 && r->plan.count == 0)
            return -ENOENT;
        int64_t left = r->until - r->show.at;
        int want = left < FV_BLOCK ? (int)left : FV_BLOCK;
        int got = want > 0 ? show_render(&r->show, block, want, &error) : -ENODATA;
        if (got == -ENODATA)
            return 0;
        if (got > 0) {
            int rc = write_out(r, block, got);
            if (rc)
                return rc;
            show_progress(r, &shown);
            continue;
        }
        log_warning("render", "set aside %s: %s",
                    r->show.culprit ? r->show.culprit->path : "a segment", error.text);
        plan_cut(&r->plan, r->show.at);
        plan_go_on(&r->plan, NULL, (struct fv_cursor){0});
    }
}

/* ---- files ----------------------------------------------------------------------------
 */

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

static int fail(const struct rendering *r, const char *what, const char *why)
{
    (void)r;
    progress_end();
    fprintf(stderr, "forever: %s%s%s\n", what, why ? ": " : "", why ? why : "");
    return 1;
}

static char partial[4200]; /* what is written before it is whole, for signals too */

static void remove_and_end(int number)
{
    unlink(partial);
    signal(number, SIG_DFL);
    raise(number);
}

/* But for those that are ignored, as in the background of a script. */
static void on_signals(void (*act)(int number))
{
    static const int numbers[] = {SIGHUP, SIGINT, SIGTERM};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (signal(numbers[i], act) == SIG_IGN)
            signal(numbers[i], SIG_IGN);
}

static int open_out(struct rendering *r, const char *path, struct fv_error *error)
{
    r->file = fopen(path, "w+be");
    if (!r->file) {
        snprintf(error->text, sizeof error->text, "cannot write %.150s: %s", path,
                 strerror(errno));
        return -EIO;
    }
    if (ends_with(r->options->out, ".wav"))
        return wav_write_header(r->file, 0);
    return press_open(&r->press, r->rooms.plugins[KIND_CODEC], r->options->kbps,
                      r->options->threads, r->file, error);
}

static int close_out(struct rendering *r)
{
    int rc = r->press ? press_close(r->press) : wav_write_header(r->file, r->show.at);
    r->press = NULL;
    if (fclose(r->file) != 0 && rc == 0)
        rc = -errno;
    return rc;
}

/* Look at the crate: is there anything to play? */
static void fill_pool(struct rendering *r)
{
    struct fv_error error = {{0}};
    struct generation *brain = r->rooms.plugins[KIND_BRAIN];
    int count = brain->brain.refresh(brain->self.brain, &error);
    if (count < 0) {
        generation_explain(count, "refresh", &error);
        on_hopeless(r, error.text);
    } else if (count == 0) {
        on_hopeless(r, "the crate is empty: no audio files in it");
    }
    r->pool = count > 0 ? (size_t)count : 0;
}

static int run(struct rendering *r)
{
    const struct render_options *options = r->options;
    struct fv_error error = {{0}};
    snprintf(partial, sizeof partial, "%s.partial", options->out);
    if (options->order_file &&
        order_load(&r->given, options->order_file, &error) == -EINVAL)
        return fail(r, error.text, NULL);
    r->until =
        options->duration_s > 0 ? (int64_t)(options->duration_s * FV_RATE) : INT64_MAX;
    r->is_once = options->duration_s <= 0;
    if (r->given.count == 0)
        fill_pool(r);
    if (r->hopeless)
        return fail(r, r->hopeless, NULL);
    if (options->timeline && timeline_file_open(&r->timeline, options->timeline))
        return fail(r, "cannot write the timeline", options->timeline);
    on_signals(remove_and_end);
    if (open_out(r, partial, &error))
        return fail(r, error.text, NULL);
    int rc = render_all(r);
    int closed = close_out(r);
    progress_end();
    rc = rc ? rc : closed;
    if (rc == 0 && rename(partial, options->out) != 0)
        rc = -errno;
    on_signals(SIG_DFL);
    if (rc) {
        remove(partial);
        return r->hopeless ? fail(r, r->hopeless, NULL)
                           : fail(r, options->out, strerror(-rc));
    }
    show_close(&r->show);
    plan_cut(&r->plan, r->show.at); /* what was planned and never heard */
    leave_behind(r, r->show.at);
    if (timeline_file_close(&r->timeline))
        return fail(r, "cannot write the timeline", options->timeline);
    if (options->order_file && r->given.count == 0 &&
        order_save(&r->played, options->order_file))
        return fail(r, "cannot write the order", options->order_file);
    return 0;
}

int render_run(const struct render_options *options)
{
    struct rendering r = {.options = options};
    struct fv_error error;
    if (offline_open(&r.rooms, &options->offline, &error))
        return fail(&r, error.text, NULL);
    open_scout(&r);
    show_init(&r.show, &r.plan);
    show_use(&r.show, r.rooms.plugins[KIND_MIXER], r.rooms.plugins[KIND_CODEC]);
    int status = run(&r);
    timeline_file_close(&r.timeline);
    show_release(&r.show);
    plan_release(&r.plan);
    scout_release(&r.scout);
    for (int i = 0; i < KINDS; i++)
        slot_release(&r.slots[i]);
    order_release(&r.given);
    order_release(&r.played);
    offline_close(&r.rooms);
    return status;
}
