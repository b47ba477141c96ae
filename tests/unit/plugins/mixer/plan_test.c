/* plan_test.c - any two tracks, however short or odd and whatever is said of them: the
 * plan has no gap, the tracks go on where they were, and its sound can be begun anywhere.
 */
#include "fixture.h"

#include "../../../../plugins/mixer/plan.c"
#include "render.h"
#include "voice.h"

#define SEGMENTS 40
#define SOFT 100 /* beats */

struct kept {
    struct fv_segment segment;
    struct fv_part parts[2];
};

struct plan_kept {
    struct kept at[SEGMENTS];
    int count;
};

static uint32_t seed;

static double dice(double from, double to)
{
    seed = seed * 1664525u + 1013904223u;
    return from + (to - from) * (double)(seed >> 8) / 16777216.0;
}

/* ---- a host ---------------------------------------------------------------------------
 */

static double otherwise_always(void *ctx, const char *name, double otherwise)
{
    (void)ctx;
    (void)name;
    return otherwise;
}

static const struct fv_host host = {.struct_size = sizeof host,
                                    .number = otherwise_always};

static int keep_segment(void *ctx, const struct fv_segment *segment)
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

static void forget(struct plan_kept *plan)
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
static void song_make(struct song *song, const char *id, double seconds, double bpm,
                      double first, int phrase)
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

/* Whatever the ears may say, within what the host lets through. */
static void song_doubt(struct song *song)
{
    struct fv_analysis *found = &song->found;
    double *chances[] = {&found->loudness_lufs, &found->true_peak_dbtp,
                         &found->silence_head, &found->silence_tail};
    const double least[] = {-70, -60, 0, 0}, most[] = {0, 6, 20, 20};
    for (int i = 0; i < 4; i++)
        if (dice(0, 1) < 0.3)
            *chances[i] = dice(least[i], most[i]);
    if (dice(0, 1) < 0.3)
        found->tempo_confidence = (float)dice(0, 1);
    if (dice(0, 1) < 0.3)
        found->bar_confidence = (float)dice(0, 1);
    if (dice(0, 1) < 0.3)
        found->phrase_confidence = (float)dice(0, 1);
    if (dice(0, 1) < 0.2)
        found->beats_per_bar = (uint32_t)dice(0, 4.99);
    if (dice(0, 1) < 0.2)
        found->phrase_count = (uint32_t)dice(0, found->phrase_count + 0.99);
    if (dice(0, 1) < 0.2)
        found->downbeat_count = (uint32_t)dice(0, found->downbeat_count + 0.99);
    if (dice(0, 1) < 0.2)
        found->feature_count = (uint32_t)dice(0, found->feature_count + 0.99);
    if (dice(0, 1) < 0.2)
        for (uint32_t i = 1; i < found->beat_count; i++)
            song->beats[i] = song->beats[i - 1] + dice(0.001, 1.2);
    if (dice(0, 1) < 0.1)
        found->beat_count = (uint32_t)dice(0, 3.99);
    if (dice(0, 1) < 0.05)
        song->track.analysis = NULL;
}

static void song_free(struct song *song)
{
    sound_free(&song->sound);
}

/* ---- judging --------------------------------------------------------------------------
 */

static double end_of(const struct kept *kept, uint32_t part)
{
    struct voice voice;
    voice_open(&voice, &kept->segment, part, NULL, -1);
    return voice_at(&voice, (double)kept->segment.length);
}

/* Segments of one track follow each other in it. */
static void check_continuity(const struct plan_kept *plan, const struct song *from,
                             double cursor)
{
    const char *id = from ? from->track.id : NULL;
    double at = cursor;
    for (int i = 0; i < plan->count; i++) {
        const struct kept *kept = &plan->at[i];
        if (id && strcmp(kept->parts[0].id, id) == 0)
            assert_true(fabs(kept->parts[0].warp[0].track - at) < 1.01);
        uint32_t last = kept->segment.part_count - 1;
        id = kept->parts[last].id;
        at = end_of(kept, last);
    }
}

static const struct fv_pcm *pcm_of(const char *id, struct song *a, struct song *b)
{
    return strcmp(id, a->track.id) == 0 ? &a->sound.pcm : &b->sound.pcm;
}

static float *render_from(const struct kept *kept, struct song *a, struct song *b,
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

static void check_sound(const struct kept *kept, struct song *a, struct song *b)
{
    enum { MOST = 3 * FV_RATE, SPAN = 3000 };
    int count = kept->segment.length < MOST ? (int)kept->segment.length : MOST;
    float *whole = render_from(kept, a, b, 0, count, 1152);
    int offset = (int)dice(0, count - 1), span = count - offset;
    span = span < SPAN ? span : SPAN;
    float *part = render_from(kept, a, b, offset, span, 1 + (int)dice(0, 700));
    assert_memory_equal(part, whole + 2 * offset, (size_t)span * 2 * sizeof *part);
    free(whole);
    free(part);
    span = kept->segment.length < SPAN ? (int)kept->segment.length : SPAN;
    free(render_from(kept, a, b, kept->segment.length - span, span, 1152));
}

static int64_t length_of(const struct plan_kept *plan)
{
    int64_t length = 0;
    for (int i = 0; i < plan->count; i++)
        length += plan->at[i].segment.length;
    return length;
}

static struct fv_cursor plan_pair(struct plan_kept *plan, struct song *a, struct song *b,
                                  struct fv_cursor cursor, int64_t until, uint32_t flags)
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

/* ---- tests ----------------------------------------------------------------------------
 */

static void test_any_two_tracks_make_a_plan_without_a_gap(void **state)
{
    (void)state;
    static struct song a, b;
    static struct plan_kept plan;
    for (uint32_t round = 0; round < 150; round++) {
        seed = round * 2654435761u + 17;
        double length = pow(10, dice(-4, 2.1)), other = pow(10, dice(-4, 2.1));
        double bpm = dice(60, 180);
        song_make(&a, "a", length, bpm, dice(0, 1), 32);
        song_make(&b, "b", other,
                  dice(0, 1) < 0.5 ? bpm * dice(0.95, 1.05) : dice(60, 180), dice(0, 1),
                  dice(0, 1) < 0.5 ? 32 : 16);
        song_doubt(&a);
        song_doubt(&b);
        struct fv_cursor cursor = {floor(dice(0, length * FV_RATE)), 1};
        if (dice(0, 1) < 0.2)
            cursor.rate = dice(0.94, 1.06);
        int64_t until =
            dice(0, 1) < 0.3 ? 1000 + (int64_t)(pow(10, dice(0, 7))) : INT64_MAX;
        uint32_t flags = dice(0, 1) < 0.3 ? FV_SOON : 0;
        struct fv_cursor after = plan_pair(&plan, &a, &b, cursor, until, flags);
        assert_true(plan.count > 0);
        assert_true(until == INT64_MAX || length_of(&plan) <= until - 1000);
        check_continuity(&plan, &a, cursor.track);
        if (until == INT64_MAX) {
            const struct kept *last = &plan.at[plan.count - 1];
            assert_string_equal(last->parts[last->segment.part_count - 1].id, "b");
            double end = end_of(last, last->segment.part_count - 1);
            assert_true(fabs(end - after.track) < 1.01);
        }
        for (int i = 0; i < plan.count; i++)
            check_sound(&plan.at[i], &a, &b);
        forget(&plan);
        song_free(&a);
        song_free(&b);
    }
}

static const struct kept *find_kind(const struct plan_kept *plan, enum fv_kind kind)
{
    for (int i = 0; i < plan->count; i++)
        if (plan->at[i].segment.kind == kind)
            return &plan->at[i];
    return NULL;
}

static void test_beats_lie_on_beats_and_phrases_on_phrases(void **state)
{
    (void)state;
    static struct song a, b;
    static struct plan_kept plan;
    song_make(&a, "a", 120, 124, 0.3, 32);
    song_make(&b, "b", 120, 128, 0.1, 32);
    plan_pair(&plan, &a, &b, (struct fv_cursor){40000, 1}, INT64_MAX, 0);
    const struct kept *kept = find_kind(&plan, FV_BEATMATCH);
    assert_non_null(kept);
    double out = kept->parts[0].warp[0].track / FV_RATE;
    double in = kept->parts[1].warp[0].track / FV_RATE;
    double phrase_a = (out - 0.3) / (32 * 60 / 124.0);
    double phrase_b = (in - 0.1) / (32 * 60 / 128.0);
    assert_true(fabs(phrase_a - round(phrase_a)) < 1e-4);
    assert_true(fabs(phrase_b - round(phrase_b)) < 1e-4);
    const struct fv_warp *warp = kept->parts[1].warp;
    assert_true(fabs((warp[1].track - warp[0].track) / (warp[1].mix - warp[0].mix) -
                     124.0 / 128) < 1e-4);
    forget(&plan);
    song_free(&a);
    song_free(&b);
}

/* Two beats of each phrase are very quiet to the ears. */
static void song_hush(struct song *song)
{
    for (uint32_t n = 0; n < song->found.feature_count; n++)
        if (n % 32 == 12 || n % 32 == 13)
            song->features[n] =
                (struct fv_beat){.low = 0.002f, .mid = 0.001f, .high = 5e-4f};
}

/* The track time of b, in frames, while a is at one; NAN if they do not sound together.
 */
static double over(const struct plan_kept *plan, double time_a)
{
    struct voice a, b;
    for (int i = 0; i < plan->count; i++) {
        const struct kept *kept = &plan->at[i];
        if (kept->segment.part_count < 2)
            continue;
        voice_open(&a, &kept->segment, 0, NULL, -1);
        voice_open(&b, &kept->segment, 1, NULL, -1);
        for (int64_t at = 0; at < kept->segment.length; at += FV_RATE / 20)
            if (fabs(voice_at(&a, (double)at) - time_a) < FV_RATE / 20)
                return voice_at(&b, (double)at);
    }
    return NAN;
}

static void test_quiet_places_are_not_laid_over_each_other(void **state)
{
    (void)state;
    static struct song a, b;
    static struct plan_kept plan;
    const double phrase = 16.0 * FV_RATE, quiet = 6.2 * FV_RATE;
    song_make(&a, "a", 180, 120, 0, 32);
    song_make(&b, "b", 180, 120, 0, 32);
    song_hush(&a);
    song_hush(&b);
    plan_pair(&plan, &a, &b, (struct fv_cursor){30.0 * FV_RATE, 1}, INT64_MAX, 0);
    for (int n = 2; n < 11; n++) {
        double there = over(&plan, n * phrase + quiet) - quiet;
        assert_false(fabs(there - phrase * round(there / phrase)) < FV_RATE);
    }
    forget(&plan);
    song_free(&a);
    song_free(&b);
}

static void test_it_glides_home_by_less_than_a_thousandth_a_beat(void **state)
{
    (void)state;
    static struct song a, b;
    static struct plan_kept plan;
    song_make(&a, "a", 120, 124, 0.3, 32);
    song_make(&b, "b", 120, 129, 0.1, 32);
    struct fv_cursor after =
        plan_pair(&plan, &a, &b, (struct fv_cursor){40000, 1}, INT64_MAX, 0);
    assert_true(after.rate == 1 && after.track == floor(after.track));
    const struct kept *kept = &plan.at[plan.count - 1];
    assert_int_equal(kept->segment.kind, FV_PLAY);
    double last = 124.0 / 129;
    for (uint32_t i = 1; i < kept->parts[0].warp_count; i++) {
        const struct fv_warp *w = &kept->parts[0].warp[i];
        double rate = (w[0].track - w[-1].track) / (w[0].mix - w[-1].mix);
        assert_true(fabs(rate - last) < 0.00101);
        last = rate;
    }
    assert_true(fabs(last - 1) < 0.00101);
    forget(&plan);
    song_free(&a);
    song_free(&b);
}

static void test_ears_that_are_not_sure_get_an_honest_fade(void **state)
{
    (void)state;
    static struct song a, b;
    static struct plan_kept plan;
    song_make(&a, "a", 120, 124, 0.3, 32);
    song_make(&b, "b", 120, 124, 0.1, 32);
    a.found.beat_confidence = 0.4f;
    plan_pair(&plan, &a, &b, (struct fv_cursor){40000, 1}, INT64_MAX, 0);
    assert_null(find_kind(&plan, FV_BEATMATCH));
    assert_null(find_kind(&plan, FV_CUT));
    assert_non_null(find_kind(&plan, FV_CROSSFADE));
    forget(&plan);
    song_free(&a);
    song_free(&b);
}

static void hum(struct song *song, double hz)
{
    memset(song->sound.samples, 0,
           2 * (size_t)song->sound.pcm.length * sizeof *song->sound.samples);
    sound_add_sine(&song->sound, hz, 0.2);
}

/* Of a sine in so many frames, its amplitude. */
static double heard_of(const float *at, int frames, double hz)
{
    double re = 0, im = 0;
    for (int i = 0; i < frames; i++) {
        double window = 1 - cos(TURN * i / frames);
        re += window * (double)at[2 * i] * cos(TURN * hz * i / FV_RATE);
        im += window * (double)at[2 * i] * sin(TURN * hz * i / FV_RATE);
    }
    return 2 * hypot(re, im) / frames;
}

static void test_a_crossfade_has_one_bass_at_a_time(void **state)
{
    (void)state;
    enum { FRAMES = FV_RATE / 4 };
    static struct song a, b;
    static struct plan_kept plan;
    song_make(&a, "a", 60, 100, 0, 32);
    song_make(&b, "b", 60, 131, 0, 32);
    a.found.beat_confidence = 0.3f;
    hum(&a, 60);
    hum(&b, 100);
    plan_pair(&plan, &a, &b, (struct fv_cursor){0, 1}, INT64_MAX, 0);
    const struct kept *fade = find_kind(&plan, FV_CROSSFADE);
    assert_non_null(fade);
    int count = (int)fade->segment.length, both = 0, none = 0, windows = 0;
    float *out = render_from(fade, &a, &b, 0, count, 1152);
    double whole = 0.2 * pow(10, fade->parts[0].gain_db / 20);
    for (int i = 0; i + FRAMES <= count; i += FRAMES / 2, windows++) {
        bool is_first = heard_of(out + 2 * i, FRAMES, 60) > 0.4 * whole;
        bool is_second = heard_of(out + 2 * i, FRAMES, 100) > 0.4 * whole;
        both += is_first && is_second;
        none += !is_first && !is_second;
    }
    assert_true(windows > 10 && both <= 3 && none == 0);
    free(out);
    forget(&plan);
    song_free(&a);
    song_free(&b);
}

static void test_a_beatmatch_that_is_refused_says_what_it_would_have_cost(void **state)
{
    (void)state;
    static struct song a, b;
    static struct plan_kept plan;
    song_make(&a, "a", 120, 124, 0.3, 32);
    song_make(&b, "b", 120, 124, 0.1, 32);
    for (uint32_t n = 0; n < 100; n++) /* it begins 40 dB under what follows */
        b.features[n] = (struct fv_beat){.low = 0.002f, .mid = 0.001f, .high = 5e-4f};
    plan_pair(&plan, &a, &b, (struct fv_cursor){40000, 1}, INT64_MAX, 0);
    assert_null(find_kind(&plan, FV_BEATMATCH));
    const char *why = NULL;
    for (int i = 0; i < plan.count; i++)
        if (plan.at[i].segment.part_count == 2)
            why = strstr(plan.at[i].segment.why, "no beatmatch: the best one's cost ");
    assert_non_null(why);
    assert_true(strtod(why + strlen("no beatmatch: the best one's cost "), NULL) > 2.5);
    assert_non_null(strstr(why, "(level "));
    forget(&plan);
    song_free(&a);
    song_free(&b);
}

/* Whether a song is matched that begins softer by `gain`, for longer than an overlap. */
static bool is_soft_one_matched(float gain)
{
    static struct song a, b;
    static struct plan_kept plan;
    song_make(&a, "a", 120, 124, 0.3, 32);
    song_make(&b, "b", 120, 124, 0.1, 32);
    for (uint32_t n = 0; n < SOFT; n++) {
        struct fv_beat *soft = &b.features[n];
        *soft = (struct fv_beat){
            .low = gain * soft->low, .mid = gain * soft->mid, .high = gain * soft->high};
    }
    plan_pair(&plan, &a, &b, (struct fv_cursor){40000, 1}, INT64_MAX, 0);
    bool is_matched = find_kind(&plan, FV_BEATMATCH) != NULL;
    forget(&plan);
    song_free(&a);
    song_free(&b);
    return is_matched;
}

static void test_a_dip_that_anybody_hears_is_no_beatmatch(void **state)
{
    (void)state;
    assert_true(is_soft_one_matched(0.3f)); /* the knobs make up for it */
    assert_false(is_soft_one_matched(0.18f));
}

static void test_nothing_begins_that_the_end_of_the_show_cuts_off(void **state)
{
    (void)state;
    static struct song a, b;
    static struct plan_kept plan;
    song_make(&a, "a", 120, 124, 0.3, 32);
    song_make(&b, "b", 120, 124, 0.1, 32);
    for (int left = 60; left <= 119; left += 59) {
        int64_t until = 1000 + (int64_t)left * FV_RATE;
        plan_pair(&plan, &a, &b, (struct fv_cursor){20.0 * FV_RATE, 1}, until, 0);
        bool is_alone = left == 60;
        for (int i = 0; i < plan.count; i++)
            is_alone &= plan.at[i].segment.part_count == 1 &&
                        strcmp(plan.at[i].parts[0].id, "a") == 0;
        assert_int_equal(is_alone, left == 60);
        assert_true(length_of(&plan) == until - 1000 || left != 60);
        forget(&plan);
    }
    song_free(&a);
    song_free(&b);
}

static void test_no_sound_passes_the_ceiling(void **state)
{
    (void)state;
    static struct song a;
    static struct plan_kept plan;
    float peak = 0;
    song_make(&a, "a", 20, 124, 0.3, 32);
    memset(a.sound.samples, 0, 2 * 20 * FV_RATE * sizeof(float));
    sound_add_sine(&a.sound, 441, 0.9);
    a.found.loudness_lufs = -20;
    plan_pair(&plan, &a, NULL, (struct fv_cursor){40000, 1}, INT64_MAX, 0);
    const struct kept *kept = find_kind(&plan, FV_PLAY);
    assert_non_null(kept);
    assert_true(0.9 * pow(10, kept->parts[0].gain_db / 20) > 1);
    float *out = render_from(kept, &a, &a, FV_RATE, FV_RATE, 1152);
    for (int i = 0; i < 2 * FV_RATE; i++)
        peak = fmaxf(peak, fabsf(out[i]));
    assert_true(fabs(20 * log10((double)peak) + 3.3) < 0.02);
    free(out);
    forget(&plan);
    song_free(&a);
}

static void test_tempos_that_do_not_meet_are_cut_on_the_downbeat(void **state)
{
    (void)state;
    static struct song a, b;
    static struct plan_kept plan;
    song_make(&a, "a", 120, 124, 0.3, 32);
    song_make(&b, "b", 120, 150, 0.1, 32);
    plan_pair(&plan, &a, &b, (struct fv_cursor){40000, 1}, INT64_MAX, 0);
    assert_null(find_kind(&plan, FV_BEATMATCH));
    const struct kept *kept = find_kind(&plan, FV_CUT);
    assert_non_null(kept);
    double bar = (end_of(kept, 0) / FV_RATE - 0.3) / (4 * 60 / 124.0);
    assert_true(fabs(bar - round(bar)) < 1e-3);
    forget(&plan);
    song_free(&a);
    song_free(&b);
}

static void test_what_goes_on_softly_is_not_cut_to(void **state)
{
    (void)state;
    static struct song a, b;
    static struct plan_kept plan;
    song_make(&a, "a", 120, 124, 0.3, 32);
    song_make(&b, "b", 120, 150, 0.1, 32);
    for (uint32_t n = 0; n < b.found.feature_count; n++)
        if (n % 4 >= 2) /* half of each bar is next to nothing */
            b.features[n] = (struct fv_beat){.low = 0.02f, .mid = 0.01f, .high = 5e-3f};
    plan_pair(&plan, &a, &b, (struct fv_cursor){40000, 1}, INT64_MAX, 0);
    assert_null(find_kind(&plan, FV_CUT));
    assert_non_null(find_kind(&plan, FV_CROSSFADE));
    forget(&plan);
    song_free(&a);
    song_free(&b);
}

static void test_a_cut_does_not_follow_a_rest(void **state)
{
    (void)state;
    static struct song a, b;
    static struct plan_kept plan;
    song_make(&a, "a", 120, 124, 0.3, 32);
    song_make(&b, "b", 120, 150, 0.1, 32);
    uint32_t rest = 7 * 32 - 15, end = 7 * 32 - 8; /* before the last phrase */
    for (uint32_t n = rest; n < end; n++)
        a.features[n] = (struct fv_beat){.low = 0.02f, .mid = 0.01f, .high = 5e-3f};
    plan_pair(&plan, &a, &b, (struct fv_cursor){40000, 1}, INT64_MAX, 0);
    const struct kept *kept = find_kind(&plan, FV_CUT);
    assert_non_null(kept);
    assert_true(end_of(kept, 0) / FV_RATE < a.found.beats[rest] + 60.0 / 124);
    forget(&plan);
    song_free(&a);
    song_free(&b);
}

static void test_what_was_before_a_track_is_no_rest(void **state)
{
    (void)state;
    static struct song a, b;
    static struct plan_kept plan;
    song_make(&a, "a", 120, 124, 0.3, 32);
    song_make(&b, "b", 120, 150, 0.1, 32);
    plan_pair(&plan, &a, &b, (struct fv_cursor){FV_RATE, 1}, INT64_MAX, FV_SOON);
    const struct kept *kept = find_kind(&plan, FV_CUT);
    assert_non_null(kept);
    assert_true(end_of(kept, 0) < 3 * FV_RATE);
    forget(&plan);
    song_free(&a);
    song_free(&b);
}

static void test_a_skip_leaves_within_ten_seconds(void **state)
{
    (void)state;
    static struct song a, b;
    static struct plan_kept plan;
    const double others[] = {124, 150};
    for (int i = 0; i < 2; i++) {
        song_make(&a, "a", 120, 122, 0.3, 32);
        song_make(&b, "b", 120, others[i], 0.1, 32);
        plan_pair(&plan, &a, &b, (struct fv_cursor){20 * FV_RATE, 1}, INT64_MAX, FV_SOON);
        int64_t alone =
            plan.at[0].segment.part_count == 1 ? plan.at[0].segment.length : 0;
        assert_true(alone < 10 * FV_RATE);
        forget(&plan);
        song_free(&a);
        song_free(&b);
    }
}

static void test_the_same_question_has_the_same_answer(void **state)
{
    (void)state;
    static struct song a, b;
    static struct plan_kept once, again;
    song_make(&a, "a", 120, 122, 0.3, 32);
    song_make(&b, "b", 120, 124, 0.1, 32);
    plan_pair(&once, &a, &b, (struct fv_cursor){44100, 1}, INT64_MAX, 0);
    plan_pair(&again, &a, &b, (struct fv_cursor){44100, 1}, INT64_MAX, 0);
    assert_int_equal(once.count, again.count);
    for (int i = 0; i < once.count; i++) {
        assert_string_equal(once.at[i].segment.params, again.at[i].segment.params);
        assert_string_equal(once.at[i].segment.why, again.at[i].segment.why);
        assert_int_equal(once.at[i].segment.length, again.at[i].segment.length);
    }
    forget(&once);
    forget(&again);
    song_free(&a);
    song_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_two_tracks_make_a_plan_without_a_gap),
        cmocka_unit_test(test_beats_lie_on_beats_and_phrases_on_phrases),
        cmocka_unit_test(test_quiet_places_are_not_laid_over_each_other),
        cmocka_unit_test(test_it_glides_home_by_less_than_a_thousandth_a_beat),
        cmocka_unit_test(test_ears_that_are_not_sure_get_an_honest_fade),
        cmocka_unit_test(test_a_crossfade_has_one_bass_at_a_time),
        cmocka_unit_test(test_a_beatmatch_that_is_refused_says_what_it_would_have_cost),
        cmocka_unit_test(test_a_dip_that_anybody_hears_is_no_beatmatch),
        cmocka_unit_test(test_nothing_begins_that_the_end_of_the_show_cuts_off),
        cmocka_unit_test(test_no_sound_passes_the_ceiling),
        cmocka_unit_test(test_tempos_that_do_not_meet_are_cut_on_the_downbeat),
        cmocka_unit_test(test_what_goes_on_softly_is_not_cut_to),
        cmocka_unit_test(test_a_cut_does_not_follow_a_rest),
        cmocka_unit_test(test_what_was_before_a_track_is_no_rest),
        cmocka_unit_test(test_a_skip_leaves_within_ten_seconds),
        cmocka_unit_test(test_the_same_question_has_the_same_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
