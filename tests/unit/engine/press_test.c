/* press_test.c - however many encoders work on it, the bytes are those of one. */
#include "press.c"

#include "check.h"
#include "codec_fixture.h"

static struct settings settings;
static struct services services = {.settings = &settings, .cache_dir = "/tmp"};
static struct generation *codec;

/* returns the file's bytes, given */
static struct bytes press_music(int threads, int64_t frames, int portion)
{
    struct press *press;
    struct fv_error error;
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_int_equal(press_open(&press, codec, 128, threads, file, &error), 0);
    float *pcm = must_alloc((size_t)portion * FV_CHANNELS * sizeof *pcm);
    for (int64_t at = 0; at < frames; at += portion) {
        int count = frames - at < portion ? (int)(frames - at) : portion;
        make_music(at, pcm, count);
        assert_int_equal(press_feed(press, pcm, count), 0);
    }
    assert_int_equal(press_close(press), 0);
    free(pcm);
    struct bytes all = {0};
    fseek(file, 0, SEEK_END);
    size_t length = (size_t)ftell(file);
    rewind(file);
    all.length = fread(bytes_reserve(&all, length), 1, length, file);
    assert_int_equal(all.length, length);
    fclose(file);
    return all;
}

TEST(test_bytes_are_the_same_with_one_encoder_and_with_three)
{
    const int64_t frames = 1500 * FV_BLOCK + 321;
    struct bytes one = press_music(1, frames, 4096), three = press_music(3, frames, 999);
    assert_int_equal(one.length, three.length);
    assert_memory_equal(one.at, three.at, one.length);
    bytes_release(&one);
    bytes_release(&three);
}

static int keep(void *ctx, size_t mount, uint64_t number, const uint8_t *frame,
                size_t length)
{
    (void)mount;
    (void)number;
    bytes_append(ctx, frame, length);
    return 0;
}

TEST(test_frames_are_those_of_an_encoder_that_never_stopped)
{
    enum { BLOCKS = 900 };
    struct bytes pressed = press_music(3, (int64_t)BLOCKS * FV_BLOCK, FV_BLOCK),
                 single = {0};
    struct encoders encoders = {0};
    struct frame_sink sink = {.ctx = &single, .frame = keep};
    struct fv_error error;
    uint32_t kbps = 128;
    assert_int_equal(encoders_open(&encoders, codec, &kbps, 1, 0, &error), 0);
    for (int i = 0; i < BLOCKS; i++) {
        float block[FV_BLOCK * FV_CHANNELS];
        make_music((int64_t)i * FV_BLOCK, block, FV_BLOCK);
        assert_int_equal(encoders_feed(&encoders, block, &sink), 0);
    }
    encoders_close(&encoders);
    size_t info = mp3_frame_length(pressed.at, pressed.length);
    assert_true(pressed.length - info > single.length && single.length > 800 * 417);
    assert_memory_equal(pressed.at + info, single.at, single.length);
    bytes_release(&single);
    bytes_release(&pressed);
}

TEST(test_encoder_opened_in_the_middle_gives_the_same_frames)
{
    enum { BLOCKS = 400, MIDDLE = 217 };
    struct bytes whole = {0}, tail = {0};
    uint32_t kbps[] = {192};
    struct fv_error error;
    for (int run = 0; run < 2; run++) {
        struct encoders encoders = {0};
        struct frame_sink sink = {.ctx = run ? &tail : &whole, .frame = keep};
        uint64_t frame = run ? MIDDLE : 0;
        assert_int_equal(encoders_open(&encoders, codec, kbps, 1, frame, &error), 0);
        for (uint64_t i = encoders_first_block(codec, frame); i < BLOCKS; i++) {
            float block[FV_BLOCK * FV_CHANNELS];
            make_music((int64_t)i * FV_BLOCK, block, FV_BLOCK);
            assert_int_equal(encoders_feed(&encoders, block, &sink), 0);
        }
        encoders_close(&encoders);
    }
    assert_true(tail.length > 0 && tail.length < whole.length);
    assert_memory_equal(whole.at + whole.length - tail.length, tail.at, tail.length);
    bytes_release(&whole);
    bytes_release(&tail);
}

TEST(test_nothing_and_next_to_nothing_can_be_pressed)
{
    for (int frames = 0; frames <= FV_BLOCK; frames += FV_BLOCK / 2) {
        struct bytes all = press_music(2, frames, FV_BLOCK);
        size_t at = 0, count = 0, length;
        for (; (length = mp3_frame_length(all.at + at, all.length - at)) > 0;
             at += length)
            count++;
        assert_int_equal(at, all.length);
        assert_true(frames == 0 ? count == 1 : count >= 2);
        bytes_release(&all);
    }
}

/* So little that it is written at the very end. */
TEST(test_full_disk_is_called_so)
{
    static const float silence[FV_CHANNELS * FV_BLOCK];
    struct press *press;
    struct fv_error error;
    FILE *file = fopen("/dev/full", "w+");
    assert_non_null(file);
    assert_int_equal(press_open(&press, codec, 128, 1, file, &error), 0);
    assert_int_equal(press_feed(press, silence, FV_BLOCK), 0);
    assert_int_equal(press_close(press), -ENOSPC);
    fclose(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes_are_the_same_with_one_encoder_and_with_three),
        cmocka_unit_test(test_frames_are_those_of_an_encoder_that_never_stopped),
        cmocka_unit_test(test_encoder_opened_in_the_middle_gives_the_same_frames),
        cmocka_unit_test(test_nothing_and_next_to_nothing_can_be_pressed),
        cmocka_unit_test(test_full_disk_is_called_so),
    };
    settings_init(&settings, json_object());
    codec = open_plugin("plugins/codec", KIND_CODEC, &services);
    if (!codec)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    generation_drop(codec);
    settings_release(&settings);
    return failed;
}
