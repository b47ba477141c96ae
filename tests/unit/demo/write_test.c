/* What is on disk: the truth is true of the audio to the millisecond, the tags are there,
 * and the same seed gives the same bytes.
 */
#include "write.c"

#include "perform.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>
#include <mpg123.h>

enum { HOUSE = 5 };

/* One track, made once for all tests. */
struct made {
    char folder[64], name[192], mp3[320], truth[320];
    struct song song;
};

static int make(struct made *made, uint64_t seed, int number)
{
    struct mix mix;
    const char *base = getenv("TMPDIR");
    snprintf(made->folder, sizeof made->folder, "%s/demo-XXXXXX", base ? base : "/tmp");
    compose(&made->song, seed, number);
    if (!mkdtemp(made->folder) || perform(&made->song, &mix) < 0)
        return -1;
    int status = write_track(&made->song, &mix, made->folder, made->name);
    mix_release(&mix);
    snprintf(made->mp3, sizeof made->mp3, "%s/%s.mp3", made->folder, made->name);
    snprintf(made->truth, sizeof made->truth, "%s/%s.truth.json", made->folder,
             made->name);
    return status;
}

static void unmake(const struct made *made)
{
    remove(made->mp3);
    remove(made->truth);
    assert_int_equal(rmdir(made->folder), 0); /* nothing half-written is left */
}

static int set_up(void **state)
{
    struct made *made = calloc(1, sizeof *made);
    *state = made;
    return made ? make(made, 1, HOUSE) : -1;
}

static int tear_down(void **state)
{
    unmake(*state);
    free(*state);
    return 0;
}

/* Left channel, gapless. */
static float *decode(const char *path, int64_t *frames)
{
    mpg123_init();
    mpg123_handle *handle = mpg123_new(NULL, NULL);
    mpg123_param(handle, MPG123_ADD_FLAGS,
                 MPG123_QUIET | MPG123_FORCE_FLOAT | MPG123_MONO_LEFT, 0);
    assert_int_equal(mpg123_open(handle, path), MPG123_OK);
    long rate;
    int channels, encoding;
    assert_int_equal(mpg123_getformat(handle, &rate, &channels, &encoding), MPG123_OK);
    assert_int_equal(rate, RATE);
    *frames = mpg123_length(handle);
    float *sound = calloc((size_t)*frames, sizeof *sound);
    size_t done;
    mpg123_read(handle, sound, (size_t)*frames * sizeof *sound, &done);
    assert_int_equal(done, (size_t)*frames * sizeof *sound);
    mpg123_delete(handle);
    return sound;
}

/* The frame near `about` where the level rises most steeply. */
static int64_t find_attack(const float *sound, int64_t frames, int64_t about)
{
    enum { REACH = 1200, SPAN = 64 };
    int64_t best = 0;
    double best_rise = 0.0;
    for (int64_t i = about - REACH; i < about + REACH; i++) {
        if (i < SPAN || i + SPAN >= frames)
            continue;
        double before = 1e-5, after = 0.0;
        for (int k = 0; k < SPAN; k++) {
            before += fabs((double)sound[i - 1 - k]);
            after += fabs((double)sound[i + k]);
        }
        if (after - before > best_rise) {
            best_rise = after - before;
            best = i;
        }
    }
    return best;
}

static void test_kicks_are_where_the_truth_says(void **state)
{
    struct made *made = *state;
    int64_t frames;
    float *sound = decode(made->mp3, &frames);
    assert_int_equal(frames, song_frames(&made->song));
    json_t *truth = json_load_file(made->truth, 0, NULL);
    json_t *beats = json_object_get(truth, "beats");
    /* The intro's first seven bars are kick and hats alone. */
    int near = 0;
    for (size_t i = 0; i < 28; i++) {
        double time = json_real_value(json_array_get(beats, i));
        int64_t attack = find_attack(sound, frames, llround(time * RATE));
        near += fabs((double)attack / RATE - time) <= 0.001;
    }
    assert_int_equal(near, 28);
    json_decref(truth);
    free(sound);
}

static void test_truth_is_consistent(void **state)
{
    struct made *made = *state;
    json_t *truth = json_load_file(made->truth, 0, NULL);
    json_t *beats = json_object_get(truth, "beats");
    json_t *downbeats = json_object_get(truth, "downbeats");
    json_t *sections = json_object_get(truth, "sections");
    double bpm = json_number_value(json_object_get(truth, "bpm"));
    assert_int_equal(json_array_size(beats), made->song.bars * 4);
    assert_int_equal(json_array_size(downbeats), made->song.bars);
    double first = json_real_value(json_array_get(beats, 0));
    double last = json_real_value(json_array_get(beats, json_array_size(beats) - 1));
    assert_true(fabs((last - first) - 60.0 / bpm * (double)(json_array_size(beats) - 1)) <
                1e-4);
    double end = first;
    size_t i;
    json_t *section;
    json_array_foreach(sections, i, section)
    {
        assert_true(fabs(json_real_value(json_object_get(section, "start")) - end) <
                    1e-5);
        end = json_real_value(json_object_get(section, "end"));
    }
    assert_true(end > last);
    json_decref(truth);
}

static void test_tags_say_what_was_composed(void **state)
{
    struct made *made = *state;
    mpg123_id3v1 *v1;
    mpg123_id3v2 *v2;
    mpg123_init();
    mpg123_handle *handle = mpg123_new(NULL, NULL);
    mpg123_param(handle, MPG123_ADD_FLAGS, MPG123_QUIET, 0);
    assert_int_equal(mpg123_open(handle, made->mp3), MPG123_OK);
    mpg123_framebyframe_next(handle);
    assert_int_equal(mpg123_id3(handle, &v1, &v2), MPG123_OK);
    assert_non_null(v2);
    assert_string_equal(v2->title->p, made->song.title);
    assert_string_equal(v2->artist->p, made->song.artist);
    assert_string_equal(v2->album->p, made->song.album);
    assert_string_equal(v2->genre->p, made->song.style->genre);
    mpg123_delete(handle);
}

static void test_sound_is_loud_but_does_not_clip(void **state)
{
    struct made *made = *state;
    int64_t frames;
    float *sound = decode(made->mp3, &frames);
    double power = 0.0;
    float peak = 0.0f;
    for (int64_t i = 0; i < frames; i++) {
        power += (double)(sound[i] * sound[i]);
        peak = fmaxf(peak, fabsf(sound[i]));
    }
    assert_true(peak < 0.891f); /* -1 dBFS */
    assert_true(10.0 * log10(power / (double)frames) > -18.0);
    free(sound);
}

static void test_same_seed_gives_the_same_bytes(void **state)
{
    struct made *made = *state, again = {0};
    assert_int_equal(make(&again, 1, HOUSE), 0);
    FILE *a = fopen(made->mp3, "rb"), *b = fopen(again.mp3, "rb");
    int byte;
    do {
        byte = getc(a);
        assert_int_equal(byte, getc(b));
    } while (byte != EOF);
    fclose(a);
    fclose(b);
    unmake(&again);
}

static void test_folder_that_is_not_there_is_an_error(void **state)
{
    struct made *made = *state;
    struct mix mix = {0};
    char name[192];
    assert_int_equal(write_track(&made->song, &mix, "/nonexistent/folder", name),
                     -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kicks_are_where_the_truth_says),
        cmocka_unit_test(test_truth_is_consistent),
        cmocka_unit_test(test_tags_say_what_was_composed),
        cmocka_unit_test(test_sound_is_loud_but_does_not_clip),
        cmocka_unit_test(test_same_seed_gives_the_same_bytes),
        cmocka_unit_test(test_folder_that_is_not_there_is_an_error),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
