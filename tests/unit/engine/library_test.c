/* library_test.c - what was found in a file is known until the file changes. */
#include "library.c"

#include "check.h"

#include <fcntl.h>

static char room[64], db[128], song[128];

static void write_song(const char *text)
{
    char fresh[160];
    snprintf(fresh, sizeof fresh, "%s.new", song);
    FILE *file = fopen(fresh, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_int_equal(rename(fresh, song), 0); /* another inode: another stat tuple */
}

static int open_room(void **state)
{
    (void)state;
    snprintf(room, sizeof room, "/tmp/library_test.XXXXXX");
    assert_non_null(mkdtemp(room));
    snprintf(db, sizeof db, "%s/library.db", room);
    snprintf(song, sizeof song, "%s/it's a song.mp3", room);
    write_song("la");
    return 0;
}

static int close_room(void **state)
{
    char line[128];
    (void)state;
    snprintf(line, sizeof line, "rm -rf '%s'", room);
    return system(line);
}

static struct library *open_library(void)
{
    struct library *library;
    struct fv_error error = {{0}};
    if (library_open(&library, db, &error))
        fail_msg("%s", error.text);
    return library;
}

static void store(struct library *library, uint32_t version, double bpm)
{
    struct fv_analysis found = {.struct_size = sizeof found, .bpm = bpm, .duration = 1};
    struct fv_media media = {.length = 44100, .source_rate = 48000, .title = "La \"la\""};
    char hash[FILE_HASH];
    assert_int_equal(file_hash(song, hash, NULL, NULL), 0);
    struct track *track = track_new(song, song, hash, &media, finding_copy(&found));
    assert_int_equal(library_store(library, track, version), 0);
    track_drop(track);
}

/* returns the tempo that is known, 0: only the track, -1: nothing */
static double tempo(struct library *library, uint32_t version)
{
    struct track *track;
    struct fv_error fault;
    assert_int_equal(library_find(library, song, song, version, &track, &fault), 0);
    double bpm = !track ? -1 : track->finding ? track->finding->bpm : 0;
    if (track)
        assert_string_equal(track->title, "La \"la\"");
    track_drop(track);
    return bpm;
}

static void *open_together(void *barrier)
{
    struct library *library = NULL;
    struct fv_error error = {{0}};
    pthread_barrier_wait(barrier);
    int rc = library_open(&library, db, &error);
    library_close(library);
    return rc ? (void *)-1 : NULL;
}

TEST(test_two_that_start_at_once_make_one_library)
{
    for (int round = 0; round < 20; round++) {
        pthread_barrier_t barrier;
        pthread_t threads[4];
        pthread_barrier_init(&barrier, NULL, 4);
        for (int i = 0; i < 4; i++)
            pthread_create(&threads[i], NULL, open_together, &barrier);
        for (int i = 0; i < 4; i++) {
            void *failed;
            pthread_join(threads[i], &failed);
            assert_null(failed);
        }
        pthread_barrier_destroy(&barrier);
        unlink(db);
    }
}

TEST(test_finding_is_known_by_its_version_and_in_the_next_process)
{
    struct library *library = open_library();
    struct fv_error fault;
    assert_true(tempo(library, 3) == -1);
    store(library, 3, 120);
    assert_true(tempo(library, 3) == 120);
    assert_true(tempo(library, 4) == 0);
    assert_int_equal(library_knows(library, song, 3, &fault), 1);
    assert_int_equal(library_knows(library, song, 4, &fault), 0);
    library_close(library);
    library = open_library();
    assert_true(tempo(library, 3) == 120);
    store(library, 4, 121);
    assert_true(tempo(library, 4) == 121);
    assert_true(tempo(library, 3) == 0); /* the older one is gone */
    library_close(library);
}

/* returns the tempo of the finding that a track of the plan gets */
static double recalled(struct library *library, uint32_t version)
{
    struct track *track;
    struct fv_error fault;
    assert_int_equal(library_recall(library, song, song, version, &track, &fault), 0);
    assert_non_null(track);
    assert_non_null(track->finding);
    double bpm = track->finding->bpm;
    track_drop(track);
    return bpm;
}

TEST(test_finding_of_another_version_is_better_than_none)
{
    struct library *library = open_library();
    store(library, 4, 121);
    assert_true(recalled(library, 5) == 121);
    assert_true(recalled(library, 3) == 121); /* a newer brain was taken back */
    store(library, 3, 120);
    assert_true(recalled(library, 3) == 120);
    assert_true(recalled(library, 4) == 121);
    library_close(library);
}

TEST(test_what_cannot_be_written_is_said_once)
{
    struct library *library = open_library();
    char text[1024];
    int ends[2], saved = dup(STDERR_FILENO);
    assert_int_equal(pipe(ends), 0);
    sqlite3_exec(library->db, "PRAGMA query_only = 1", NULL, NULL, NULL);
    dup2(ends[1], STDERR_FILENO);
    assert_int_equal(library_refuse(library, song, "noise"), -EIO);
    assert_int_equal(library_refuse(library, song, "noise"), -EIO);
    dup2(saved, STDERR_FILENO);
    close(ends[1]);
    ssize_t length = read(ends[0], text, sizeof text - 1);
    assert_true(length > 0);
    text[length] = 0;
    assert_non_null(strstr(text, "cannot write to"));
    assert_ptr_equal(strchr(text, '\n'), text + length - 1);
    close(saved);
    close(ends[0]);
    library_close(library);
}

TEST(test_changed_file_is_not_known)
{
    struct library *library = open_library();
    store(library, 1, 120);
    write_song("la la");
    assert_true(tempo(library, 1) == -1);
    library_close(library);
}

TEST(test_failure_is_remembered_until_the_file_changes)
{
    struct library *library = open_library();
    struct track *track;
    struct fv_error fault;
    assert_int_equal(library_refuse(library, song, "it's noise"), 0);
    assert_int_equal(library_find(library, song, song, 1, &track, &fault), 0);
    assert_null(track);
    assert_string_equal(fault.text, "it's noise");
    assert_int_equal(library_knows(library, song, 9, &fault), 1);
    write_song("music");
    assert_int_equal(library_knows(library, song, 9, &fault), 0);
    assert_string_equal(fault.text, "");
    library_close(library);
}

TEST(test_track_is_found_where_it_was_last_seen)
{
    struct library *library = open_library();
    char hash[FILE_HASH], path[200];
    store(library, 1, 120);
    file_hash(song, hash, NULL, NULL);
    assert_int_equal(library_path_of(library, hash, path, sizeof path), 0);
    assert_string_equal(path, song);
    unlink(song);
    assert_int_equal(library_path_of(library, hash, path, sizeof path), -ENOENT);
    library_close(library);
}

TEST(test_library_of_a_newer_forever_and_what_is_none_are_left_alone)
{
    struct library *library = open_library();
    struct fv_error error;
    sqlite3_exec(library->db, "PRAGMA user_version = 99", NULL, NULL, NULL);
    library_close(library);
    assert_true(library_open(&library, db, &error) < 0);
    assert_non_null(strstr(error.text, "newer forever"));
    FILE *file = fopen(db, "w");
    fputs(
        "this was never a database, and it is long enough to be looked at as one.......",
        file);
    fclose(file);
    assert_true(library_open(&library, db, &error) < 0);
    assert_non_null(strstr(error.text, db));
    struct stat about;
    assert_int_equal(stat(db, &about), 0);
    assert_true(about.st_size > 50);
}

static bool always(void *ctx)
{
    (void)ctx;
    return true;
}

/* Clocks that ran wild: both ends of what a file system can keep, and ext4's. */
TEST(test_file_of_any_age_is_known)
{
    static const int64_t ages_s[] = {-9000000000000000, 9000000000000000, 15032385535};
    struct library *library = open_library();
    for (size_t i = 0; i < sizeof ages_s / sizeof ages_s[0]; i++) {
        struct timespec times[2] = {{.tv_sec = ages_s[i]}, {.tv_sec = ages_s[i]}};
        assert_int_equal(utimensat(AT_FDCWD, song, times, 0), 0);
        store(library, 1, 100 + (double)i);
        assert_true(tempo(library, 1) == 100 + (double)i);
    }
    library_close(library);
}

TEST(test_hash_is_that_of_the_bytes)
{
    char hash[FILE_HASH], other[FILE_HASH];
    assert_int_equal(file_hash("/dev/null", hash, NULL, NULL), 0);
    assert_string_equal(hash,
                        "99aa06d3014798d86001c324468d497f"); /* XXH3-128 of nothing */
    assert_int_equal(file_hash(song, hash, NULL, NULL), 0);
    write_song("lb");
    assert_int_equal(file_hash(song, other, NULL, NULL), 0);
    assert_string_not_equal(hash, other);
    assert_int_equal(file_hash("/nowhere", hash, NULL, NULL), -ENOENT);
    assert_int_equal(file_hash(song, hash, always, NULL), -ECANCELED);
}

#define IN_A_ROOM(test) cmocka_unit_test_setup_teardown(test, open_room, close_room)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_ROOM(test_finding_is_known_by_its_version_and_in_the_next_process),
        IN_A_ROOM(test_finding_of_another_version_is_better_than_none),
        IN_A_ROOM(test_two_that_start_at_once_make_one_library),
        IN_A_ROOM(test_what_cannot_be_written_is_said_once),
        IN_A_ROOM(test_changed_file_is_not_known),
        IN_A_ROOM(test_failure_is_remembered_until_the_file_changes),
        IN_A_ROOM(test_track_is_found_where_it_was_last_seen),
        IN_A_ROOM(test_library_of_a_newer_forever_and_what_is_none_are_left_alone),
        IN_A_ROOM(test_file_of_any_age_is_known),
        IN_A_ROOM(test_hash_is_that_of_the_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
