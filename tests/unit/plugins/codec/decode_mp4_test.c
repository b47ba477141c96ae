/* AAC and ALAC in MP4: what went in comes out, in its place, the same from everywhere.
 * The files are made by the ffmpeg program.
 */
#include "decode_mp4.c"

#include "decoded.h"

enum { FRAMES = 13 * FV_RATE + 12345 }; /* a decoder is begun anew twice in it */

static float *music;

static int set_up(void **state)
{
    int status = fixture_set_up(state);
    music = make_music(FRAMES, FV_RATE);
    for (int64_t i = 0; i < FRAMES * FV_CHANNELS; i++)
        music[i] *= 0.5f;
    write_sound(*state, "in.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, music, FRAMES,
                FV_RATE, 2);
    return status;
}

static int tear_down(void **state)
{
    free(music);
    return fixture_tear_down(state);
}

/* The music through ffmpeg, encoded as `how` says. returns the file's path */
static const char *encode(struct fixture *fixture, const char *how, const char *name)
{
    char command[512];
    snprintf(command, sizeof command, "ffmpeg -v error -y -i %s/in.wav %s %s/%s",
             fixture->folder, how, fixture->folder, name);
    assert_int_equal(system(command), 0);
    return fixture_path(fixture, name);
}

/* What one decoder makes of the whole file, from its first packet to its last. */
static float *decode_by_ffmpeg(struct fixture *fixture, const char *path, int64_t *frames)
{
    char command[512], raw[96];
    snprintf(raw, sizeof raw, "%s/raw", fixture->folder);
    snprintf(command, sizeof command, "ffmpeg -v error -y -i %s -f f32le %s", path, raw);
    assert_int_equal(system(command), 0);
    FILE *file = fopen(raw, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *frames = ftell(file) / (long)sizeof(float) / FV_CHANNELS;
    rewind(file);
    float *pcm = malloc((size_t)*frames * FV_CHANNELS * sizeof *pcm);
    assert_int_equal(fread(pcm, sizeof(float) * FV_CHANNELS, (size_t)*frames, file),
                     *frames);
    fclose(file);
    return pcm;
}

static void test_alac_comes_out_as_it_went_in(void **state)
{
    struct decoded d = decode_whole(encode(*state, "-c:a alac", "x.m4a"));
    assert_int_equal(d.about.length, FRAMES);
    assert_true(worst_difference(&d, music, FRAMES) <= 2e-4f);
    assert_seeks_are_exact(&d);
    release(&d);
}

static void test_aac_is_what_one_decoder_makes_of_it(void **state)
{
    struct decoded d =
        decode_whole(encode(*state, "-c:a aac -b:a 192k -aac_pns 0", "x.m4a"));
    int64_t frames;
    float *whole = decode_by_ffmpeg(*state, ((struct fixture *)*state)->path, &frames);
    assert_true(llabs(d.about.length - FRAMES) <=
                FV_RATE / 1000); /* its edit list's unit */
    assert_true(frames >= d.about.length);
    assert_true(worst_difference(&d, whole, d.about.length) < 1e-5f);
    assert_seeks_are_exact(&d);
    double off[3] = {0.0};
    for (int64_t i = FV_CHANNELS; i < (FRAMES - FV_RATE / 1000) * FV_CHANNELS; i++)
        for (int by = -1; by <= 1; by++)
            off[1 + by] += pow(d.pcm[i] - music[i + by * FV_CHANNELS], 2.0);
    assert_true(off[1] < off[0] && off[1] < off[2]);
    release(&d);
    free(whole);
}

static void test_any_aac_keeps_its_promise(void **state)
{
    static const struct {
        const char *how;
        uint32_t rate, channels;
    } kinds[] = {
        {"-c:a aac -b:a 64k", 44100, 2}, /* with noise that the decoder makes */
        {"-c:a aac -ar 48000 -ac 1", 48000, 1},
        {"-c:a aac -ac 6", 44100, 6},
        {"-c:a alac -ar 96000 -sample_fmt s32p", 96000, 2},
        {"-c:a aac -movflags frag_keyframe+empty_moov", 44100, 2},
        {"-c:a aac -t 0.01", 44100, 2},
    };
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        struct decoded d = decode_whole(encode(*state, kinds[k].how, "x.m4a"));
        assert_int_equal(d.about.source_rate, kinds[k].rate);
        assert_int_equal(d.about.source_channels, kinds[k].channels);
        assert_seeks_are_exact(&d);
        release(&d);
    }
}

static void test_damage_costs_the_sound_that_was_there(void **state)
{
    const char *path = encode(*state, "-c:a aac -aac_pns 0", "x.m4a");
    struct decoded whole = decode_whole(path);
    FILE *file = fopen(path, "r+b");
    fseek(file, 60000, SEEK_SET);
    for (int i = 0; i < 4000; i++)
        fputc(i * 7 & 0xff, file);
    fclose(file);
    struct decoded damaged = decode_whole(path);
    assert_int_equal(damaged.about.length, whole.about.length);
    assert_seeks_are_exact(&damaged);
    assert_memory_equal(damaged.pcm, whole.pcm, FV_RATE * sizeof(float));
    size_t late = 8 * FV_RATE * FV_CHANNELS;
    assert_memory_equal(damaged.pcm + late, whole.pcm + late, FV_RATE * sizeof(float));
    release(&whole);
    release(&damaged);
}

static void test_tags_are_read(void **state)
{
    const char *path =
        encode(*state,
               "-c:a aac -t 1 -metadata title='Ä  Song' -metadata artist=Me "
               "-metadata album=Disc -metadata genre=House",
               "x.m4a");
    struct decoded d = decode_whole(path);
    assert_string_equal(d.about.title, "Ä Song");
    assert_string_equal(d.about.artist, "Me");
    assert_string_equal(d.about.album, "Disc");
    assert_string_equal(d.about.genre, "House");
    release(&d);
}

static void assert_refused(const char *path, const char *reason)
{
    struct fv_media about = {.struct_size = sizeof about};
    struct fv_decoder *decoder = NULL;
    struct fv_error error = {""};
    assert_int_equal(decoder_open(path, &decoder, &about, &error), -EINVAL);
    if (!strstr(error.text, reason))
        fail_msg("\"%s\" has no \"%s\" in it", error.text, reason);
}

static void test_what_can_not_be_played_is_refused_with_a_reason(void **state)
{
    struct fixture *fixture = *state;
    const char *path = encode(fixture, "-c:a aac", "x.m4a");
    assert_int_equal(truncate(path, 100000),
                     0); /* what lists the packets is at the end */
    assert_refused(path, "cut short");
    assert_refused(encode(fixture, "-c:a flac -strict -2", "x.mp4"), "flac");
    path = encode(fixture, "-c:a aac -movflags +faststart", "x.m4a");
    assert_int_equal(truncate(path, 100000), 0);
    struct decoded d = decode_whole(path);
    assert_true(d.about.length > FV_RATE && d.about.length < FRAMES);
    assert_seeks_are_exact(&d);
    release(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alac_comes_out_as_it_went_in),
        cmocka_unit_test(test_aac_is_what_one_decoder_makes_of_it),
        cmocka_unit_test(test_any_aac_keeps_its_promise),
        cmocka_unit_test(test_damage_costs_the_sound_that_was_there),
        cmocka_unit_test(test_tags_are_read),
        cmocka_unit_test(test_what_can_not_be_played_is_refused_with_a_reason),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
