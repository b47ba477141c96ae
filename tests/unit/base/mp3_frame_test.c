/* mp3_frame_test.c - the frames made here are held against libmpg123. */
#include "mp3_frame.c"

#include "check.h"

#include <mpg123.h>
#include <stdio.h>
#include <stdlib.h>

static const uint32_t rates[] = {64, 80, 96, 112, 128, 160, 192, 224, 256, 320};
#define RATES (sizeof rates / sizeof rates[0])

TEST(test_length_is_that_of_layer_three)
{
    uint8_t frame[4] = {0xff, 0xfb, 0xb0, 0x44}; /* 192 kbit/s */
    assert_int_equal(mp3_frame_length(frame, 4), 626);
    assert_int_equal(mp3_frame_length(frame, 3), 0);
    frame[2] |= 2; /* padding */
    assert_int_equal(mp3_frame_length(frame, 4), 627);
    frame[2] = 0xe2;
    assert_int_equal(mp3_frame_length(frame, 4), 1045);
    frame[1] = 0xfa; /* with a CRC */
    assert_int_equal(mp3_frame_length(frame, 4), 1045);
    assert_true(1045 <= MP3_MAX);
}

TEST(test_what_is_no_such_frame_has_no_length)
{
    const uint8_t others[][4] = {
        {0xfe, 0xfb, 0xb0, 0x44}, {0xff, 0xf3, 0xb0, 0x44}, /* MPEG-2 */
        {0xff, 0xfd, 0xb0, 0x44},                           /* layer II */
        {0xff, 0xfb, 0xb4, 0x44},                           /* 48 kHz */
        {0xff, 0xfb, 0x00, 0x44}, {0xff, 0xfb, 0xf0, 0x44}, /* free, and no, bit rate */
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_int_equal(mp3_frame_length(others[i], 4), 0);
}

static mpg123_handle *open_feed(void)
{
    mpg123_init();
    mpg123_handle *mpg = mpg123_new(NULL, NULL);
    assert_non_null(mpg);
    mpg123_param(mpg, MPG123_ADD_FLAGS, MPG123_FORCE_FLOAT | MPG123_QUIET, 0);
    assert_int_equal(mpg123_open_feed(mpg), MPG123_OK);
    return mpg;
}

/* Decode what was fed. returns PCM frames; the loudest sample through `peak` */
static int64_t drain(mpg123_handle *mpg, float *peak)
{
    int64_t frames = 0;
    for (;;) {
        float block[4096];
        size_t done;
        int rc = mpg123_read(mpg, (unsigned char *)block, sizeof block, &done);
        for (size_t i = 0; i < done / sizeof *block; i++)
            if (block[i] > *peak || -block[i] > *peak)
                *peak = block[i] < 0 ? -block[i] : block[i];
        frames += (int64_t)(done / sizeof *block / 2);
        if (rc != MPG123_OK && rc != MPG123_NEW_FORMAT)
            return frames;
    }
}

TEST(test_silent_frame_decodes_to_silence_at_every_bit_rate)
{
    for (size_t i = 0; i < RATES; i++) {
        uint8_t frame[MP3_MAX];
        size_t length = mp3_frame_silent(rates[i], frame);
        assert_int_equal(mp3_frame_length(frame, length), length);
        mpg123_handle *mpg = open_feed();
        for (int n = 0; n < 20; n++)
            mpg123_feed(mpg, frame, length);
        float peak = 0;
        int64_t frames = drain(mpg, &peak);
        struct mpg123_frameinfo info;
        mpg123_info(mpg, &info);
        assert_in_range(frames, 18 * MP3_SAMPLES, 20 * MP3_SAMPLES);
        assert_true(peak == 0);
        assert_int_equal(info.bitrate, (int)rates[i]);
        mpg123_delete(mpg);
    }
}

TEST(test_bit_rate_that_does_not_exist_gives_no_frame)
{
    uint8_t frame[MP3_MAX];
    const uint32_t none[] = {0, 1, 100, 321, 16000};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        struct mp3_info info = {.kbps = none[i]};
        assert_int_equal(mp3_frame_silent(none[i], frame), 0);
        assert_int_equal(mp3_info_frame(&info, frame), 0);
    }
}

/* A decoder that knows the Info frame gives exactly the frames between delay and padding.
 */
TEST(test_info_frame_is_read_back_by_a_decoder)
{
    enum { FRAMES = 40, DELAY = 576, PADDING = 1500 };
    for (size_t i = 0; i < RATES; i++) {
        uint8_t first[MP3_MAX], frame[MP3_MAX];
        size_t length = mp3_frame_silent(rates[i], frame);
        struct mp3_info info = {.kbps = rates[i],
                                .frames = FRAMES,
                                .bytes = (uint32_t)(length * (FRAMES + 1)),
                                .delay = DELAY,
                                .padding = PADDING};
        assert_int_equal(mp3_info_frame(&info, first), length);
        mpg123_handle *mpg = open_feed();
        mpg123_feed(mpg, first, length);
        for (int n = 0; n < FRAMES; n++)
            mpg123_feed(mpg, frame, length);
        float peak = 0;
        int64_t frames = drain(mpg, &peak);
        assert_int_equal(frames, FRAMES * MP3_SAMPLES - DELAY - PADDING);
        assert_true(peak == 0);
        mpg123_delete(mpg);
    }
}

/* The tag by LAME's own layout, byte for byte, and its CRC over the 190 bytes before it.
 */
TEST(test_info_frame_holds_what_it_was_told)
{
    uint8_t frame[MP3_MAX];
    struct mp3_info info = {.kbps = 192,
                            .frames = 0x01020304,
                            .bytes = 0x05060708,
                            .delay = 0x123,
                            .padding = 0xabc,
                            .music_crc = 0xbeef};
    mp3_info_frame(&info, frame);
    assert_memory_equal(frame + 36, "Info\0\0\0\x0f\x01\x02\x03\x04\x05\x06\x07\x08", 16);
    assert_memory_equal(frame + 156, "LAME3.100\x01", 10);
    assert_memory_equal(frame + 177, "\x12\x3a\xbc", 3);
    assert_memory_equal(frame + 184, "\x05\x06\x07\x08\xbe\xef", 6);
    uint16_t crc = mp3_crc16(0, frame, 190);
    assert_int_equal(frame[190] << 8 | frame[191], crc);
}

TEST(test_crc_is_the_one_called_arc)
{
    const uint8_t *text = (const uint8_t *)"123456789";
    assert_int_equal(mp3_crc16(0, text, 9), 0xbb3d); /* the catalogue's check value */
    assert_int_equal(mp3_crc16(mp3_crc16(0, text, 4), text + 4, 5), 0xbb3d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_length_is_that_of_layer_three),
        cmocka_unit_test(test_what_is_no_such_frame_has_no_length),
        cmocka_unit_test(test_silent_frame_decodes_to_silence_at_every_bit_rate),
        cmocka_unit_test(test_bit_rate_that_does_not_exist_gives_no_frame),
        cmocka_unit_test(test_info_frame_is_read_back_by_a_decoder),
        cmocka_unit_test(test_info_frame_holds_what_it_was_told),
        cmocka_unit_test(test_crc_is_the_one_called_arc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
