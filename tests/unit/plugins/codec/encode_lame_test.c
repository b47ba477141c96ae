/* The null test of the design: an encoder that takes over at any frame, primed with a few
 * blocks, makes the very bytes that one makes that has run from the start.
 */
#include "encode_lame.c"

#include "fixture.h"

#include <mpg123.h>

enum {
    BLOCKS = 900, /* 23 s: quiet and loud, three bars of silence */
    FRAME_CAP = 4096,
};

static const uint32_t bit_rates[] = {64, 80, 96, 112, 128, 160, 192, 224, 256, 320};
#define BIT_RATES (sizeof bit_rates / sizeof *bit_rates)

/* MP3 frames [first, first + count) of a piece, one after the other; all of one length.
 */
struct frames {
    uint8_t *bytes;
    int each;
};

static struct fv_encoder *open_at(uint32_t kbps)
{
    struct fv_encoding how = {sizeof how, kbps};
    struct fv_encoder *encoder = NULL;
    struct fv_error error;
    assert_int_equal(encoder_open(&how, &encoder, &error), 0);
    return encoder;
}

/* Encode as the host does: feed `priming` blocks before `first` and drop their frames. */
static struct frames encode(const float *music, uint32_t kbps, int first, int count,
                            int priming)
{
    struct fv_encoder *encoder = open_at(kbps);
    struct frames frames = {malloc((size_t)count * FRAME_CAP), 0};
    uint8_t out[FRAME_CAP];
    int start = first > priming ? first - priming : 0;
    for (int block = start; block < first + count + ENCODER_LAG; block++) {
        int bytes = encoder_encode(
            encoder, music + (size_t)block * FV_BLOCK * FV_CHANNELS, out, sizeof out);
        int frame = block - ENCODER_LAG;
        if (frame < start) {
            assert_int_equal(bytes, 0);
            continue;
        }
        if (frames.each == 0)
            frames.each = bytes;
        assert_true(bytes > 0);
        assert_int_equal(bytes, frames.each);
        if (frame >= first)
            memcpy(frames.bytes + (size_t)(frame - first) * (size_t)bytes, out,
                   (size_t)bytes);
    }
    encoder_close(encoder);
    return frames;
}

static float *make_blocks(void)
{
    float *music = make_music((int64_t)BLOCKS * FV_BLOCK, FV_RATE);
    assert_non_null(music);
    return music;
}

static void test_primed_encoder_continues_byte_for_byte(void **state)
{
    (void)state;
    enum { FOLLOWED = 24 };
    float *music = make_blocks();
    for (size_t r = 0; r < BIT_RATES; r++) {
        struct frames whole = encode(music, bit_rates[r], 0, BLOCKS - 1, 0);
        for (int first = 1; first + FOLLOWED < BLOCKS - 1; first += 7) {
            struct frames part =
                encode(music, bit_rates[r], first, FOLLOWED, (int)ENCODER_PRIMING);
            assert_int_equal(part.each, whole.each);
            assert_memory_equal(part.bytes,
                                whole.bytes + (size_t)first * (size_t)whole.each,
                                FOLLOWED * (size_t)whole.each);
            free(part.bytes);
        }
        free(whole.bytes);
    }
    free(music);
}

static void test_frames_decode_alone(void **state)
{
    (void)state;
    float *music = make_blocks();
    for (size_t r = 0; r < BIT_RATES; r++) {
        struct frames frames = encode(music, bit_rates[r], 0, 200, 0);
        for (int n = 0; n < 200; n++) {
            const uint8_t *frame = frames.bytes + (size_t)n * (size_t)frames.each;
            assert_int_equal(frame[0], 0xff);
            assert_int_equal(frame[1] & 0xfe, 0xfa); /* MPEG-1, layer III */
            int has_crc = !(frame[1] & 1);
            const uint8_t *side = frame + (has_crc ? 6 : 4);
            assert_int_equal(side[0] << 1 | side[1] >> 7, 0); /* main_data_begin */
        }
        free(frames.bytes);
    }
    free(music);
}

/* Blocks of sound that MP3 frames decode to; the caller frees them. */
static float *decode(const uint8_t *bytes, size_t count, int blocks)
{
    mpg123_init();
    mpg123_handle *decoder = mpg123_new(NULL, NULL);
    mpg123_param(decoder, MPG123_ADD_FLAGS, MPG123_QUIET | MPG123_FORCE_FLOAT, 0);
    mpg123_param(decoder, MPG123_REMOVE_FLAGS, MPG123_GAPLESS, 0);
    mpg123_open_feed(decoder);
    mpg123_feed(decoder, bytes, count);
    float *decoded = calloc((size_t)blocks * FV_BLOCK * FV_CHANNELS, sizeof *decoded);
    size_t cap = (size_t)blocks * FV_BLOCK * FV_CHANNELS * sizeof *decoded;
    size_t got = 0, done = 0;
    int status = MPG123_OK;
    while (got < cap && status != MPG123_NEED_MORE) {
        status = mpg123_read(decoder, (char *)decoded + got, cap - got, &done);
        got += done;
    }
    mpg123_delete(decoder);
    return decoded;
}

static void test_decoded_sound_is_late_by_the_delay(void **state)
{
    (void)state;
    enum { COUNT = 60, IMPULSE = 30 * FV_BLOCK + 100 };
    float *click = calloc((COUNT + 1) * FV_BLOCK * FV_CHANNELS, sizeof *click);
    click[2 * IMPULSE] = click[2 * IMPULSE + 1] = 0.9f;
    struct frames frames = encode(click, 320, 0, COUNT, 0);
    float *decoded = decode(frames.bytes, (size_t)COUNT * (size_t)frames.each, COUNT);
    int peak = 0;
    for (int i = 0; i < COUNT * FV_BLOCK; i++)
        if (fabsf(decoded[2 * i]) > fabsf(decoded[2 * peak]))
            peak = i;
    assert_int_equal(peak - IMPULSE, ENCODER_DELAY);
    free(decoded);
    free(click);
    free(frames.bytes);
}

/* Decibels of music over what decoded sound, late by the delay, has beside it. */
static double over_noise(const float *music, const float *decoded, int blocks)
{
    double signal = 0, noise = 0;
    const float *late = decoded + (size_t)ENCODER_DELAY * FV_CHANNELS;
    for (int i = 0; i < (blocks * FV_BLOCK - (int)ENCODER_DELAY) * FV_CHANNELS; i++) {
        double is = (double)late[i];
        signal += (double)music[i] * (double)music[i];
        noise += (is - (double)music[i]) * (is - (double)music[i]);
    }
    return 10 * log10(signal / noise);
}

/* The same, as plain LAME at a constant bit rate has it. */
static double over_noise_of_plain(const float *music, uint32_t kbps, int blocks)
{
    lame_t lame = lame_init();
    lame_set_in_samplerate(lame, FV_RATE);
    lame_set_brate(lame, (int)kbps);
    lame_set_out_samplerate(lame, FV_RATE);
    lame_set_bWriteVbrTag(lame, 0);
    assert_true(lame_init_params(lame) >= 0);
    uint8_t *bytes = malloc((size_t)(blocks + 8) * FRAME_CAP);
    int room = (blocks + 8) * FRAME_CAP;
    int used = lame_encode_buffer_interleaved_ieee_float(lame, music, blocks * FV_BLOCK,
                                                         bytes, room);
    used += lame_encode_flush(lame, bytes + used, room - used);
    lame_close(lame);
    float *decoded = decode(bytes, (size_t)used, blocks);
    double over = over_noise(music, decoded, blocks);
    free(decoded);
    free(bytes);
    return over;
}

/* Frames that stand alone go without the bit reservoir, and lose next to nothing by it.
 */
static void test_it_sounds_as_good_as_plain_lame(void **state)
{
    (void)state;
    enum { COUNT = 400 };
    float *music = make_blocks();
    for (size_t r = 0; r < BIT_RATES; r++) {
        struct frames frames = encode(music, bit_rates[r], 0, COUNT, 0);
        float *decoded = decode(frames.bytes, (size_t)COUNT * (size_t)frames.each, COUNT);
        assert_true(over_noise(music, decoded, COUNT) >
                    over_noise_of_plain(music, bit_rates[r], COUNT) - 0.5);
        free(decoded);
        free(frames.bytes);
    }
    free(music);
}

static void test_sound_that_is_no_number_does_no_harm(void **state)
{
    (void)state;
    float *music = make_blocks();
    struct frames clean = encode(music, 192, 20, 20, (int)ENCODER_PRIMING);
    for (int i = 0; i < 2 * FV_BLOCK; i++)
        music[i] = i % 3 == 0 ? NAN : i % 3 == 1 ? INFINITY : 1e38f;
    struct frames after = encode(music, 192, 20, 20, 20);
    assert_memory_equal(after.bytes, clean.bytes, 20 * (size_t)clean.each);
    free(clean.bytes);
    free(after.bytes);
    free(music);
}

static void test_bit_rate_that_mp3_lacks_is_refused_with_a_reason(void **state)
{
    (void)state;
    static const uint32_t wrong[] = {0, 1, 32, 63, 100, 144, 192000, 321, UINT32_MAX};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct fv_encoding how = {sizeof how, wrong[i]};
        struct fv_encoder *encoder = NULL;
        struct fv_error error = {""};
        assert_int_equal(encoder_open(&how, &encoder, &error), -EINVAL);
        assert_null(encoder);
        assert_non_null(strstr(error.text, "choose"));
    }
}

static void test_closing_nothing_is_fine(void **state)
{
    (void)state;
    encoder_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_primed_encoder_continues_byte_for_byte),
        cmocka_unit_test(test_frames_decode_alone),
        cmocka_unit_test(test_decoded_sound_is_late_by_the_delay),
        cmocka_unit_test(test_it_sounds_as_good_as_plain_lame),
        cmocka_unit_test(test_sound_that_is_no_number_does_no_harm),
        cmocka_unit_test(test_bit_rate_that_mp3_lacks_is_refused_with_a_reason),
        cmocka_unit_test(test_closing_nothing_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
