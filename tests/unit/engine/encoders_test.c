/* encoders_test.c - an encoder gives one frame a block, or it is stopped. */
#include "encoders.c"

#include "check.h"

#define KBPS 128

static struct generation codec;
static int gives[64]; /* frames, after each block */
static int fed, frames;

static int open_encoder(struct fv_codec *self, const struct fv_encoding *how,
                        struct fv_encoder **encoder, struct fv_error *error)
{
    (void)self;
    (void)how;
    (void)error;
    *encoder = (struct fv_encoder *)&fed;
    return 0;
}

static int encode(struct fv_encoder *encoder, const float *pcm, uint8_t *out, size_t cap)
{
    size_t length = 0;
    (void)encoder;
    (void)pcm;
    for (int i = 0; i < gives[fed]; i++)
        length += mp3_frame_silent(KBPS, out + length);
    assert_true(length <= cap);
    fed++;
    return (int)length;
}

static void close_encoder(struct fv_encoder *encoder)
{
    (void)encoder;
}

static int count_frame(void *ctx, size_t mount, uint64_t number, const uint8_t *frame,
                       size_t length)
{
    (void)ctx;
    (void)mount;
    (void)frame;
    (void)length;
    assert_int_equal(number, frames);
    frames++;
    return 0;
}

/* Feed blocks. returns what the last of them came to; the others went well */
static int feed(int blocks)
{
    static const float silence[FV_BLOCK * FV_CHANNELS];
    struct frame_sink sink = {.frame = count_frame};
    struct encoders encoders = {0};
    struct fv_error error;
    uint32_t kbps = KBPS;
    int rc = encoders_open(&encoders, &codec, &kbps, 1, 0, &error);
    for (fed = frames = 0; rc == 0 && fed < blocks;)
        rc = encoders_feed(&encoders, silence, &sink);
    assert_int_equal(fed, blocks);
    encoders_close(&encoders);
    return rc;
}

static int set_up(void **state)
{
    (void)state;
    codec = (struct generation){.codec = {.open_encoder = open_encoder,
                                          .encode = encode,
                                          .close_encoder = close_encoder}};
    atomic_init(&codec.references, 1);
    for (int i = 0; i < 64; i++)
        gives[i] = i >= 2;
    return 0;
}

TEST(test_first_frames_may_be_late)
{
    assert_int_equal(feed(40), 0);
    assert_int_equal(frames, 38);
}

TEST(test_encoder_that_gives_no_more_frames_is_at_fault)
{
    gives[30] = 0;
    assert_int_equal(feed(31), -EPROTO);
}

TEST(test_encoder_that_never_gives_a_frame_is_at_fault)
{
    memset(gives, 0, sizeof gives);
    assert_int_equal(feed(DELAY_MAX + 1), -EPROTO);
}

TEST(test_encoder_that_gives_too_many_frames_is_at_fault)
{
    gives[30] = 2;
    assert_int_equal(feed(31), -EPROTO);
    assert_int_equal(frames, 28);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_first_frames_may_be_late, set_up),
        cmocka_unit_test_setup(test_encoder_that_gives_no_more_frames_is_at_fault,
                               set_up),
        cmocka_unit_test_setup(test_encoder_that_never_gives_a_frame_is_at_fault, set_up),
        cmocka_unit_test_setup(test_encoder_that_gives_too_many_frames_is_at_fault,
                               set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
