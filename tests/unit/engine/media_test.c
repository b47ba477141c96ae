/* media_test.c - whatever order a track is read in, the samples are those of one pass. */
#include "media.c"

#include "check.h"
#include "codec_fixture.h"
#include "wav.h"

#include <unistd.h>

#define LENGTH (20 * FV_RATE + 77)

static struct settings settings;
static struct services services = {.settings = &settings, .cache_dir = "/tmp"};
static struct generation *codec;
static float truth[LENGTH * FV_CHANNELS];
static char path[] = "/tmp/media_test.XXXXXX";

static struct media *open_track(void)
{
    struct media *media;
    struct fv_media about;
    struct fv_error error = {{0}};
    if (media_open(codec, path, &media, &about, &error))
        fail_msg("%s", error.text);
    assert_int_equal(about.length, LENGTH);
    return media;
}

static void assert_read(struct media *media, int64_t pos, int frames)
{
    const struct fv_pcm *pcm = media_pcm(media);
    float *out = must_alloc((size_t)frames * FV_CHANNELS * sizeof *out);
    memset(out, 0x55, (size_t)frames * FV_CHANNELS * sizeof *out);
    int got = pcm->read(pcm->ctx, pos, out, frames);
    int64_t inside = LENGTH - pos;
    assert_int_equal(got, inside <= 0 ? 0 : inside < frames ? inside : frames);
    for (int i = 0; i < frames; i++) {
        int64_t at = pos + i;
        bool is_music = at >= 0 && at < LENGTH;
        for (int c = 0; c < FV_CHANNELS; c++)
            assert_true(out[FV_CHANNELS * i + c] ==
                        (is_music ? truth[FV_CHANNELS * at + c] : 0));
    }
    free(out);
}

TEST(test_reads_in_any_order_equal_one_pass)
{
    struct media *media = open_track();
    srand(2);
    assert_read(media, 0, LENGTH);
    for (int i = 0; i < 400; i++) {
        int64_t pos = rand() % (LENGTH + 40000) - 20000;
        for (int n = rand() % 4; n >= 0; n--) { /* on from there, or a little back */
            int frames = 1 + rand() % 5000;
            assert_read(media, pos, frames);
            pos += rand() % 3 ? frames : -(rand() % FV_RATE);
        }
    }
    assert_int_equal(media_fault(media), 0);
    media_close(media);
}

TEST(test_outside_the_track_is_silence)
{
    struct media *media = open_track();
    assert_read(media, -5000, 1000);
    assert_read(media, -500, 1000);
    assert_read(media, LENGTH - 500, 1000);
    assert_read(media, LENGTH, 1000);
    assert_read(media, LENGTH + 1000000, 1000);
    media_close(media);
}

TEST(test_what_is_no_audio_is_refused)
{
    struct media *media;
    struct fv_media about;
    struct fv_error error = {{0}};
    assert_true(media_open(codec, "/dev/null", &media, &about, &error) < 0);
    assert_true(error.text[0] != 0);
    assert_true(media_open(codec, "/nowhere/x.mp3", &media, &about, &error) < 0);
}

static int open_nothing(struct fv_codec *self, const char *name,
                        struct fv_decoder **decoder, struct fv_media *about,
                        struct fv_error *error)
{
    (void)self;
    (void)name;
    (void)decoder;
    (void)about;
    (void)error;
    return -EINVAL;
}

TEST(test_a_codec_that_says_nothing_is_understood)
{
    struct generation mute = {.codec = {.open_decoder = open_nothing}};
    struct media *media;
    struct fv_media about;
    struct fv_error error;
    memset(&error, 'x', sizeof error); /* of a call before */
    assert_int_equal(media_open(&mute, path, &media, &about, &error), -EINVAL);
    assert_string_equal(error.text, "open_decoder failed: Invalid argument");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_in_any_order_equal_one_pass),
        cmocka_unit_test(test_outside_the_track_is_silence),
        cmocka_unit_test(test_what_is_no_audio_is_refused),
        cmocka_unit_test(test_a_codec_that_says_nothing_is_understood),
    };
    settings_init(&settings, json_object());
    codec = open_plugin("plugins/codec", KIND_CODEC, &services);
    if (!codec)
        return 1;
    make_music(0, truth, LENGTH);
    FILE *file = fdopen(mkstemp(path), "w+b");
    if (!file || wav_write_header(file, LENGTH) || wav_write(file, truth, LENGTH) ||
        fclose(file))
        return 1;
    for (size_t i = 0; i < LENGTH * FV_CHANNELS; i++) /* as 16 bits hold it */
        truth[i] = (float)lrintf(truth[i] * 32768) / 32768;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    generation_drop(codec);
    settings_release(&settings);
    return failed;
}
