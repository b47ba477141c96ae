/* mix_orders_test.c - skips, with a mixer that plays on for three seconds, fades for two
 * and turns a knob back in one more. */
#include "mix_orders.c"

#include "bytes.h"
#include "check.h"
#include "codec_fixture.h"
#include "wav.h"

#include <sys/wait.h>
#include <unistd.h>

#define SECOND ((int64_t)FV_RATE)
#define TRACKS 3

static struct settings settings;
static struct services services = {.settings = &settings, .cache_dir = "/tmp"};
static struct generation *codec;
static struct library *library;
static struct slot slot = {.kind = KIND_MIXER}, codec_slot = {.kind = KIND_CODEC};
static char path[] = "/tmp/mix_orders_test.XXXXXX";
static struct track *tracks[TRACKS];

static int save_nothing(const struct fv_mixer *self, const struct fv_writer *to)
{
    (void)self;
    (void)to;
    return 0;
}

static int add_segment(const struct fv_plan_sink *sink, enum fv_kind kind,
                       int64_t length_s, const struct fv_track *out,
                       const struct fv_track *in)
{
    static const struct fv_warp warp[] = {{0, 0}, {1, 1}};
    struct fv_part parts[2] = {
        {.struct_size = sizeof *parts, .id = out->id, .warp = warp, .warp_count = 2}};
    parts[1] = parts[0];
    parts[1].id = in ? in->id : NULL;
    struct fv_segment segment = {.struct_size = sizeof segment,
                                 .kind = kind,
                                 .length = length_s * SECOND,
                                 .parts = parts,
                                 .part_count = in ? 2 : 1};
    return sink->segment(sink->ctx, &segment);
}

static struct bed {
    struct scout scout;
    struct mix mix;
    int answers;
    bool ends_nowhere; /* the mixer fills no place in */
    bool is_watched;   /* what is being planned has to outlive the engine */
    bool is_impatient; /* who is answered asks for a skip at once */
    int64_t told_to;   /* sample to which the front knows the segments ... */
    int64_t kept_to;   /* ... and to which the next engine would play them */
} bed;

/* An engine that ended now would leave the track to the next one. */
static bool is_told(const char *id)
{
    json_t *scout = scout_json(&bed.scout), *ready = json_object_get(scout, "ready");
    json_t *first = json_array_get(ready, 0);
    bool is_first = strcmp(json_string_value(json_object_get(first, "id")), id) == 0;
    json_decref(scout);
    return is_first;
}

static int plan_soon(struct fv_mixer *self, const struct fv_plan *ask,
                     const struct fv_plan_sink *sink, struct fv_cursor *cursor)
{
    (void)self;
    if (bed.is_watched)
        assert_true(is_told(ask->to->id));
    if (bed.ends_nowhere)
        cursor->track = (double)NAN;
    if (!ask->from)
        return add_segment(sink, FV_FADEIN, 20, ask->to, NULL);
    return add_segment(sink, FV_PLAY, 3, ask->from, NULL) ||
           add_segment(sink, FV_CROSSFADE, 2, ask->from, ask->to) ||
           add_segment(sink, FV_PLAY, 1, ask->to, NULL);
}

static struct generation mixer = {.references = 1,
                                  .kind = KIND_MIXER,
                                  .mixer = {.save = save_nothing, .plan = plan_soon}};

static void count_answer(void *ctx, uint64_t id, json_t *given)
{
    struct bed *b = ctx;
    (void)id;
    b->answers += json_is_true(json_object_get(given, "ok"));
    json_decref(given);
    if (b->is_impatient)
        assert_int_equal(mix_skip(&b->mix, (struct slot_reply){.id = 2}), 0);
}

/* An engine may end after any message: the next plays nothing that was not told of. */
static void hold_plan(void *ctx)
{
    struct bed *b = ctx;
    b->kept_to = b->mix.plan.end;
    assert_true(b->told_to >= b->kept_to);
}

static void hold_revoke(void *ctx, int64_t sample)
{
    struct bed *b = ctx;
    b->told_to = sample < b->told_to ? sample : b->told_to;
    assert_true(b->told_to >= b->kept_to);
}

static void hold_segment(void *ctx, json_t *given)
{
    struct bed *b = ctx;
    b->told_to = json_integer_value(json_object_get(given, "at")) +
                 json_integer_value(json_object_get(given, "length"));
    json_decref(given);
}

static void ignore_track(void *ctx, const struct track *track)
{
    (void)ctx;
    (void)track;
}

/* The first track plays for 20 s, the second comes in behind it. */
static int open_bed(void **state)
{
    (void)state;
    memset(&bed, 0, sizeof bed);
    scout_init(&bed.scout);
    bed.scout.library = library;
    bed.mix = (struct mix){.mixer = &slot,
                           .codec = &codec_slot,
                           .scout = &bed.scout,
                           .settings = &settings,
                           .ctx = &bed,
                           .on_plan = hold_plan,
                           .on_revoke = hold_revoke,
                           .on_segment = hold_segment,
                           .on_track = ignore_track,
                           .on_reply = count_answer};
    mix_init(&bed.mix);
    mix_use(&bed.mix, &mixer, codec);
    for (int i = 0; i < 2; i++)
        assert_true(mix_extend_with(&bed.mix, tracks[i], 0));
    scout_put_back(&bed.scout, tracks[2]);
    return 0;
}

static int close_bed(void **state)
{
    (void)state;
    mix_release(&bed.mix);
    scout_release(&bed.scout);
    return 0;
}

/* returns the second at which the next transition begins then */
static int64_t skip_at_second(int64_t second)
{
    bed.mix.next_frame = (uint64_t)(second * SECOND / FV_BLOCK);
    show_seek(&bed.mix.show, second * SECOND);
    bed.answers = 0;
    mix_do_skip(&bed.mix, (struct slot_reply){.id = 1});
    assert_int_equal(bed.answers, 1);
    const struct segment *next = transition_from(&bed.mix.plan, second * SECOND);
    assert_non_null(next);
    return next->start / SECOND;
}

TEST(test_skip_leaves_what_plays)
{
    assert_int_equal(skip_at_second(10), 13);
    assert_ptr_equal(transition_from(&bed.mix.plan, 0)->tracks[1], tracks[1]);
}

TEST(test_skip_that_is_said_again_is_not_put_off)
{
    assert_int_equal(skip_at_second(10), 13);
    assert_int_equal(skip_at_second(10), 13);
    assert_int_equal(skip_at_second(12), 13);
}

TEST(test_skip_from_before_the_last_is_planned_anew)
{
    assert_int_equal(skip_at_second(10), 13);
    assert_int_equal(skip_at_second(4), 7); /* a rewind lies between */
}

TEST(test_skip_in_a_transition_leaves_what_comes_in)
{
    assert_int_equal(skip_at_second(10), 13);
    assert_int_equal(skip_at_second(14), 18);
    assert_ptr_equal(transition_from(&bed.mix.plan, 18 * SECOND)->tracks[1], tracks[2]);
}

/* It would click where the one segment ends and the other begins. */
TEST(test_skip_in_a_transition_lets_the_knob_behind_it_fade)
{
    assert_int_equal(skip_at_second(10), 13);
    for (int again = 0; again < 2; again++) {
        assert_int_equal(skip_at_second(14), 18);
        const struct segment *knob = plan_at(&bed.mix.plan, 15 * SECOND);
        assert_int_equal(knob->start, 15 * SECOND);
        assert_int_equal(knob->heard, FV_BLOCK);
        assert_true(knob->abi.length - knob->heard >= SHOW_FADE);
    }
}

TEST(test_next_skip_may_come_when_one_is_answered)
{
    bed.is_impatient = true;
    assert_int_equal(mix_skip(&bed.mix, (struct slot_reply){.id = 1}), 0);
    bed.mix.is_skipping = true;
    skip_at_second(10);
    assert_int_equal(mix_skip(&bed.mix, (struct slot_reply){.id = 3}), -EBUSY);
}

TEST(test_next_skip_now_may_come_when_one_is_answered)
{
    struct slot_reply now = {.id = 1, .now = true};
    bed.is_impatient = true;
    assert_int_equal(mix_skip(&bed.mix, now), 0);
    bed.mix.is_skipping = true;
    mix_do_rewind(&bed.mix, 1, (uint64_t)(10 * SECOND / FV_BLOCK));
    assert_int_equal(bed.answers, 1);
    assert_int_equal(bed.mix.skip.id, 2);
}

TEST(test_track_that_is_being_planned_outlives_the_engine)
{
    bed.is_watched = true;
    skip_at_second(10); /* to the next of the plan */
    skip_at_second(14); /* to the next that is ready */
    scout_put_back(&bed.scout, tracks[0]);
    show_seek(&bed.mix.show, 20 * SECOND);
    mix_extend_when_due(&bed.mix);
    assert_ptr_equal(bed.mix.plan.last, tracks[0]);
    assert_null(bed.scout.taken);
}

/* returns whether the engine ends, so that a build is taken back, for a fault that is a
 * track's or nobody's */
static bool ends_for(struct track *culprit)
{
    struct fv_error error = {"noise"};
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        bed.mix.show.culprit = culprit;
        mix_handle_fault(&bed.mix, &error);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status) == EXIT_FAILURE;
}

/* Nobody could go on from there, and a checkpoint could not say it. */
TEST(test_plan_that_ends_nowhere_is_refused)
{
    int64_t end = bed.mix.plan.end;
    bed.ends_nowhere = true;
    assert_false(mix_extend_with(&bed.mix, tracks[2], 0));
    assert_int_equal(bed.mix.plan.end, end);
}

TEST(test_fault_of_a_new_build_is_no_tracks)
{
    assert_false(ends_for(NULL));
    assert_false(ends_for(tracks[0]));
    slot.probation_until_ms = INT64_MAX;
    assert_true(ends_for(NULL));
    assert_false(ends_for(tracks[0]));
    slot_acquit(&slot);
    codec_slot.probation_until_ms = INT64_MAX;
    assert_true(ends_for(NULL));
    assert_true(ends_for(tracks[0]));
    slot_acquit(&codec_slot);
}

static int make_tracks(void)
{
    static float silence[FV_CHANNELS * FV_RATE];
    FILE *file = fdopen(mkstemp(path), "w+b");
    if (!file || wav_write_header(file, SECOND) || wav_write(file, silence, FV_RATE) ||
        fclose(file))
        return -1;
    for (int i = 0; i < TRACKS; i++) {
        struct fv_media media = {.length = SECOND, .title = "t"};
        struct fv_analysis *finding = must_alloc(sizeof *finding);
        *finding = (struct fv_analysis){.struct_size = sizeof *finding};
        struct track *known = track_new(path, path, "00", &media, finding);
        tracks[i] = track_play(known, (const char[]){(char)('a' + i), 0}, "");
        track_drop(known);
    }
    return 0;
}

int main(void)
{
#define ON_A_BED(test) cmocka_unit_test_setup_teardown(test, open_bed, close_bed)
    const struct CMUnitTest tests[] = {
        ON_A_BED(test_skip_leaves_what_plays),
        ON_A_BED(test_skip_that_is_said_again_is_not_put_off),
        ON_A_BED(test_skip_from_before_the_last_is_planned_anew),
        ON_A_BED(test_skip_in_a_transition_leaves_what_comes_in),
        ON_A_BED(test_skip_in_a_transition_lets_the_knob_behind_it_fade),
        ON_A_BED(test_next_skip_may_come_when_one_is_answered),
        ON_A_BED(test_next_skip_now_may_come_when_one_is_answered),
        ON_A_BED(test_track_that_is_being_planned_outlives_the_engine),
        ON_A_BED(test_plan_that_ends_nowhere_is_refused),
        ON_A_BED(test_fault_of_a_new_build_is_no_tracks),
    };
    settings_init(&settings, json_object());
    pthread_mutex_init(&slot.lock, NULL);
    pthread_mutex_init(&codec_slot.lock, NULL);
    codec = open_plugin("plugins/codec", KIND_CODEC, &services);
    struct fv_error error;
    if (!codec || make_tracks() || library_open(&library, NULL, &error))
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    for (int i = 0; i < TRACKS; i++)
        track_drop(tracks[i]);
    library_close(library);
    generation_drop(codec);
    settings_release(&settings);
    return failed;
}
