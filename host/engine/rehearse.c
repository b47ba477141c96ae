/* rehearse.c - a short click track stands for music: the brain hears it, the mixer mixes
 * it into itself, the codec encodes and decodes it. */
#include "rehearse.h"

#include "encoders.h"
#include "finding.h"
#include "media.h"
#include "plan.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BEAT (FV_RATE / 2) /* 120 BPM */
#define LENGTH_S 90
#define BLOCKS 24
#define KBPS 128

static int say(struct fv_error *error, int code, const char *what)
{
    snprintf(error->text, sizeof error->text, "%s: %s", what, strerror(-code));
    return code;
}

/* Of the clicks nothing louder can become. */
static bool is_sound(const float *samples, int count)
{
    for (int i = 0; i < count; i++)
        if (!(fabsf(samples[i]) <= 1.5f))
            return false;
    return true;
}

/* ---- the material ---------------------------------------------------------------------
 */

static float click_at(int64_t frame)
{
    double t = (double)(frame % BEAT) / FV_RATE;
    return (float)(0.5 * exp(-t * 30) * sin(2 * M_PI * 110 * t));
}

static int read_clicks(void *ctx, int64_t pos, float *out, int frames)
{
    int64_t length = *(const int64_t *)ctx;
    for (int i = 0; i < frames; i++) {
        bool is_inside = pos + i >= 0 && pos + i < length;
        out[2 * i] = out[2 * i + 1] = is_inside ? click_at(pos + i) : 0;
    }
    int64_t inside = length - pos;
    return inside <= 0 ? 0 : inside < frames ? (int)inside : frames;
}

static struct fv_pcm click_track(int64_t *length)
{
    return (struct fv_pcm){.struct_size = sizeof(struct fv_pcm),
                           .ctx = length,
                           .length = *length,
                           .read = read_clicks};
}

static struct track *play_of_clicks(const char *id, int64_t length)
{
    enum { BEATS = LENGTH_S * 2 };
    double beats[BEATS], downbeats[BEATS / 4];
    for (int i = 0; i < BEATS; i++)
        beats[i] = i * 0.5;
    for (int i = 0; i < BEATS / 4; i++)
        downbeats[i] = i * 2.0;
    struct fv_analysis found = {.struct_size = sizeof found,
                                .duration = LENGTH_S,
                                .bpm = 120,
                                .tempo_confidence = 1,
                                .beat_confidence = 1,
                                .bar_confidence = 1,
                                .beats_per_bar = 4,
                                .beats = beats,
                                .beat_count = BEATS,
                                .downbeats = downbeats,
                                .downbeat_count = BEATS / 4,
                                .key = 21,
                                .loudness_lufs = -20,
                                .true_peak_dbtp = -6};
    struct fv_media media = {.length = length, .title = "clicks"};
    struct track *known = track_new("rehearsal:", "", "", &media, finding_copy(&found));
    struct track *play = track_play(known, id, "");
    track_drop(known);
    return play;
}

/* ---- brain ----------------------------------------------------------------------------
 */

static int count_found(void *ctx, const struct fv_analysis *found)
{
    int *count = ctx;
    struct fv_analysis *copy =
        finding_copy(found); /* NULL: the library would refuse it */
    *count += copy != NULL;
    free(copy);
    return 0;
}

static int rehearse_brain(struct generation *g, struct fv_error *error)
{
    int64_t length = 6 * FV_RATE;
    struct fv_pcm pcm = click_track(&length);
    int count = 0;
    struct fv_analysis_sink sink = {
        .struct_size = sizeof sink, .ctx = &count, .found = count_found};
    int rc = g->brain.analyse(&g->services.host, &pcm, &sink);
    if (rc)
        return say(error, rc, "analyse failed");
    if (count != 1)
        return say(error, -EPROTO, "analyse did not find one sane analysis");
    json_t *state = generation_save(g);
    json_decref(state);
    return state ? 0 : say(error, -EPROTO, "save failed");
}

/* ---- mixer ----------------------------------------------------------------------------
 */

struct mixing {
    struct plan plan;
    struct track *from, *to;
    struct fv_error *error;
};

static int take_segment(void *ctx, const struct fv_segment *segment)
{
    struct mixing *mixing = ctx;
    return plan_append(&mixing->plan, segment, mixing->from, mixing->to, mixing->error);
}

static int plan_some(struct generation *g, struct mixing *mixing,
                     const struct fv_pcm *pcm)
{
    struct fv_plan_sink sink = {
        .struct_size = sizeof sink, .ctx = mixing, .segment = take_segment};
    struct fv_plan ask = {.struct_size = sizeof ask,
                          .at = mixing->plan.end,
                          .until = INT64_MAX,
                          .from = mixing->from ? &mixing->from->abi : NULL,
                          .from_pcm = mixing->from ? pcm : NULL,
                          .cursor = mixing->plan.cursor,
                          .to = &mixing->to->abi,
                          .to_pcm = pcm};
    mixing->error->text[0] = 0;
    int rc = g->mixer.plan(g->self.mixer, &ask, &sink, &mixing->plan.cursor);
    if (rc && !mixing->error->text[0])
        return say(mixing->error, rc, "plan failed");
    const char *fault = plan_fault_of_cursor(&mixing->plan.cursor);
    return rc == 0 && fault ? say(mixing->error, -EDOM, fault) : rc;
}

static int render_segment(struct generation *g, const struct segment *segment,
                          const struct fv_pcm *pcm, struct fv_error *error)
{
    const struct fv_pcm *both[2] = {pcm, pcm};
    float block[FV_BLOCK * FV_CHANNELS];
    struct fv_render *render;
    int64_t offset = segment->abi.length / 2;
    int rc = g->mixer.open(g->self.mixer, &segment->abi, both, offset, &render);
    if (rc)
        return say(error, rc, "open failed");
    int64_t left = segment->abi.length - offset;
    int want = left < FV_BLOCK ? (int)left : FV_BLOCK;
    int got = g->mixer.render(render, block, want);
    g->mixer.close(render);
    if (got != want)
        return say(error, got < 0 ? got : -EPROTO, "render gave too little");
    if (!is_sound(block, want * FV_CHANNELS))
        return say(error, -EDOM, "render gave samples out of all bounds");
    return 0;
}

static int rehearse_mixer(struct generation *g, struct fv_error *error)
{
    int64_t length = (int64_t)LENGTH_S * FV_RATE;
    struct fv_pcm pcm = click_track(&length);
    struct mixing mixing = {.error = error};
    struct track *a = play_of_clicks("a", length), *b = play_of_clicks("b", length);
    mixing.to = a;
    int rc = plan_some(g, &mixing, &pcm);
    mixing.from = a;
    mixing.to = b;
    if (rc == 0)
        rc = plan_some(g, &mixing, &pcm);
    if (rc == 0 && mixing.plan.count == 0)
        rc = say(error, -EPROTO, "plan gave no segment");
    for (size_t i = 0; rc == 0 && i < mixing.plan.count; i++)
        rc = render_segment(g, mixing.plan.segments[i], &pcm, error);
    plan_release(&mixing.plan);
    track_drop(a);
    track_drop(b);
    return rc;
}

/* ---- codec ----------------------------------------------------------------------------
 */

static int write_frame(void *ctx, size_t mount, uint64_t number, const uint8_t *frame,
                       size_t length)
{
    (void)mount;
    (void)number;
    return write(*(int *)ctx, frame, length) == (ssize_t)length ? 0 : -EIO;
}

static int encode_clicks(struct generation *g, int file, struct fv_error *error)
{
    struct encoders encoders = {0};
    struct frame_sink sink = {.ctx = &file, .frame = write_frame};
    uint32_t kbps = KBPS;
    int64_t length = (int64_t)BLOCKS * FV_BLOCK;
    int rc = encoders_open(&encoders, g, &kbps, 1, 0, error);
    for (int64_t i = 0; rc == 0 && i < BLOCKS; i++) {
        float block[FV_BLOCK * FV_CHANNELS];
        read_clicks(&length, i * FV_BLOCK, block, FV_BLOCK);
        rc = encoders_feed(&encoders, block, &sink);
        if (rc)
            say(error, rc,
                rc == -EPROTO
                    ? "encode gave no whole MP3 frames at the bit rate asked for"
                    : "encode failed");
    }
    encoders_close(&encoders);
    return rc;
}

static int rehearse_codec(struct generation *g, struct fv_error *error)
{
    int file = memfd_create("rehearsal", MFD_CLOEXEC);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    int rc =
        file < 0 ? say(error, -errno, "no memory file") : encode_clicks(g, file, error);
    struct media *media = NULL;
    struct fv_media about;
    if (rc == 0)
        rc = media_open(g, path, &media, &about, error);
    if (rc == 0) {
        float block[FV_BLOCK * FV_CHANNELS];
        const struct fv_pcm *pcm = media_pcm(media);
        int got = pcm->read(pcm->ctx, 5 * FV_BLOCK, block, FV_BLOCK);
        if (got != FV_BLOCK)
            rc = say(error, got < 0 ? got : -EPROTO, "decode gave too little");
        else if (!is_sound(block, got * FV_CHANNELS))
            rc = say(error, -EDOM, "decode gave samples out of all bounds");
    }
    media_close(media);
    if (file >= 0)
        close(file);
    return rc;
}

int rehearse(struct generation *g, struct fv_error *error)
{
    switch (g->kind) {
    case KIND_BRAIN:
        return rehearse_brain(g, error);
    case KIND_MIXER:
        return rehearse_mixer(g, error);
    default:
        return rehearse_codec(g, error);
    }
}
