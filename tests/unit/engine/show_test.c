/* show_test.c - what was cut off fades into what follows, from whatever frame it is
 * heard. */
#include "show.c"

#include "bytes.h"
#include "check.h"
#include "codec_fixture.h"
#include "wav.h"

#include <unistd.h>

#define CUT 5000
#define LENGTH 18000

static struct settings settings;
static struct services services = {.settings = &settings, .cache_dir = "/tmp"};
static struct generation *codec;
static char path[] = "/tmp/show_test.XXXXXX";
static struct track *track;

/* A mixer whose segments begin as loud as their gain says and grow by `slope` a frame. */
struct fv_render {
    float level;
    int64_t at, left;
};

static float slope;

static int tone_open(struct fv_mixer *self, const struct fv_segment *segment,
                     const struct fv_pcm *const *pcm, int64_t offset,
                     struct fv_render **render)
{
    (void)self;
    assert_non_null(pcm[0]);
    *render = must_alloc(sizeof **render);
    **render = (struct fv_render){(float)segment->parts[0].gain_db, offset,
                                  segment->length - offset};
    return 0;
}

static int tone_render(struct fv_render *render, float *out, int frames)
{
    int count = render->left < frames ? (int)render->left : frames;
    for (int i = 0; i < FV_CHANNELS * count; i++)
        out[i] = render->level + slope * (float)(render->at + i / FV_CHANNELS);
    render->at += count;
    render->left -= count;
    return count;
}

static void tone_close(struct fv_render *render)
{
    free(render);
}

static struct generation mixer = {
    .references = 1,
    .kind = KIND_MIXER,
    .mixer = {.open = tone_open, .render = tone_render, .close = tone_close}};

static void append(struct plan *plan, double level, int64_t length)
{
    static const struct fv_warp warp[] = {{0, 0}, {1, 1}};
    struct fv_part part = {.struct_size = sizeof part,
                           .id = track->id,
                           .gain_db = level,
                           .warp = warp,
                           .warp_count = 2};
    struct fv_segment segment = {
        .struct_size = sizeof segment, .length = length, .parts = &part, .part_count = 1};
    struct fv_error error;
    assert_int_equal(plan_append(plan, &segment, track, NULL, &error), 0);
}

/* The left channel from `from` to LENGTH of a plan in which a segment at level 1 and of a
 * length is cut off at CUT, for one at level 0.25. `spoilt` is what the first is by then.
 */
static void hear(int64_t length, float spoilt, int64_t from, int block, float *out)
{
    struct plan plan = {0};
    struct show show;
    float frames[2 * LENGTH];
    append(&plan, 1, length);
    plan_cut(&plan, CUT);
    append(&plan, 0.25, 2000); /* before the fade is over another begins */
    append(&plan, 0.25, LENGTH);
    ((struct fv_part *)plan.segments[0]->abi.parts)[0].gain_db = (double)spoilt;
    show_init(&show, &plan);
    show_use(&show, &mixer, codec);
    show_seek(&show, from);
    for (int64_t at = from; at < LENGTH;) {
        struct fv_error error;
        int want = LENGTH - at < block ? (int)(LENGTH - at) : block;
        int got = show_render(&show, frames, want, &error);
        assert_int_equal(got, want);
        assert_null(show.culprit);
        for (int i = 0; i < got; i++)
            out[at + i] = frames[2 * i];
        at += got;
    }
    show_release(&show);
    plan_release(&plan);
}

/* From 1 to 0.25 evenly, in so many frames behind CUT. */
static void assert_fades(const float *heard, int frames)
{
    for (int i = 0; i < LENGTH; i++) {
        double share = (i - CUT + 0.5) / frames;
        double due = 1 - 0.75 * (share < 0 ? 0 : share > 1 ? 1 : share);
        assert_true(fabs((double)heard[i] - due) < 1e-5);
    }
}

TEST(test_what_is_cut_off_fades_into_what_follows)
{
    float heard[LENGTH];
    hear(CUT + 13000, 1, 0, 700, heard);
    assert_fades(heard, SHOW_FADE);
    hear(CUT + 10, 1, 0, 700, heard); /* it had no more than that */
    assert_fades(heard, 10);
}

TEST(test_it_is_the_same_from_any_frame_on)
{
    float whole[LENGTH], part[LENGTH];
    slope = 1e-5f;
    hear(CUT + 13000, 1, 0, 700, whole);
    for (int64_t from = CUT - 1; from < LENGTH; from += 3331) {
        hear(CUT + 13000, 1, from, 1152, part);
        assert_memory_equal(part + from, whole + from,
                            (size_t)(LENGTH - from) * sizeof *part);
    }
    slope = 0;
}

TEST(test_a_track_that_ends_by_itself_does_not_fade)
{
    float heard[LENGTH];
    hear(CUT, 1, 0, 700, heard);
    for (int i = 0; i < LENGTH; i++)
        assert_true(heard[i] == (i < CUT ? 1.0f : 0.25f));
}

TEST(test_what_cannot_go_on_is_left_out)
{
    float heard[LENGTH];
    hear(CUT + 13000, NAN, CUT, 700, heard);
    for (int i = CUT; i < LENGTH; i++)
        assert_true(heard[i] == 0.25f);
}

static int make_track(void)
{
    static float silence[FV_CHANNELS * LENGTH];
    struct fv_media media = {.length = LENGTH, .title = "t"};
    struct fv_analysis *finding = must_alloc(sizeof *finding);
    *finding = (struct fv_analysis){.struct_size = sizeof *finding};
    FILE *file = fdopen(mkstemp(path), "w+b");
    if (!file || wav_write_header(file, LENGTH) || wav_write(file, silence, LENGTH) ||
        fclose(file))
        return -1;
    struct track *known = track_new(path, path, "00", &media, finding);
    track = track_play(known, "a", "");
    track_drop(known);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_cut_off_fades_into_what_follows),
        cmocka_unit_test(test_it_is_the_same_from_any_frame_on),
        cmocka_unit_test(test_a_track_that_ends_by_itself_does_not_fade),
        cmocka_unit_test(test_what_cannot_go_on_is_left_out),
    };
    settings_init(&settings, json_object());
    codec = open_plugin("plugins/codec", KIND_CODEC, &services);
    if (!codec || make_track())
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    track_drop(track);
    generation_drop(codec);
    settings_release(&settings);
    return failed;
}
