/* show.c - opens segments as they come up and keeps their tracks' decoders going from one
 * segment into the next. What a skip cuts off goes on for a moment and fades out, since
 * what follows may begin with another gain, or, if it is stretched, with another wave. */
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

static void close_voice(struct show *show, struct show_voice *voice)
{
    if (voice->render)
        show->mixer->mixer.close(voice->render);
    *voice = (struct show_voice){0};
}

void show_close(struct show *show)
{
    close_voice(show, &show->now);
    close_voice(show, &show->left);
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

static bool plays(const struct show_voice *voice, const struct show_media *media)
{
    for (int i = 0; voice->segment && i < 2; i++)
        if (voice->segment->tracks[i] && voice->segment->tracks[i] == media->track)
            return true;
    return false;
}

static bool is_in_use(const struct show *show, const struct show_media *media)
{
    return plays(&show->now, media) || plays(&show->left, media);
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

static int open_voice(struct show *show, struct show_voice *voice,
                      const struct segment *segment, int64_t offset,
                      struct fv_error *error)
{
    voice->segment = segment;
    for (uint32_t i = 0; i < segment->abi.part_count; i++) {
        voice->pcm[i] = show_pcm(show, segment->tracks[i], error);
        if (!voice->pcm[i]) {
            show->culprit = segment->tracks[i];
            voice->segment = NULL;
            return -EIO;
        }
    }
    int rc = show->mixer->mixer.open(show->mixer->self.mixer, &segment->abi, voice->pcm,
                                     offset, &voice->render);
    if (rc)
        voice->render = NULL;
    return rc;
}

/* For how long a segment is heard on, behind where a skip cut it off. */
static int64_t fade_of(const struct segment *segment)
{
    int64_t more = segment->abi.length - segment->heard;
    return more < SHOW_FADE ? more : SHOW_FADE;
}

/* What was cut off a moment ago, if anything was and can still be heard. */
static void open_left(struct show *show)
{
    struct fv_error ignored;
    const struct segment *cut = NULL;
    for (size_t i = 0; i < show->plan->count; i++) {
        const struct segment *segment = show->plan->segments[i];
        int64_t behind = show->at - segment->start - segment->heard;
        if (behind >= 0 && behind < fade_of(segment))
            cut = segment;
    }
    if (!cut || show->left.render)
        return;
    if (open_voice(show, &show->left, cut, show->at - cut->start, &ignored)) {
        close_voice(show, &show->left);
        show->culprit = NULL;
    }
}

static int open_segment(struct show *show, const struct segment *segment,
                        struct fv_error *error)
{
    int64_t offset = show->at - segment->start;
    int rc = open_voice(show, &show->now, segment, offset, error);
    if (rc == 0)
        open_left(show);
    if (rc == 0 || !show->now.segment)
        return rc;
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

/* Let what was cut off fade into what begins. */
static void fade_left(struct show *show, float *out, int frames)
{
    float gone[FV_BLOCK * FV_CHANNELS];
    const struct segment *cut = show->left.segment;
    int64_t into = show->at - cut->start - cut->heard, fade = fade_of(cut);
    int want = fade - into < frames ? (int)(fade - into) : frames;
    int got = show->mixer->mixer.render(show->left.render, gone, want);
    if (got > want || !is_sound(gone, (got > 0 ? got : 0) * FV_CHANNELS))
        got = 0;
    for (int i = 0; i < got; i++) {
        float share = ((float)(into + i) + 0.5f) / (float)fade;
        for (int c = FV_CHANNELS * i; c < FV_CHANNELS * (i + 1); c++)
            out[c] = gone[c] + share * (out[c] - gone[c]);
    }
    if (got < want || into + got == fade)
        close_voice(show, &show->left);
}

static int render_some(struct show *show, float *out, int frames, struct fv_error *error)
{
    const struct segment *segment = show->now.segment;
    int64_t left = segment->start + segment->heard - show->at;
    frames = frames < FV_BLOCK ? frames : FV_BLOCK;
    int want = left < frames ? (int)left : frames;
    int got = show->mixer->mixer.render(show->now.render, out, want);
    if (got > want || got == 0)
        got = -EPROTO;
    if (got > 0 && !is_sound(out, got * FV_CHANNELS))
        got = -EDOM;
    if (got < 0)
        return fail(show, segment, got, error, "the mixer cannot render");
    if (show->left.render)
        fade_left(show, out, got);
    show->at += got;
    if (got == left)
        close_voice(show, &show->now);
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
        if (!show->now.render) {
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
