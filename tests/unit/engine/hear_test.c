/* hear_test.c - the same bytes are listened to once, wherever they lie. */
#include "hear.c"

#include "check.h"
#include "codec_fixture.h"
#include "library.h"
#include "wav.h"

#include <unistd.h>

#define LENGTH (2 * FV_RATE)

static struct settings settings;
static struct services services = {.settings = &settings, .cache_dir = "/tmp"};
static struct generation *codec, brain;
static struct library *library;
static char room[] = "/tmp/hear_test.XXXXXX";
static int listened;

static int listen_in(const struct fv_host *host, const struct fv_pcm *pcm,
                     const struct fv_analysis_sink *sink)
{
    struct fv_analysis found = {.struct_size = sizeof found, .bpm = 120, .duration = 2};
    (void)host;
    (void)pcm;
    listened++;
    return sink->found(sink->ctx, &found);
}

static void write_song(const char *name, int64_t from)
{
    static float music[LENGTH * FV_CHANNELS];
    char path[100];
    snprintf(path, sizeof path, "%s/%s", room, name);
    make_music(from, music, LENGTH);
    FILE *file = fopen(path, "w+b");
    assert_non_null(file);
    assert_int_equal(wav_write_header(file, LENGTH), 0);
    assert_int_equal(wav_write(file, music, LENGTH), 0);
    assert_int_equal(fclose(file), 0);
}

/* The file's title, and how many times anybody listened to anything so far. */
static int hear(const char *name, const char *title)
{
    const struct hearing hearing = {
        .brain = &brain, .codec = codec, .library = library, .settings = &settings};
    char path[100];
    struct track *track;
    struct fv_error error = {{0}};
    snprintf(path, sizeof path, "%s/%s", room, name);
    if (hear_file(&hearing, path, path, &track, &error))
        fail_msg("%s: %s", path, error.text);
    assert_true(track->finding->bpm == 120);
    assert_string_equal(track->path, path);
    assert_string_equal(track->title, title);
    track_drop(track);
    return listened;
}

TEST(test_a_copy_is_known_by_its_bytes)
{
    write_song("a.wav", 0);
    write_song("copy of a.wav", 0);
    write_song("other.wav", 1000);
    assert_int_equal(hear("a.wav", "a"), 1);
    assert_int_equal(hear("copy of a.wav", "copy of a"), 1);
    assert_int_equal(hear("other.wav", "other"), 2);
    brain.brain.analysis_version++;
    assert_int_equal(hear("copy of a.wav", "copy of a"), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_copy_is_known_by_its_bytes)};
    char line[100];
    struct fv_error error;
    settings_init(&settings, json_object());
    brain.brain.analyse = listen_in;
    brain.brain.analysis_version = 1;
    codec = open_plugin("plugins/codec", KIND_CODEC, &services);
    if (!codec || !mkdtemp(room) || library_open(&library, NULL, &error))
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    library_close(library);
    generation_drop(codec);
    settings_release(&settings);
    snprintf(line, sizeof line, "rm -rf '%s'", room);
    return system(line) || failed;
}
