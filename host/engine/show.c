/* show.c - opens segments as they come up and keeps their tracks' decoders going from one
 * segment into the next. */
#include "show.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

void show_init(struct show *show, const struct plan *plan)
{
    *show = (struct show){.plan = plan};
}

void show_close(struct show *show)
{
    if (show->render)
        show->mixer->mixer.close(show->render);
    show->render = NULL;
    show->segment = NULL;
}

static void media_forget(struct show_media *media)
{
    media_close(media->media);
    track_drop(media->track);
    *media = (struct show_media){0};
}

static void close_all(struct show *show)
{
    show_close(show);
    for (int i = 0; i < SHOW_MEDIA; i++)
        media_forget(&show->media[i]);
}

void show_release(struct show *show)
{
    close_all(show);
    generation_drop(show->mixer);
    generation_drop(show->codec);
    *show = (struct show){0};
}

void show_use(struct show *show, struct generation *mixer, struct generation *codec)
{
    close_all(show);
    generation_hold(mixer);
    generation_hold(codec);
    generation_drop(show->mixer);
    generation_drop(show->codec);
    show->mixer = mixer;
    show->codec = codec;
}

void show_seek(struct show *show, int64_t at)
{
    show_close(show);
    show->at = at;
}

/* ---- tracks ---------------------------------------------------------------------------
 */

static bool is_in_use(const struct show *show, const struct show_media *media)
{
    for (int i = 0; show->segment && i < 2; i++)
        if (show->segment->tracks[i] && show->segment->tracks[i] == media->track)
            return true;
    return false;
}

static struct show_media *place_for(struct show *show)
{
    struct show_media *oldest = NULL;
    for (int i = 0; i < SHOW_MEDIA; i++) {
        struct show_media *media = &show->media[i];
        if (!is_in_use(show, media) && (!oldest || media->used < oldest->used))
            oldest = media;
    }
    media_forget(oldest);
    return oldest;
}

const struct fv_pcm *show_pcm(struct show *show, struct track *track,
                              struct fv_error *error)
{
    for (int i = 0; i < SHOW_MEDIA; i++) {
        if (show->media[i].track == track) {
            show->media[i].used = ++show->uses;
            return media_pcm(show->media[i].media);
        }
    }
    struct show_media *media = place_for(show);
    struct fv_media about;
    char path[4096];
    track_open_path(track, path, sizeof path);
    if (media_open(show->codec, path, &media->media, &about, error))
        return NULL;
    media_watch(media->media, show->life_ms);
    media->track = track_hold(track);
    media->used = ++show->uses;
    return media_pcm(media->media);
}

/* ---- segments -------------------------------------------------------------------------
 */

/* The track whose audio could not be read, if that is what went wrong. */
static struct track *track_to_blame(const struct show *show,
                                    const struct segment *segment)
{
    for (uint32_t i = 0; i < segment->abi.part_count; i++)
        for (int m = 0; m < SHOW_MEDIA; m++)
            if (show->media[m].track == segment->tracks[i] &&
                media_fault(show->media[m].media))
                return segment->tracks[i];
    return NULL;
}

static int fail(struct show *show, const struct segment *segment, int code,
                struct fv_error *error, const char *what)
{
    show->culprit = track_to_blame(show, segment);
    snprintf(error->text, sizeof error->text, "%s: %s",
             show->culprit ? "it can no longer be read" : what, strerror(-code));
    show_close(show);
    return code;
}

static int open_segment(struct show *show, const struct segment *segment,
                        struct fv_error *error)
{
    show->segment = segment;
    for (uint32_t i = 0; i < segment->abi.part_count; i++) {
        show->pcm[i] = show_pcm(show, segment->tracks[i], error);
        if (!show->pcm[i]) {
            show->culprit = segment->tracks[i];
            show->segment = NULL;
            return -EIO;
        }
    }
    int rc = show->mixer->mixer.open(show->mixer->self.mixer, &segment->abi, show->pcm,
                                     show->at - segment->start, &show->render);
    if (rc == 0)
        return 0;
    show->render = NULL;
    return fail(show, segment, rc, error, "the mixer cannot open a segment");
}

/* Below zero if a sample is louder than 8 or no number: positive floats order as their
 * bits do, and of those a compiler makes vectors. */
static int32_t room_above(const float *samples, int count)
{
    const int32_t loudest = 0x41000000; /* 8 as a float's bits */
    int32_t room = 0;
    for (int i = 0; i < count; i++) {
        int32_t bits;
        memcpy(&bits, samples + i, sizeof bits);
        room |= loudest - (bits & INT32_MAX);
    }
    return room;
}

/* Keep a broken mixer from sending what is no sound to the encoder. */
static bool is_sound(const float *samples, int count)
{
    enum { RUN = 64 };
    int32_t room = 0;
    for (; count >= RUN; samples += RUN, count -= RUN)
        room |= room_above(samples, RUN);
    return (room | room_above(samples, count)) >= 0;
}

static int render_some(struct show *show, float *out, int frames, struct fv_error *error)
{
    const struct segment *segment = show->segment;
    int64_t left = segment->start + segment->heard - show->at;
    int want = left < frames ? (int)left : frames;
    int got = show->mixer->mixer.render(show->render, out, want);
    if (got > want || got == 0)
        got = -EPROTO;
    if (got > 0 && !is_sound(out, got * FV_CHANNELS))
        got = -EDOM;
    if (got < 0)
        return fail(show, segment, got, error, "the mixer cannot render");
    show->at += got;
    if (got == left)
        show_close(show);
    return got;
}

/* Silence up to where the plan begins. returns frames, 0 when it has begun */
static int silence_before(struct show *show, float *out, int frames)
{
    const struct plan *plan = show->plan;
    int64_t begins = plan->count ? plan->segments[0]->start : plan->end;
    if (show->at >= begins)
        return 0;
    int silent = begins - show->at < frames ? (int)(begins - show->at) : frames;
    memset(out, 0, (size_t)silent * FV_CHANNELS * sizeof *out);
    show->at += silent;
    return silent;
}

int show_render(struct show *show, float *out, int frames, struct fv_error *error)
{
    int done = silence_before(show, out, frames), rc = 0;
    while (rc >= 0 && done < frames) {
        if (!show->render) {
            const struct segment *next = plan_at(show->plan, show->at);
            rc = next ? open_segment(show, next, error) : -ENODATA;
        }
        if (rc >= 0)
            rc = render_some(show, out + done * FV_CHANNELS, frames - done, error);
        if (rc > 0)
            done += rc;
    }
    return done > 0 ? done : rc;
}
