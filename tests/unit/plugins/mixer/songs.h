/* songs.h - steady songs of kicks, and what the planner makes of two of them. */
#ifndef SONGS_H
#define SONGS_H

#include "fixture.h"

#include "plan.h"
#include "render.h"
#include "voice.h"

#define SEGMENTS 40

struct kept {
    struct fv_segment segment;
    struct fv_part parts[2];
};

struct plan_kept {
    struct kept at[SEGMENTS];
    int count;
};

/* ---- a host ---------------------------------------------------------------------------
 */

static inline double otherwise_always(void *ctx, const char *name, double otherwise)
{
    (void)ctx;
    (void)name;
    return otherwise;
}

static const struct fv_host host = {.struct_size = sizeof host,
                                    .number = otherwise_always};

static inline int keep_segment(void *ctx, const struct fv_segment *segment)
{
    struct plan_kept *plan = ctx;
    assert_true(plan->count < SEGMENTS);
    struct kept *kept = &plan->at[plan->count++];
    assert_true(segment->length > 0);
    assert_true(segment->part_count >= 1 && segment->part_count <= 2);
    assert_non_null(segment->params);
    assert_non_null(segment->why);
    kept->segment = *segment;
    kept->segment.params = strdup(segment->params);
    kept->segment.why = strdup(segment->why);
    kept->segment.parts = kept->parts;
    for (uint32_t i = 0; i < segment->part_count; i++) {
        const struct fv_part *part = &segment->parts[i];
        assert_true(part->warp_count >= 2 && isfinite(part->gain_db));
        for (uint32_t w = 0; w < part->warp_count; w++) {
            assert_true(isfinite(part->warp[w].mix) && isfinite(part->warp[w].track));
            assert_true(w == 0 || part->warp[w].mix > part->warp[w - 1].mix);
        }
        struct fv_warp *copy = calloc(part->warp_count, sizeof *copy);
        memcpy(copy, part->warp, part->warp_count * sizeof *copy);
        kept->parts[i] = *part;
        kept->parts[i].warp = copy;
    }
    return 0;
}

static inline void forget(struct plan_kept *plan)
{
    for (int i = 0; i < plan->count; i++) {
        struct kept *kept = &plan->at[i];
        for (uint32_t p = 0; p < kept->segment.part_count; p++)
            free((void *)kept->parts[p].warp);
        free((void *)kept->segment.params);
        free((void *)kept->segment.why);
    }
    plan->count = 0;
}

/* ---- tracks ---------------------------------------------------------------------------
 */

struct song {
    struct sound sound;
    struct fv_analysis found;
    struct fv_track track;
    double beats[2000], downbeats[600], phrases[100];
    struct fv_beat features[2000];
    struct fv_section section;
};

/* A steady song: beats, a bar each four of them, a phrase each `phrase` beats. */
static inline void song_make(struct song *song, const char *id, double seconds,
                             double bpm, double first, int phrase)
{
    memset(song, 0, sizeof *song);
    sound_make(&song->sound, (int64_t)(seconds * FV_RATE) + 1);
    struct fv_analysis *found = &song->found;
    *found = (struct fv_analysis){.struct_size = sizeof *found,
                                  .duration = seconds,
                                  .bpm = bpm,
                                  .tempo_confidence = 1,
                                  .beat_confidence = 1,
                                  .bar_confidence = 1,
                                  .phrase_confidence = 0.7f,
                                  .beats_per_bar = 4,
                                  .beats = song->beats,
                                  .downbeats = song->downbeats,
                                  .phrases = song->phrases,
                                  .features = song->features,
                                  .key = -1,
                                  .loudness_lufs = -12,
                                  .true_peak_dbtp = -1};
    for (double at = first; at < seconds - 0.01 && found->beat_count < 2000;
         at += 60 / bpm) {
        uint32_t n = found->beat_count++;
        song->beats[n] = at;
        struct fv_beat *f = &song->features[n];
        *f = (struct fv_beat){.low = 0.2f, .mid = 0.1f, .high = 0.05f};
        if (n % 4 == 0 && found->downbeat_count < 600)
            song->downbeats[found->downbeat_count++] = at;
        if (n % (uint32_t)phrase == 0 && found->phrase_count < 100)
            song->phrases[found->phrase_count++] = at;
        sound_add_kick(&song->sound, at * FV_RATE, 0.6);
    }
    found->feature_count = found->beat_count;
    song->track = (struct fv_track){.struct_size = sizeof song->track,
                                    .id = id,
                                    .uri = id,
                                    .title = id,
                                    .artist = "",
                                    .album = "",
                                    .genre = "",
                                    .length = song->sound.pcm.length,
                                    .analysis = found};
}

static inline void song_free(struct song *song)
{
    sound_free(&song->sound);
}

/* ---- judging --------------------------------------------------------------------------
 */

static inline double end_of(const struct kept *kept, uint32_t part)
{
    struct voice voice;
    voice_open(&voice, &kept->segment, part, NULL, -1);
    return voice_at(&voice, (double)kept->segment.length);
}

static inline const struct fv_pcm *pcm_of(const char *id, struct song *a, struct song *b)
{
    return strcmp(id, a->track.id) == 0 ? &a->sound.pcm : &b->sound.pcm;
}

static inline float *render_from(const struct kept *kept, struct song *a, struct song *b,
                                 int64_t offset, int count, int step)
{
    struct fv_render *render;
    const struct fv_pcm *pcm[2] = {NULL, NULL};
    float *out = calloc((size_t)count * 2, sizeof *out);
    for (uint32_t p = 0; p < kept->segment.part_count; p++)
        pcm[p] = pcm_of(kept->parts[p].id, a, b);
    assert_int_equal(render_open(&kept->segment, pcm, offset, &render), 0);
    for (int done = 0; done < count;) {
        int want = count - done < step ? count - done : step;
        int got = render_run(render, out + 2 * done, want);
        assert_int_equal(got, want);
        done += got;
    }
    render_close(render);
    for (int i = 0; i < 2 * count; i++)
        assert_true(fabsf(out[i]) < 0.89f);
    return out;
}

static inline struct fv_cursor plan_pair(struct plan_kept *plan, struct song *a,
                                         struct song *b, struct fv_cursor cursor,
                                         int64_t until, uint32_t flags)
{
    const struct fv_plan_sink sink = {
        .struct_size = sizeof sink, .ctx = plan, .segment = keep_segment};
    struct fv_plan ask = {.struct_size = sizeof ask,
                          .at = 1000,
                          .until = until,
                          .from = a ? &a->track : NULL,
                          .from_pcm = a ? &a->sound.pcm : NULL,
                          .cursor = cursor,
                          .to = b ? &b->track : NULL,
                          .to_pcm = b ? &b->sound.pcm : NULL,
                          .flags = flags};
    struct fv_cursor after = {NAN, NAN};
    assert_int_equal(plan_make(&host, &ask, &sink, &after), 0);
    assert_true(isfinite(after.track) && after.rate > 0.5 && after.rate < 2);
    return after;
}

static inline const struct kept *find_kind(const struct plan_kept *plan,
                                           enum fv_kind kind)
{
    for (int i = 0; i < plan->count; i++)
        if (plan->at[i].segment.kind == kind)
            return &plan->at[i];
    return NULL;
}

#endif
