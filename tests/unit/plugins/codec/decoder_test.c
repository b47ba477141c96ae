/* Whatever the file, a decoder gives exactly the frames it has promised, and gives the
 * same ones after a seek; and it says in one line why it can't.
 */
#include "decoder.c"

#include "decoded.h"

#include <fcntl.h>

enum { FRAMES = 8 * FV_RATE + 12345 };

static void test_lossless_files_come_out_as_they_went_in(void **state)
{
    static const struct {
        const char *name;
        int format;
        float tolerance;
    } kinds[] = {
        {"a", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2e-4f},
        {"b.mp3", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 0.0f},
        {"c.txt", SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 1e-6f},
        {"d.wav", SF_FORMAT_AIFF | SF_FORMAT_PCM_24, 1e-6f},
        {"e", SF_FORMAT_W64 | SF_FORMAT_PCM_32, 1e-6f},
    };
    float *music = make_music(FRAMES, FV_RATE);
    for (int64_t i = 0; i < FRAMES * FV_CHANNELS; i++)
        music[i] *= 0.5f;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        struct decoded d = decode_whole(write_sound(
            *state, kinds[k].name, kinds[k].format, music, FRAMES, FV_RATE, 2));
        assert_int_equal(d.about.length, FRAMES);
        assert_true(worst_difference(&d, music, FRAMES) <= kinds[k].tolerance);
        assert_seeks_are_exact(&d);
        release(&d);
    }
    free(music);
}

static void test_any_rate_and_channel_count_is_exact_after_seeks(void **state)
{
    static const struct {
        int format;
        uint32_t rate;
        int channels;
    } kinds[] = {
        {SF_FORMAT_WAV | SF_FORMAT_PCM_16, 8000, 1},
        {SF_FORMAT_WAV | SF_FORMAT_FLOAT, 11025, 2},
        {SF_FORMAT_WAV | SF_FORMAT_PCM_24, 48000, 6},
        {SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 96000, 2},
        {SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 44100, 5},
        {SF_FORMAT_WAV | SF_FORMAT_PCM_16, 192000, 2},
        {SF_FORMAT_WAV | SF_FORMAT_PCM_16, 44099, 2},
        {SF_FORMAT_OGG | SF_FORMAT_VORBIS, 44100, 2},
        {SF_FORMAT_OGG | SF_FORMAT_VORBIS, 32000, 1},
        {SF_FORMAT_OGG | SF_FORMAT_OPUS, 48000, 2},
    };
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        int64_t frames = 6 * (int64_t)kinds[k].rate + 777;
        float *music = make_music(frames, kinds[k].rate);
        struct decoded d =
            decode_whole(write_sound(*state, "x", kinds[k].format, music, frames,
                                     kinds[k].rate, kinds[k].channels));
        double seconds = (double)frames / kinds[k].rate;
        assert_true(fabs((double)d.about.length - seconds * FV_RATE) <= 0.5);
        assert_int_equal(d.about.source_rate, kinds[k].rate);
        assert_int_equal(d.about.source_channels, kinds[k].channels);
        assert_seeks_are_exact(&d);
        release(&d);
        free(music);
    }
}

/* The checksum of RFC 3533. */
static uint32_t ogg_checksum(const uint8_t *page, size_t size)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < size; i++) {
        sum ^= (uint32_t)page[i] << 24;
        for (int bit = 0; bit < 8; bit++)
            sum = sum << 1 ^ (sum >> 31 ? 0x04c11db7u : 0);
    }
    return sum;
}

/* Say of the pages of an Ogg file that have sound, from one on, that they end `frames`
 * sooner than they do. */
static void make_pages_lie(const char *path, int first, int64_t frames)
{
    FILE *file = fopen(path, "r+b");
    static uint8_t raw[1 << 20];
    size_t size = fread(raw, 1, sizeof raw, file), next;
    for (size_t at = 0; at + 27 < size; at = next) {
        uint8_t *page = raw + at;
        int64_t ends;
        next = at + 27 + page[26];
        for (int k = 0; k < page[26]; k++)
            next += page[27 + k];
        memcpy(&ends, page + 6, sizeof ends);
        if (first-- <= 0 && ends > 0)
            ends = ends > frames ? ends - frames : 0;
        memcpy(page + 6, &ends, sizeof ends);
        memset(page + 22, 0, 4);
        uint32_t sum = ogg_checksum(page, next - at);
        memcpy(page + 22, &sum, sizeof sum);
    }
    rewind(file);
    assert_int_equal(fwrite(raw, 1, size, file), size);
    fclose(file);
}

static void test_vorbis_whose_pages_lie_seeks_by_its_samples(void **state)
{
    static const struct {
        int first;
        int64_t frames;
    } kinds[] = {{0, 5000}, {8, 1000}, {8, -1000}, {0, -1000}}; /* the last begins late */
    float *music = make_music(FRAMES, FV_RATE);
    memset(music, 0, 2 * FV_RATE * FV_CHANNELS * sizeof *music); /* one long page */
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        const char *path = write_sound(*state, "x", SF_FORMAT_OGG | SF_FORMAT_VORBIS,
                                       music, FRAMES, FV_RATE, 2);
        make_pages_lie(path, kinds[k].first, kinds[k].frames);
        struct decoded d = decode_whole(path);
        assert_seeks_are_exact(&d);
        release(&d);
    }
    free(music);
}

/* Bytes of a file that are not what they were. */
static void damage(const char *path, long from, int count)
{
    FILE *file = fopen(path, "r+b");
    uint32_t seed = 11;
    assert_non_null(file);
    fseek(file, from, SEEK_SET);
    for (int i = 0; i < count; i++)
        fputc((int)(noise(&seed) * 127.0f), file);
    fclose(file);
}

/* What lies behind the damage is heard, where it was, also after a seek. */
static void test_sound_goes_on_behind_damage(void **state)
{
    static const struct {
        int format;
        long at;
        int bytes;
        float tolerance;
    } kinds[] = {{SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 300000, 40, 1e-4f},
                 {SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 150000, 150000, 1e-4f},
                 {SF_FORMAT_OGG | SF_FORMAT_VORBIS, 40000, 40, 0.0f},
                 {SF_FORMAT_OGG | SF_FORMAT_OPUS, 40000, 40, 0.0f}};
    float *music = make_music(FRAMES, FV_RATE);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        const char *path =
            write_sound(*state, "x", kinds[k].format, music, FRAMES,
                        kinds[k].format & SF_FORMAT_OPUS ? 48000 : FV_RATE, 2);
        damage(path, kinds[k].at, kinds[k].bytes);
        struct decoded d = decode_whole(path);
        assert_seeks_are_exact(&d);
        float loudest = 0.0f, worst = 0.0f;
        for (int64_t i = (d.about.length - 2 * FV_RATE) * FV_CHANNELS;
             i < (d.about.length - FV_RATE) * FV_CHANNELS; i++) {
            loudest = fmaxf(loudest, fabsf(d.pcm[i]));
            worst = fmaxf(worst, fabsf(d.pcm[i] - music[i]));
        }
        assert_true(loudest > 0.1f);
        assert_true(kinds[k].tolerance == 0.0f || worst < kinds[k].tolerance);
        release(&d);
    }
    free(music);
}

static void empty(const char *path, long from, int count)
{
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    fseek(file, from, SEEK_SET);
    for (int i = 0; i < count; i++)
        fputc(0, file);
    fclose(file);
}

/* A download whose pieces have not all come, or wrong ones. */
static void test_mp3_goes_on_behind_a_hole(void **state)
{
    enum { HOLE = 60000, KBPS = 192 };
    static void (*const blows[])(const char *, long, int) = {empty, damage};
    float *music = make_music(FRAMES, FV_RATE);
    struct mp3 how = {.kbps = KBPS, .with_tag = 1};
    struct decoded whole = decode_whole(write_mp3(*state, "whole", music, FRAMES, how));
    for (int k = 0; k < 2; k++) {
        const char *path = write_mp3(*state, "holed", music, FRAMES, how);
        blows[k](path, 50000, HOLE);
        struct decoded holed = decode_whole(path);
        assert_seeks_are_exact(&holed);
        int64_t lost = (whole.about.length - holed.about.length + 1151) / 1152 * 1152;
        int64_t hole = (int64_t)HOLE * 8 * FV_RATE / (KBPS * 1000);
        assert_in_range(lost, hole, hole + 4 * 1152);
        for (int64_t i = (whole.about.length - 2 * FV_RATE) * FV_CHANNELS;
             i < whole.about.length * FV_CHANNELS; i++)
            assert_true(fabsf(holed.pcm[i - lost * FV_CHANNELS] - whole.pcm[i]) < 1e-5f);
        release(&holed);
    }
    release(&whole);
    free(music);
}

static void test_file_that_is_cut_while_it_plays_is_an_error(void **state)
{
    enum { LONG = 4 * FRAMES }; /* more than is read ahead */
    float *music = make_music(LONG, FV_RATE);
    static float out[4096 * FV_CHANNELS];
    struct fv_media about = {.struct_size = sizeof about};
    struct fv_error error = {""};
    struct fv_decoder *decoder;
    struct mp3 how = {.kbps = 192, .with_tag = 1};
    for (int kind = 0; kind < 3; kind++) {
        const char *path =
            kind == 0 ? write_mp3(*state, "x", music, LONG, how)
                      : write_sound(*state, "x",
                                    SF_FORMAT_PCM_16 |
                                        (kind == 1 ? SF_FORMAT_WAV : SF_FORMAT_FLAC),
                                    music, LONG, FV_RATE, 2);
        assert_int_equal(decoder_open(path, &decoder, &about, &error), 0);
        assert_int_equal(decoder_read(decoder, out, 4096), 4096);
        assert_int_equal(truncate(path, 60000), 0);
        int got = 4096;
        for (int n = 0; n < 1000 && got == 4096; n++)
            got = decoder_read(decoder, out, 4096);
        assert_int_equal(got, -EIO);
        decoder_close(decoder);
    }
    free(music);
}

static void test_mp3_is_gapless_by_its_tag(void **state)
{
    float *music = make_music(FRAMES, FV_RATE);
    for (int kbps = 0; kbps <= 320; kbps += 160) {
        struct mp3 how = {.kbps = kbps, .with_tag = 1};
        struct decoded d = decode_whole(write_mp3(*state, "x", music, FRAMES, how));
        assert_int_equal(d.about.length, FRAMES);
        assert_seeks_are_exact(&d);
        double same = 0.0, shifted = 0.0;
        for (int i = 2; i < (FRAMES - 1) * FV_CHANNELS; i++) {
            same += pow(d.pcm[i] - music[i], 2.0);
            shifted += pow(d.pcm[i] - music[i + FV_CHANNELS], 2.0);
        }
        assert_true(same < shifted);
        release(&d);
    }
    free(music);
}

static void test_mp3_without_tag_cut_or_behind_junk_keeps_its_promise(void **state)
{
    static const struct mp3 kinds[] = {
        {.kbps = 0},
        {.kbps = 0, .cut = 1000},
        {.kbps = 0, .with_tag = 1, .cut = 50001},
        {.kbps = 192, .with_tag = 1, .cut = 100},
        {.kbps = 192, .junk = 70000},
        {.kbps = 64, .rate = 24000},
        {.kbps = 320, .rate = 48000, .with_tag = 1},
    };
    float *music = make_music(FRAMES, FV_RATE);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        struct decoded d = decode_whole(write_mp3(*state, "x", music, FRAMES, kinds[k]));
        assert_true(d.about.length > 2 * FV_RATE);
        assert_seeks_are_exact(&d);
        release(&d);
    }
    free(music);
}

static void test_cut_mp3_keeps_its_time_line(void **state)
{
    float *music = make_music(FRAMES, FV_RATE);
    struct mp3 how = {.kbps = 192, .with_tag = 1};
    struct decoded whole = decode_whole(write_mp3(*state, "whole", music, FRAMES, how));
    how.cut = 30000;
    struct decoded cut = decode_whole(write_mp3(*state, "cut", music, FRAMES, how));
    assert_true(cut.about.length < whole.about.length);
    assert_memory_equal(cut.pcm, whole.pcm,
                        (size_t)cut.about.length * FV_CHANNELS * sizeof *cut.pcm);
    release(&whole);
    release(&cut);
    free(music);
}

static void test_mp3s_joined_to_one_file_are_heard_to_the_end(void **state)
{
    float *music = make_music(FRAMES, FV_RATE);
    struct mp3 how = {.kbps = 192, .with_tag = 1};
    const char *path = write_mp3(*state, "x", music, FRAMES, how);
    static char bytes[1 << 20];
    FILE *file = fopen(path, "rb+");
    size_t count = fread(bytes, 1, sizeof bytes, file);
    fseek(file, 0, SEEK_END);
    assert_int_equal(fwrite(bytes, 1, count, file), count);
    fclose(file);
    struct decoded d = decode_whole(path);
    assert_in_range(d.about.length, 2 * FRAMES, 2 * FRAMES + 4000);
    assert_seeks_are_exact(&d);
    release(&d);
    free(music);
}

static void test_cut_flac_and_wav_give_what_is_there(void **state)
{
    float *music = make_music(FRAMES, FV_RATE);
    static const int formats[] = {SF_FORMAT_FLAC | SF_FORMAT_PCM_16,
                                  SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    for (int k = 0; k < 2; k++) {
        const char *path =
            write_sound(*state, "x", formats[k], music, FRAMES, FV_RATE, 2);
        assert_int_equal(truncate(path, 400001), 0);
        struct decoded d = decode_whole(path);
        assert_in_range(d.about.length, FV_RATE, FRAMES - 1);
        assert_seeks_are_exact(&d);
        release(&d);
    }
    free(music);
}

/* The header of a FLAC frame, in which its number is a byte, or NULL. */
static const uint8_t *find_flac_frame(const uint8_t *bytes, size_t size, uint8_t number)
{
    for (const uint8_t *at = bytes; at + 6 <= bytes + size; at++) {
        uint8_t sum = 0;
        for (int i = 0; i < 40; i++) {
            bool bit = at[i / 8] >> (7 - i % 8) & 1;
            sum = (uint8_t)(sum << 1) ^ ((sum >> 7) != bit ? 0x07 : 0);
        }
        if (at[0] == 0xff && at[1] == 0xf8 && at[4] == number && at[5] == sum)
            return at;
    }
    return NULL;
}

/* Programs that cut a FLAC without decoding it leave frames and header as they were. */
static void test_flac_cut_at_its_start_seeks_by_its_samples(void **state)
{
    enum { FIRST = 30, BLOCK = 4096 };
    static uint8_t raw[2 << 20];
    float *music = make_music(FRAMES, FV_RATE);
    const char *path = write_sound(*state, "x", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, music,
                                   FRAMES, FV_RATE, 2);
    FILE *file = fopen(path, "rb");
    size_t size = fread(raw, 1, sizeof raw, file);
    fclose(file);
    const uint8_t *start = find_flac_frame(raw, size, 0);
    const uint8_t *first = find_flac_frame(raw, size, FIRST);
    assert_true(size < sizeof raw && start && first);
    size_t left = (size_t)(raw + size - first);
    memmove(raw + (start - raw), first, left);
    path = fixture_write(*state, "cut", raw, (size_t)(start - raw) + left);

    struct decoded d = decode_whole(path);
    assert_int_equal(d.about.length, FRAMES - FIRST * BLOCK);
    assert_true(worst_difference(&d, music + FIRST * BLOCK * FV_CHANNELS,
                                 d.about.length) < 2e-4f);
    assert_seeks_are_exact(&d);
    release(&d);
    free(music);
}

static void test_samples_that_are_no_numbers_become_silence(void **state)
{
    float music[4096] = {0};
    for (int i = 0; i < 4096; i += 4) {
        music[i] = NAN;
        music[i + 1] = INFINITY;
        music[i + 2] = 1e38f;
        music[i + 3] = 0.25f;
    }
    for (uint32_t rate = FV_RATE; rate <= 48000; rate += 3900) {
        struct decoded d = decode_whole(write_sound(
            *state, "x", SF_FORMAT_WAV | SF_FORMAT_FLOAT, music, 2048, rate, 2));
        for (int64_t i = 0; i < d.about.length * FV_CHANNELS; i++)
            assert_true(fabsf(d.pcm[i]) < 1.0f);
        release(&d);
    }
}

static void test_tags_are_read(void **state)
{
    float *music = make_music(FV_RATE, FV_RATE);
    struct mp3 how = {
        .kbps = 128, .with_tag = 1, .title = "Caf\xe9 \x01 Noir", .artist = "A"};
    struct decoded d = decode_whole(write_mp3(*state, "x", music, FV_RATE, how));
    assert_string_equal(d.about.title, "Caf\xc3\xa9 Noir");
    assert_string_equal(d.about.artist, "A");
    assert_string_equal(d.about.album, "");
    release(&d);
    free(music);
}

/* A zero behind each 0xff, as some programs write them, which the sizes do not count. */
static void test_tags_that_are_unsynchronised_are_read(void **state)
{
    static const char tag[] = "ID3\3\0\x80\0\0\0\x2e"
                              "TIT2\0\0\0\7\0\0\1\xff\0\xfeH\0i\0"
                              "TPE1\0\0\0\x0b\0\0\1\xff\0\xfeT\0\xfc\0r\0e\0"
                              "TCON\0\0";
    float *music = make_music(FV_RATE, FV_RATE);
    struct mp3 how = {.kbps = 128};
    const char *plain = write_mp3(*state, "x", music, FV_RATE, how);
    uint8_t bytes[65536];
    FILE *file = fopen(plain, "rb");
    memcpy(bytes, tag, sizeof tag - 1);
    size_t count = sizeof tag - 1 +
                   fread(bytes + sizeof tag - 1, 1, sizeof bytes - sizeof tag, file);
    fclose(file);
    struct decoded d = decode_whole(fixture_write(*state, "y", bytes, count));
    assert_string_equal(d.about.title, "Hi");
    assert_string_equal(d.about.artist, "T\xc3\xbcre");
    release(&d);
    free(music);
}

static void test_tags_of_wav_and_aiff_are_read_from_their_id3_chunk(void **state)
{
    static const uint8_t tag[] = "ID3\x03\0\0\0\0\0\x1c"
                                 "TIT2\0\0\0\x06\0\0\0Night"
                                 "TPE1\0\0\0\x02\0\0\0A";
    static const struct {
        int format;
        const char head[9];
    } kinds[] = {
        {SF_FORMAT_AIFF | SF_FORMAT_PCM_16, "ID3 \0\0\0\x26"},
        {SF_FORMAT_WAV | SF_FORMAT_PCM_16, "id3 \x26\0\0\0"},
    };
    float *music = make_music(FV_RATE, FV_RATE);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        const char *path =
            write_sound(*state, "x", kinds[k].format, music, FV_RATE, FV_RATE, 2);
        FILE *file = fopen(path, "ab");
        assert_int_equal(fwrite(kinds[k].head, 1, 8, file), 8);
        assert_int_equal(fwrite(tag, 1, sizeof tag - 1, file), sizeof tag - 1);
        fclose(file);
        struct decoded d = decode_whole(path);
        assert_string_equal(d.about.title, "Night");
        assert_string_equal(d.about.artist, "A");
        assert_int_equal(d.about.length, FV_RATE);
        release(&d);
    }
    free(music);
}

static void assert_refused(const char *path, int code, const char *reason)
{
    struct fv_decoder *decoder = NULL;
    struct fv_media about = {.struct_size = sizeof about};
    struct fv_error error = {""};
    assert_int_equal(decoder_open(path, &decoder, &about, &error), code);
    assert_null(decoder);
    if (!strstr(error.text, reason) || strchr(error.text, '\n'))
        fail_msg("%s: \"%s\" does not say \"%s\"", path, error.text, reason);
}

static void test_what_is_no_audio_is_refused_with_a_reason(void **state)
{
    struct fixture *fixture = *state;
    char text[20000], wide[20000], bytes[65536], ogg_flac[200] = "OggS\0\2";
    uint32_t seed = 3;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = "All work and no play makes \xff\xfb\x90\x00 a dull boy.\n"[i % 45];
    for (size_t i = 0; i < sizeof wide; i++)
        wide[i] = i % 2 ? '\0'
                        : "\xff"
                          "abcdefg"[i % 8];
    wide[1] = '\xfe';
    memcpy(ogg_flac + 26,
           "\1\x33\x7f"
           "FLAC\1\0\0\1fLaC",
           15);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(noise(&seed) * 128.0f);

    assert_refused(fixture_path(fixture, "nothing"), -ENOENT, "check the path");
    assert_refused(fixture->folder, -EISDIR, "folder");
    assert_refused("/dev/null", -EINVAL, "not a plain file");
    assert_refused(fixture_write(fixture, "e.mp3", "", 0), -EINVAL, "empty");
    assert_refused(fixture_write(fixture, "x", "x", 1), -EINVAL, "not audio");
    assert_refused(fixture_write(fixture, "t.mp3", text, sizeof text), -EINVAL,
                   "not audio");
    assert_refused(fixture_write(fixture, "w.mp3", wide, sizeof wide), -EINVAL,
                   "not audio");
    assert_refused(fixture_write(fixture, "r.mp3", bytes, sizeof bytes), -EINVAL,
                   "not audio");
    assert_refused(fixture_write(fixture, "f.oga", ogg_flac, sizeof ogg_flac), -EINVAL,
                   "convert it");
    assert_refused(fixture_write(fixture, "r.wav", "RIFF\x10\0\0\0WAVE", 12), -EINVAL,
                   "cut short");
    assert_refused(fixture_write(fixture, "i.mp3", "ID3\3\0\0\0\0\x7f\x7f title", 16),
                   -EINVAL, "cut short");
    assert_refused(fixture_write(fixture, "f.flac", "fLaC\0\0\0\x22 and no more", 20),
                   -EINVAL, "cut short");
}

static void test_unreadable_file_is_refused_with_a_reason(void **state)
{
    if (geteuid() == 0)
        skip(); /* root reads everything */
    const char *path = fixture_write(*state, "x.mp3", "secret", 6);
    chmod(path, 0);
    assert_refused(path, -EACCES, "let this user read it");
}

static void test_descriptors_are_given_back(void **state)
{
    struct fixture *fixture = *state;
    int before = dup(0);
    close(before);
    float *music = make_music(FV_RATE, FV_RATE);
    struct mp3 how = {.kbps = 128};
    for (int n = 0; n < 3; n++) {
        struct decoded d = decode_whole(write_mp3(fixture, "x", music, FV_RATE, how));
        release(&d);
        d = decode_whole(write_sound(fixture, "y", SF_FORMAT_WAV | SF_FORMAT_PCM_16,
                                     music, FV_RATE, FV_RATE, 2));
        release(&d);
        assert_refused(fixture_write(fixture, "r.wav", "RIFF\x10\0\0\0WAVE", 12), -EINVAL,
                       "");
        assert_refused(fixture_write(fixture, "t", "text", 4), -EINVAL, "");
    }
    int after = dup(0);
    close(after);
    assert_int_equal(after, before);
    free(music);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lossless_files_come_out_as_they_went_in),
        cmocka_unit_test(test_any_rate_and_channel_count_is_exact_after_seeks),
        cmocka_unit_test(test_vorbis_whose_pages_lie_seeks_by_its_samples),
        cmocka_unit_test(test_sound_goes_on_behind_damage),
        cmocka_unit_test(test_mp3_goes_on_behind_a_hole),
        cmocka_unit_test(test_file_that_is_cut_while_it_plays_is_an_error),
        cmocka_unit_test(test_mp3_is_gapless_by_its_tag),
        cmocka_unit_test(test_mp3_without_tag_cut_or_behind_junk_keeps_its_promise),
        cmocka_unit_test(test_cut_mp3_keeps_its_time_line),
        cmocka_unit_test(test_mp3s_joined_to_one_file_are_heard_to_the_end),
        cmocka_unit_test(test_cut_flac_and_wav_give_what_is_there),
        cmocka_unit_test(test_flac_cut_at_its_start_seeks_by_its_samples),
        cmocka_unit_test(test_samples_that_are_no_numbers_become_silence),
        cmocka_unit_test(test_tags_are_read),
        cmocka_unit_test(test_tags_that_are_unsynchronised_are_read),
        cmocka_unit_test(test_tags_of_wav_and_aiff_are_read_from_their_id3_chunk),
        cmocka_unit_test(test_what_is_no_audio_is_refused_with_a_reason),
        cmocka_unit_test(test_unreadable_file_is_refused_with_a_reason),
        cmocka_unit_test(test_descriptors_are_given_back),
    };
    return cmocka_run_group_tests(tests, fixture_set_up, fixture_tear_down);
}
