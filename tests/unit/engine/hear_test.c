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
static const char *growing; /* a file that is still being copied */

static void append_to(const char *name)
{
    char path[100];
    snprintf(path, sizeof path, "%s/%s", room, name);
    FILE *file = fopen(path, "ab");
    assert_non_null(file);
    fputs("more", file);
    assert_int_equal(fclose(file), 0);
}

static int listen_in(const struct fv_host *host, const struct fv_pcm *pcm,
                     const struct fv_analysis_sink *sink)
{
    struct fv_analysis found = {.struct_size = sizeof found, .bpm = 120, .duration = 2};
    (void)host;
    (void)pcm;
    listened++;
    if (growing)
        append_to(growing);
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

static int try_to_hear(const char *name, struct track **track, struct fv_error *error)
{
    const struct hearing hearing = {
        .brain = &brain, .codec = codec, .library = library, .settings = &settings};
    char path[100];
    *error = (struct fv_error){{0}};
    snprintf(path, sizeof path, "%s/%s", room, name);
    return hear_file(&hearing, path, path, track, error);
}

/* The file's title, and how many times anybody listened to anything so far. */
static int hear(const char *name, const char *title)
{
    struct track *track;
    struct fv_error error;
    if (try_to_hear(name, &track, &error))
        fail_msg("%s: %s", name, error.text);
    assert_true(track->finding->bpm == 120);
    assert_string_equal(strrchr(track->path, '/') + 1, name);
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
    assert_int_equal(hear("a.wav", "a"), 1);
    assert_int_equal(hear("other.wav", "other"), 2);
    brain.brain.analysis_version++;
    assert_int_equal(hear("copy of a.wav", "copy of a"), 3);
}

TEST(test_a_file_that_changes_meanwhile_is_heard_again)
{
    struct track *track;
    struct fv_error error;
    int before = listened;
    write_song("half.wav", 2000);
    growing = "half.wav";
    assert_int_equal(try_to_hear("half.wav", &track, &error), -EAGAIN);
    assert_null(track);
    assert_string_equal(error.text, "it changed while it was listened to");
    growing = NULL;
    assert_int_equal(hear("half.wav", "half"), before + 2);
    assert_int_equal(hear("half.wav", "half"), before + 2);
}

/* A file of hours on a slow disk takes longer than an engine may be silent. */
TEST(test_reading_a_file_for_its_hash_is_a_sign_of_life)
{
    _Atomic int64_t life_ms = 0;
    const struct hearing hearing = {.brain = &brain,
                                    .codec = codec,
                                    .library = library,
                                    .settings = &settings,
                                    .life_ms = &life_ms};
    struct track *track;
    struct fv_error error = {{0}};
    char path[100];
    write_song("long.wav", 4000);
    snprintf(path, sizeof path, "%s/long.wav", room);
    assert_int_equal(hear_file(&hearing, path, path, &track, &error), 0);
    assert_true(life_ms > 0); /* the brain has not read a sample */
    track_drop(track);
}

static int code; /* of a file that can't be opened */

static int open_none(struct fv_codec *self, const char *path, struct fv_decoder **decoder,
                     struct fv_media *about, struct fv_error *error)
{
    (void)self;
    (void)path;
    (void)decoder;
    (void)about;
    snprintf(error->text, sizeof error->text, "no");
    return code;
}

/* returns whether a file that could not be opened is opened the next time */
static bool is_tried_again(const char *name, int why)
{
    struct generation shut = *codec, *open = codec;
    struct track *track;
    struct fv_error error;
    write_song(name, 3000);
    shut.codec.open_decoder = open_none;
    codec = &shut;
    code = why;
    assert_int_equal(try_to_hear(name, &track, &error), why);
    codec = open;
    int rc = try_to_hear(name, &track, &error);
    track_drop(track);
    return rc == 0;
}

TEST(test_a_file_is_refused_for_its_bytes_not_for_who_may_read_it)
{
    assert_true(is_tried_again("locked.wav", -EACCES));
    assert_true(is_tried_again("away.wav", -ESTALE));
    assert_false(is_tried_again("noise.wav", -EINVAL));
}

/* returns whether the library remembers what was wrong with a file that is no music */
static bool is_remembered(const char *name, bool is_on_trial)
{
    const struct hearing hearing = {.brain = &brain,
                                    .codec = codec,
                                    .library = library,
                                    .settings = &settings,
                                    .is_on_trial = is_on_trial};
    char path[100];
    struct track *track = NULL;
    struct fv_error error = {{0}};
    snprintf(path, sizeof path, "%s/%s", room, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("no music", file);
    assert_int_equal(fclose(file), 0);
    assert_int_not_equal(hear_file(&hearing, path, path, &track, &error), 0);
    assert_true(error.text[0]);
    return library_knows(library, path, brain.brain.analysis_version, &error);
}

TEST(test_what_a_new_build_cannot_read_is_not_remembered)
{
    assert_true(is_remembered("text.mp3", false));
    assert_false(is_remembered("letter.mp3", true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_copy_is_known_by_its_bytes),
        cmocka_unit_test(test_a_file_that_changes_meanwhile_is_heard_again),
        cmocka_unit_test(test_reading_a_file_for_its_hash_is_a_sign_of_life),
        cmocka_unit_test(test_a_file_is_refused_for_its_bytes_not_for_who_may_read_it),
        cmocka_unit_test(test_what_a_new_build_cannot_read_is_not_remembered)};
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
